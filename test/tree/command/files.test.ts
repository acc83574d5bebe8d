import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Runner, runnerOn } from '../../memory/run.ts';
import { boundClaim, headless, podOf, statefulSet } from '../../objects/snapshots.ts';

describe('kubectl sts tree -f', () => {
  let runner: Runner;
  let file: string;

  const kinds = { StatefulSet: 'apps/v1', Service: 'v1', Pod: 'v1', PersistentVolumeClaim: 'v1' };
  const list = (...items: object[]) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: items.map((item) => ({
        apiVersion: Object.entries(kinds).find(([kind]) => 'kind' in item && item.kind === kind)?.[1],
        ...item,
      })),
    });

  beforeEach(() => {
    runner = runnerOn(undefined);
    const web = statefulSet('web', { replicas: 1, templates: ['data'] });
    const db = statefulSet('db', { replicas: 0, metadata: { namespace: 'other', labels: { tier: 'db' } } });
    file = runner.files.write('objects.json', list(web, headless('web'), podOf(web, 0), boundClaim('data-web-0'), db));
  });
  afterEach(() => runner.close());

  const found = ({ stdout }: { stdout: string }) => stdout.match(/sts\/\S+/g);

  it('shows the sets of a file, and what it does not hold as not given', async () => {
    const { code, stdout, stderr } = await runner.run(`tree web -f ${file}`);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^sts\/web +1\/1 +Updated/m);
    assert.match(stdout, /pv\/pv-data-web-0 · sc\/standard +not given/);
  });

  it('shows those of a folder, and those of folders within it with -R', async () => {
    const folder = join(file, '..', 'folder');
    mkdirSync(join(folder, 'within'), { recursive: true });
    runner.files.write('folder/a.yaml', 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\n---\n');
    runner.files.write('folder/within/b.yaml', 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: b}\n');
    runner.files.write('folder/notes.txt', 'no manifest');
    assert.deepEqual(found(await runner.run(`tree -f ${folder}`)), ['sts/a']);
    for (const flag of ['-R', '--recursive']) {
      assert.deepEqual(found(await runner.run(`tree ${flag} -f ${folder}`)), ['sts/a', 'sts/b']);
    }
  });

  it('takes several files, in one flag or in several', async () => {
    const other = runner.files.write('other.json', list(statefulSet('cache')));
    const all = ['sts/web', 'sts/db', 'sts/cache'];
    assert.deepEqual(found(await runner.run(`tree -f ${file} -f ${other}`)), all);
    assert.deepEqual(found(await runner.run(`tree -f ${file},${other}`)), all);
  });

  it('shows the sets that are meant by name, label or namespace', async () => {
    assert.deepEqual(found(await runner.run(`tree db -f ${file}`)), ['sts/db']);
    assert.deepEqual(found(await runner.run(`tree -l tier=db -f ${file}`)), ['sts/db']);
    assert.deepEqual(found(await runner.run(`tree -n shop -f ${file}`)), ['sts/web']);
    assert.match((await runner.run(`tree -A -f ${file}`)).stdout, /^NAMESPACE .*\nshop +sts\/web/);
  });

  it('prints every format', async () => {
    assert.equal(JSON.parse((await runner.run(`tree web -f ${file} -o json`)).stdout).kind, 'StatefulSetTree');
    assert.equal(JSON.parse((await runner.run(`tree -f ${file} -o json`)).stdout).items.length, 2);
    assert.match((await runner.run(`tree web -f ${file} -o name`)).stdout, /^statefulset\.apps\/web\nservice\/web\n/);
    assert.match((await runner.run(`tree -f ${file} -o dot`)).stdout, /^digraph \{/);
    assert.match((await runner.run(`tree -f ${file} --no-headers`)).stdout, /^sts/);
  });

  it('says which of the named sets the files do not hold, shows the others and exits 2', async () => {
    const { code, stdout, stderr } = await runner.run(`tree cache db -f ${file}`);
    assert.deepEqual([code, stderr], [2, 'error: the files hold no StatefulSet "cache"\n']);
    assert.match(stdout, /sts\/db/);
  });

  it('says that the files hold none of those that were asked for', async () => {
    const stderr = 'error: the files hold no StatefulSet that was asked for, but shop/web and other/db\n';
    const nothing = { code: 2, stdout: '', stderr };
    assert.deepEqual(await runner.run(`tree -l tier=web -f ${file}`), nothing);
    assert.deepEqual(await runner.run(`tree -n nowhere -f ${file}`), nothing);
  });

  it('shows what it can of a folder, counts what it passes over, and exits 2 for what it cannot read', async () => {
    const folder = join(file, '..', 'bundle');
    mkdirSync(folder, { recursive: true });
    runner.files.write('bundle/a.yaml', 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\n');
    runner.files.write('bundle/b.yaml', 'apiVersion: v1\nkind: Secret\n---\napiVersion: v1\nkind: Pod\n');
    runner.files.write('bundle/values.yaml', 'image: web\n');
    const read = await runner.run(`tree -f ${folder}`);
    const note =
      'note: passed over 1 object of other kinds (1 Secret), 1 object without a name (1 Pod) and 1 document without an object of Kubernetes\n';
    assert.deepEqual([read.code, read.stderr, found(read)], [0, note, ['sts/a']]);
    runner.files.write('bundle/wrong.yaml', 'a: [\n');
    const { code, stdout, stderr } = await runner.run(`tree -f ${folder}`);
    assert.deepEqual([code, found({ stdout })], [2, ['sts/a']]);
    assert.match(stderr, new RegExp(`^${note.replaceAll(/[()]/g, '\\$&')}error: .*wrong\\.yaml: line \\d+: .*\n$`));
  });

  it('says that the files hold no set at all, whatever was asked for', async () => {
    const pods = runner.files.write('pods.json', list(podOf(statefulSet('web'), 0)));
    for (const words of ['', 'web', '-n nowhere', '-l tier=web']) {
      const { code, stderr } = await runner.run(`tree ${words} -f ${pods}`);
      assert.deepEqual([code, stderr], [2, 'error: the files hold no StatefulSet\n']);
    }
  });

  it('says which path does not exist', async () => {
    assert.deepEqual(await runner.run('tree -f missing.yaml'), {
      code: 2,
      stdout: '',
      stderr: 'error: the path "missing.yaml" does not exist\n',
    });
  });

  it('says where a file is wrong', async () => {
    const wrong = runner.files.write('wrong.yaml', 'kind: StatefulSet\napiVersion: apps/v1\nmetadata: web\n');
    assert.deepEqual(await runner.run(`tree -f ${wrong}`), {
      code: 2,
      stdout: '',
      stderr: `error: ${wrong}: document 1: StatefulSet: metadata.name is not a string\n`,
    });
  });
});
