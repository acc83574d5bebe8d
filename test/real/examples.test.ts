import assert from 'node:assert/strict';
import { eventually } from '../e2e/eventually.ts';
import { applyExamples } from '../e2e/examples.ts';
import { describeExamples, describeNodeAgent } from '../e2e/examples-suite.ts';
import { kubectl } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { containerLog, inPod, ready } from './pods.ts';

// The very same as on fake nodes. A real Postgres takes its time.
describeExamples(120_000);
describeNodeAgent(60_000);

describe('the example products-db with a real Postgres', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('products');

  before(async () => {
    await applyExamples(namespace, 'products-db/*.yaml');
    await ready(namespace, 'products-db');
  });

  const query = (pod: string, sql: string) => inPod(namespace, pod, ['psql', '-U', 'postgres', '-Atc', sql]);

  it('has a primary and a standby that follows it', async () => {
    assert.equal((await query('products-db-0', 'select pg_is_in_recovery()')).trim(), 'f');
    assert.equal((await query('products-db-1', 'select pg_is_in_recovery()')).trim(), 't');
    await query('products-db-0', "create table products (name text); insert into products values ('chair')");
    await eventually('the row on the standby', async () => {
      const tables = await query('products-db-1', "select count(*) from pg_tables where tablename = 'products'");
      assert.equal(tables.trim(), '1');
      assert.equal((await query('products-db-1', 'select name from products')).trim(), 'chair');
    });
  });

  it('keeps what each pod has when the pod is replaced', async () => {
    await kubectl(['delete', 'pod', 'products-db-0', '-n', namespace]);
    await ready(namespace, 'products-db');
    assert.equal((await query('products-db-0', 'select name from products')).trim(), 'chair');
    assert.match(await containerLog(namespace, 'products-db-0', 'postgres'), /database system is ready/);
  });
});
