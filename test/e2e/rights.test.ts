import assert from 'node:assert/strict';
import type { Rule } from '../runner/documented.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { getJson, kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { rowsOf } from './screen.ts';
import { userWith } from './user.ts';

const read = ['get', 'list'];
const sets: Rule = { apiGroups: ['apps'], resources: ['statefulsets'], verbs: read };
const pods: Rule = { apiGroups: [''], resources: ['pods'], verbs: read };

describe('a user without all rights', () => {
  const namespace = ownNamespace('rights');

  before(async () => {
    await applyExamples(namespace, 'shared-claim/own.yaml');
    await kubectl(['rollout', 'status', 'statefulset/own-db', '-n', namespace, '--timeout=50s']);
    await eventually('three bound claims', async () => {
      const { items } = await getJson<{ items: { status?: { phase: string } }[] }>(['pvc', '-n', namespace]);
      assert.deepEqual(
        items.map(({ status }) => status?.phase),
        ['Bound', 'Bound', 'Bound'],
      );
    });
  });

  /** What kubectl tells the same user of the same resource, without its first words. */
  async function kubectlSays(kubeconfig: string, args: string[]): Promise<string> {
    const { stderr } = await tryKubectl(['get', ...args, '-n', namespace], { kubeconfig });
    return stderr.trim().replace('Error from server (Forbidden): ', '');
  }

  it('who may read StatefulSets and pods gets the tree, with the rest forbidden at its place', async () => {
    const kubeconfig = await userWith(namespace, 'pods-only', [sets, pods]);
    const { stdout, stderr, code } = await sts(['tree', '-n', namespace], { kubeconfig });
    assert.equal(code, 0);
    const rows = rowsOf(stdout);
    assert.deepEqual(
      rows.map(({ name, status }) => [name, name.includes('pod/') || name.startsWith('sts/') ? '' : status]),
      [
        ['sts/own-db', ''],
        ['  svc/own-db', 'forbidden'],
        ...[0, 1, 2].flatMap((ordinal) => [
          [`  pod/own-db-${ordinal}`, ''],
          [`    pvc/data-own-db-${ordinal}`, 'forbidden'],
        ]),
      ],
    );
    assert.deepEqual(
      rows.filter(({ name }) => name.includes('pod/')).map((row) => row['status']),
      ['Running', 'Running', 'Running'],
    );
    const line = stderr.trim();
    assert.doesNotMatch(line, /\n/, 'one line');
    assert.ok(line.includes('list services, list persistentvolumeclaims'), line);
    assert.ok(line.includes(await kubectlSays(kubeconfig, ['services'])), line);
  });

  it('is told so in -o json too', async () => {
    const kubeconfig = await userWith(namespace, 'pods-json', [sets, pods]);
    const { stdout, code } = await sts(['tree', 'own-db', '-n', namespace, '-o', 'json'], { kubeconfig });
    assert.equal(code, 0);
    const tree = JSON.parse(stdout) as {
      governingService: { state: string };
      pods: { state: string; claims: { state: string }[] }[];
    };
    assert.equal(tree.governingService.state, 'forbidden');
    assert.deepEqual(
      tree.pods.map(({ state, claims }) => [state, claims.map((claim) => claim.state)]),
      [0, 1, 2].map(() => ['found', ['forbidden']]),
    );
  });

  it('who may not read pods sees them forbidden, not missing', async () => {
    const kubeconfig = await userWith(namespace, 'sets-only', [sets]);
    const { stdout, code } = await sts(['tree', '-n', namespace], { kubeconfig });
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /missing/);
    const shown = rowsOf(stdout).filter(({ name }) => name.includes('pod/'));
    assert.ok(shown.length > 0);
    for (const row of shown) assert.equal(row['status'], 'forbidden');
  });

  it('who may get the set but not list sets can ask for it by name', async () => {
    const kubeconfig = await userWith(namespace, 'get-only', [{ ...sets, verbs: ['get'] }, pods]);
    const { stdout, code } = await sts(['tree', 'own-db', '-n', namespace], { kubeconfig });
    assert.equal(code, 0);
    assert.match(stdout, /pod\/own-db-2/);
  });

  for (const args of [[], ['own-db']]) {
    it(`who may not read StatefulSets gets kubectl’s own error: tree ${args.join(' ')}`, async () => {
      const kubeconfig = await userWith(namespace, `nobody-${args.length}`, [pods]);
      const judge = await tryKubectl(['get', 'statefulsets', ...args, '-n', namespace], { kubeconfig });
      const { stdout, stderr, code } = await sts(['tree', ...args, '-n', namespace], { kubeconfig });
      assert.match(judge.stderr, /^Error from server \(Forbidden\): statefulsets\.apps .*is forbidden/);
      assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
    });
  }

  it('whose token is not valid is told so in kubectl’s words', async () => {
    const kubeconfig = await userWith(namespace, 'gone', [sets]);
    await kubectl(['delete', 'serviceaccount', 'gone', '-n', namespace]);
    await eventually(
      'a token that is no longer valid',
      async () => {
        const judge = await tryKubectl(['get', 'statefulsets', '-n', namespace], { kubeconfig });
        const { stderr, code } = await sts(['tree', '-n', namespace], { kubeconfig });
        assert.match(judge.stderr, /Unauthorized|logged in/);
        assert.equal(code, 2);
        assert.equal(stderr, `${judge.stderr.trim().split('\n').at(-1)}\n`);
      },
      20_000,
    );
  });
});
