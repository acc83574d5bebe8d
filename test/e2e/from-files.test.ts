import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { checkout } from '../runner/files.ts';
import { applyExamples } from './examples.ts';
import { kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { sandbox } from './sandbox.ts';
import { type Row, rowsOf } from './screen.ts';

/** Everything but ages, which go on while the test runs. */
function still(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row, age: '' }));
}

describe('what a colleague attached to a ticket', () => {
  const namespace = ownNamespace('ticket');
  let live: Row[];

  before(async () => {
    await applyExamples(namespace, 'products-db/*.yaml');
    await applyExamples(namespace, 'shared-claim/*.yaml');
    for (const set of ['products-db', 'own-db', 'shared-db']) {
      await kubectl(['rollout', 'status', `statefulset/${set}`, '-n', namespace, '--timeout=50s']);
    }
    live = rowsOf((await sts(['tree', '-n', namespace])).stdout);
    assert.ok(live.length > 20);
  });

  for (const format of ['yaml', 'json']) {
    it(`shows the same tree, with volumes and classes not given: kubectl get sts,svc,pod,pvc -o ${format}`, async () => {
      const stdin = await kubectl(['get', 'sts,svc,pod,pvc', '-n', namespace, '-o', format]);
      const { stdout, stderr, code } = await sts(['tree', '-f', '-'], { stdin });
      assert.deepEqual([stderr, code], ['', 0]);
      const rows = rowsOf(stdout);
      assert.deepEqual(
        rows.map(({ name }) => name),
        live.map(({ name }) => name),
      );
      const isBeyond = ({ name }: Row): boolean => /pv\/|sc\//.test(name);
      for (const row of rows.filter(isBeyond)) assert.equal(row['status'], 'not given', row.name);
      const told = (list: readonly Row[]) =>
        list.filter((row) => !isBeyond(row)).map((row) => [row.name, row['ready'], row['status']]);
      assert.deepEqual(told(rows), told(live));
    });
  }

  it('shows all of the tree when all is given', async () => {
    const stdin = await kubectl(['get', 'sts,svc,pod,pvc,pv,sc', '-n', namespace, '-o', 'yaml']);
    const { stdout } = await sts(['tree', '-f', '-'], { stdin });
    // Zones stand in nodes.
    const withoutNodes = (rows: readonly Row[]) =>
      still(rows).map((row) => ({ ...row, node: row['node']?.split(' ')[0] }));
    assert.deepEqual(withoutNodes(rowsOf(stdout)), withoutNodes(live));
  });

  it('may be a folder of files', async () => {
    const folder = join(sandbox(), 'ticket');
    mkdirSync(folder);
    for (const kind of ['sts', 'svc', 'pod', 'pvc', 'pv', 'sc']) {
      writeFileSync(join(folder, `${kind}.yaml`), await kubectl(['get', kind, '-n', namespace, '-o', 'yaml']));
    }
    const { stdout, code } = await sts(['tree', '-f', folder, '-o', 'json']);
    assert.equal(code, 0);
    const tree = JSON.parse(stdout) as { items: { pods: { state: string }[] }[] };
    const listed = ['sts', 'svc', 'pod', 'pvc', 'pv', 'sc'].map((kind) => join(folder, `${kind}.yaml`)).join(',');
    assert.equal(
      (await sts(['tree', '-f', listed, '-o', 'json'])).stdout,
      stdout,
      'separated by commas, as kubectl has it',
    );
    assert.deepEqual(
      tree.items.map(({ pods }) => pods.map(({ state }) => state)),
      [
        ['found', 'found', 'found'],
        ['found', 'found'],
        ['found', 'found', 'found'],
      ],
    );
  });

  it('never says that what nobody gave is missing', async () => {
    const stdin = await kubectl(['get', 'sts', '-n', namespace, '-o', 'yaml']);
    for (const args of [[], ['-o', 'json']]) {
      const { stdout, code } = await sts(['tree', '-f', '-', ...args], { stdin });
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /missing|forbidden/);
      assert.match(stdout, /not ?given/i);
    }
  });
});

describe('manifests that nobody has applied', () => {
  it('are shown in colour where that is asked for, and not in a pipe otherwise', async () => {
    const show = async (...args: string[]) => {
      const { stdout, code } = await sts(['tree', '-f', join(checkout, 'examples', 'troubles'), ...args]);
      assert.equal(code, 0);
      return stdout;
    };
    const plain = await show();
    const coloured = await show('--color');
    assert.ok(coloured.includes('\u001b['));
    assert.equal(stripVTControlCharacters(coloured), plain);
    assert.equal(await show('--color=always'), coloured);
    assert.equal(await show('--color=never'), plain);
    assert.match((await sts(['tree', '--color=sometimes'])).stderr, /auto.*always.*never/);
  });

  for (const folder of ['simple-statefulset', 'products-db', 'simple-proxy', 'shared-claim', 'troubles']) {
    it(`are shown without any cluster: ${folder}`, async () => {
      const kubeconfig = '/nowhere/config';
      const { stdout, stderr, code } = await sts(['tree', '-f', join(checkout, 'examples', folder)], { kubeconfig });
      assert.deepEqual([stderr, code], ['', 0]);
      assert.match(stdout, /^sts\//m);
      assert.doesNotMatch(stdout, /missing|forbidden/);
    });
  }
});
