import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

  it('shows all of the tree from the folder of a support bundle, with -R, whatever else lies in it', async () => {
    const bundle = join(sandbox(), 'bundle');
    const write = (name: string, text: string) => {
      mkdirSync(dirname(join(bundle, name)), { recursive: true });
      writeFileSync(join(bundle, name), text);
    };
    // As collectors write them: what the API server answers, in which the items do not say what they are.
    const lists = {
      statefulsets: '/apis/apps/v1',
      services: '/api/v1',
      pods: '/api/v1',
      persistentvolumeclaims: '/api/v1',
      events: '/apis/events.k8s.io/v1',
      secrets: '/api/v1',
    };
    for (const [kind, api] of Object.entries(lists)) {
      const list = await kubectl(['get', '--raw', `${api}/namespaces/${namespace}/${kind}`]);
      write(`cluster-resources/${kind}/${namespace}.json`, list);
      write(`cluster-resources/${kind}/empty.json`, JSON.stringify({ ...JSON.parse(list), items: null }));
      write(`cluster-resources/${kind}/shut-errors.json`, '["forbidden"]');
    }
    for (const [name, path] of [
      ['pvs', '/api/v1/persistentvolumes'],
      ['nodes', '/api/v1/nodes'],
      ['storage-classes', '/apis/storage.k8s.io/v1/storageclasses'],
    ] as const) {
      write(`cluster-resources/${name}.json`, await kubectl(['get', '--raw', path]));
    }
    write('cluster-info/cluster_version.json', await kubectl(['get', '--raw', '/version']));
    write('version.yaml', 'apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.1\n');
    write('analysis.json', '[]');
    write('pods/logs/main.log', 'no manifest: {');
    const { stdout, stderr, code } = await sts(['tree', '-n', namespace, '-R', '-f', bundle]);
    assert.match(
      stderr,
      /^note: passed over [^\n]* of other kinds [^\n]* and \d+ documents without an object of Kubernetes\n$/,
    );
    assert.deepEqual([still(rowsOf(stdout)), code], [still(live), 0]);
    assert.match((await sts(['tree', '-f', bundle])).stderr, /error: the files hold no StatefulSet\n$/);
  });

  it('tells the addresses that the names must give, where it holds EndpointSlices', async () => {
    const expected = async (args: string[], stdin?: string) => {
      const { stdout } = await sts(['dns', '-o', 'json', ...args], stdin === undefined ? {} : { stdin });
      const { items } = JSON.parse(stdout) as { items: { findings: object[]; names: Record<string, unknown>[] }[] };
      return items.map(({ findings, names }) => [findings, names.map(({ name, expected: given }) => [name, given])]);
    };
    const stdin = await kubectl(['get', 'sts,svc,pod,endpointslice', '-n', namespace, '-o', 'yaml']);
    const known = await expected(['-n', namespace, '--via', 'none']);
    assert.match(JSON.stringify(known), /"10\.|"fd00/);
    assert.deepEqual(await expected(['-f', '-'], stdin), known);
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
      // Some have ConfigMaps and Secrets.
      assert.match(stderr, /^(note: passed over \d+ objects? of other kinds \(.*\)\n)?$/);
      assert.equal(code, 0);
      assert.match(stdout, /^sts\//m);
      assert.doesNotMatch(stdout, /missing|forbidden/);
    });
  }
});
