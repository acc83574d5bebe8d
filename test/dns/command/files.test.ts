import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Runner, runnerOn } from '../../memory/run.ts';

describe('kubectl sts dns -f', () => {
  let runner: Runner;
  let folder: string;

  beforeEach(() => {
    runner = runnerOn(undefined);
    const set = (name: string) =>
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: ${name}}\nspec: {serviceName: ${name}}\n`;
    folder = join(runner.files.write('anything', ''), '..', 'folder');
    mkdirSync(join(folder, 'within'), { recursive: true });
    runner.files.write('folder/a.yaml', set('a'));
    runner.files.write('folder/within/b.yaml', set('b'));
  });
  afterEach(() => runner.close());

  const names = (stdout: string) => stdout.match(/^[ab]-0\.\S+/gm);

  it('reads the folders within a folder with -R', async () => {
    const alone = ['a-0.a.default.svc.cluster.local'];
    assert.deepEqual(names((await runner.run(`dns -o name -f ${folder}`)).stdout), alone);
    const both = [...alone, 'b-0.b.default.svc.cluster.local'];
    assert.deepEqual(names((await runner.run(`dns -o name -R -f ${folder}`)).stdout), both);
  });

  it('names the file in a folder that it cannot read, shows the rest, and exits 2', async () => {
    const wrong = runner.files.write('folder/wrong.yaml', 'a: [\n');
    runner.files.write('folder/secret.yaml', 'apiVersion: v1\nkind: Secret\n');
    const { code, stdout, stderr } = await runner.run(`dns -o name -f ${folder}`);
    assert.deepEqual([code, names(stdout)], [2, ['a-0.a.default.svc.cluster.local']]);
    const [note, error] = stderr.split('\n');
    assert.equal(note, 'note: passed over 1 object of other kinds (1 Secret)');
    assert.ok(error?.startsWith(`error: ${wrong}: line `), stderr);
  });

  it('tells what is wrong with the names that manifests give', async () => {
    const set = (name: string, serviceName: string) =>
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: ${name}}\nspec: {serviceName: ${serviceName}, template: {metadata: {labels: {app: db}}}}\n`;
    const service =
      'apiVersion: v1\nkind: Service\nmetadata: {name: nodes}\nspec: {clusterIP: None, selector: {app: db}}\n';
    const long = `customer-data-of-all-regions-${'x'.repeat(33)}`;
    const path = runner.files.write('names.yaml', [set(long, 'nodes'), set('db', 'db'), service].join('---\n'));
    const { code, stdout, stderr } = await runner.run(`dns -f ${path}`);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^${long}-0 .* a part of it has 64 characters, and DNS allows 63$`, 'm'));
    const warnings = stderr.split('\n').filter((line) => !line.includes('given'));
    assert.deepEqual(warnings, [
      `warning: ${long}: name too long: with 62 characters its pods are refused, since the label controller-revision-hash takes 63 for the name and a hash; up to 52 always fit`,
      'warning: db: nodes is the headless Service of the pods, and spec.serviceName does not name it: that can be set only when a set is made',
      'asked nobody; cluster domain cluster.local, from the default',
      '',
    ]);
  });
});
