import assert from 'node:assert/strict';
import type { Rule } from '../runner/documented.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { type Going, start } from './going.ts';
import { kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { userWith } from './user.ts';

/** Pods that take their time, so that each step is seen. */
const slow = {
  'stand.kubectl-sts/start-after': '300ms',
  'stand.kubectl-sts/ready-after': '500ms',
  'stand.kubectl-sts/end-after': '500ms',
};

describe('tree -w', () => {
  const namespace = ownNamespace('watch');
  const running: Going[] = [];

  function watching(args: string[], kubeconfig?: string): Going {
    const one = start(['tree', '-w', '-n', namespace, ...args], kubeconfig === undefined ? {} : { kubeconfig });
    running.push(one);
    return one;
  }

  before(async () => {
    const object = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'slow' },
      spec: {
        serviceName: 'slow',
        replicas: 1,
        selector: { matchLabels: { app: 'slow' } },
        template: {
          metadata: { labels: { app: 'slow' }, annotations: slow },
          spec: { containers: [{ name: 'db', image: 'db' }] },
        },
      },
    };
    await kubectl(['apply', '-n', namespace, '-f', '-'], { stdin: JSON.stringify(object) });
    await applyExamples(namespace, 'products-db/*.yaml');
    for (const name of ['slow', 'products-db']) await rolledOut(name);
  });

  afterEach(async () => {
    for (const one of running.splice(0)) await one.end('SIGKILL');
  });

  async function rolledOut(name: string): Promise<void> {
    await kubectl(['rollout', 'status', `statefulset/${name}`, '-n', namespace, '--timeout=50s']);
  }

  async function scale(replicas: number): Promise<void> {
    await kubectl(['scale', 'sts', 'slow', `--replicas=${replicas}`, '-n', namespace]);
  }

  it('in a pipe writes a line for each set, and then for each change, in its order', async () => {
    const { line, lines, end } = watching([]);
    await line(/ {2}slow {2}1\/1 {2}Updated$/);
    await line(/ {2}products-db {2}2\/2 {2}Updated$/);
    await scale(2);
    await line(/ {2}slow {2}2\/2 {2}Updated$/);
    await scale(1);
    await line(/ {2}slow {2}2\/1 {2}Scaling/);
    const said = () => lines().filter((text) => text.includes('  slow  '));
    await eventually('the end', async () => assert.match(said().at(-1) ?? '', / {2}slow {2}1\/1 {2}Updated$/));

    const ready = said().map((text) => text.split('  ')[2]);
    assert.deepEqual(
      ready.filter((word, position) => word !== ready[position - 1]),
      ['1/1', '1/2', '2/2', '2/1', '1/1'],
    );
    const times = said().map((text) => text.split('  ')[0] ?? '');
    for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(times, [...times].sort());
    assert.equal(
      lines().filter((text) => text.includes('products-db')).length,
      1,
      'nothing was said of what did not change',
    );
    const { code, milliseconds } = await end('SIGINT');
    assert.equal(code, 130);
    assert.ok(milliseconds < 1_000, `${milliseconds.toFixed(0)} ms`);
  });

  it('as JSON writes one document a line, the last of which is what tree says', async () => {
    const { line, lines, end } = watching(['-o', 'json', 'slow']);
    await line(/"replicas":1/);
    await scale(2);
    await rolledOut('slow');
    await eventually('the same document', async () => {
      const { stdout } = await sts(['tree', 'slow', '-n', namespace, '-o', 'json']);
      assert.deepEqual(JSON.parse(lines().at(-1) ?? '{}'), JSON.parse(stdout));
    });
    for (const text of lines()) {
      const { kind, metadata } = JSON.parse(text);
      assert.deepEqual([kind, metadata.name], ['StatefulSetTree', 'slow']);
    }
    await scale(1);
    assert.equal((await end('SIGTERM')).code, 143);
  });

  it('says that a set has gone', async () => {
    const text = watching([]);
    const json = watching(['-o', 'json']);
    await kubectl(['create', '-n', namespace, '-f', '-'], { stdin: JSON.stringify(brief) });
    await text.line(/ {2}brief {2}/);
    await json.line(/"brief"/);
    await kubectl(['delete', 'sts', 'brief', '-n', namespace]);
    await text.line(/ {2}brief {2}- {2}Deleted$/);
    const last = JSON.parse(await json.line(/"deleted":true/));
    assert.equal(last.metadata.name, 'brief');
  });

  const brief = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'brief' },
    spec: {
      serviceName: 'brief',
      replicas: 0,
      selector: { matchLabels: { app: 'brief' } },
      template: { metadata: { labels: { app: 'brief' } }, spec: { containers: [{ name: 'db', image: 'db' }] } },
    },
  };

  it('of a set that is not there is refused as kubectl refuses it', async () => {
    const { stdout, stderr, code } = await sts(['tree', '-w', 'nobody', '-n', namespace]);
    assert.deepEqual(
      { stdout, stderr, code },
      { stdout: '', stderr: 'Error from server (NotFound): statefulsets.apps "nobody" not found\n', code: 2 },
    );
  });

  for (const [args, said] of [
    [['-f', '-'], /^error: -w .*-f/],
    [['-o', 'dot'], /^error: -w .*-o dot/],
    [['-o', 'mermaid'], /^error: -w .*-o mermaid/],
    [['-o', 'name'], /^error: -w .*-o name/],
  ] as const) {
    it(`with ${args.join(' ')} is refused in one line`, async () => {
      const { stdout, stderr, code } = await sts(['tree', '-w', '-n', namespace, ...args]);
      assert.deepEqual({ stdout, code, lines: stderr.trim().split('\n').length }, { stdout: '', code: 2, lines: 1 });
      assert.match(stderr, said);
    });
  }

  it('ends without a word when nobody reads it any more', async () => {
    const { line, stderr, closeOutput, end } = watching(['slow']);
    await line(/slow/);
    closeOutput();
    await scale(3);
    assert.equal((await end()).code, 0);
    assert.equal(stderr(), '');
    await scale(1);
  });

  it('shows at once what may be read, and says once what may not', async () => {
    const kubeconfig = await userWith(namespace, 'watcher', [
      { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ] satisfies Rule[]);
    const { line, stderr, end } = watching([], kubeconfig);
    await line(/ {2}products-db {2}2\/2 {2}Updated$/);
    await scale(2);
    await line(/ {2}slow {2}2\/2 {2}Updated$/);
    // Where a pod is not ready just then, its events and its node are asked for as well, at once or later.
    const later = ['get nodes', 'list events'];
    const refused =
      /^warning: not read for lack of the right to list services, list persistentvolumeclaims(, get nodes)?(, list events)?: /;
    assert.match(stderr(), refused);
    const said = stderr().trim().split('\n');
    const rights = said.flatMap((line) => /lack of the right to (.*?): /.exec(line)?.[1]?.split(', ') ?? [line]);
    const once = ['list services', 'list persistentvolumeclaims'];
    assert.deepEqual(
      rights.filter((right) => !later.includes(right)),
      once,
      stderr(),
    );
    assert.equal(new Set(rights).size, rights.length, stderr());
    await scale(1);
    assert.equal((await end('SIGINT')).code, 130);
  });
});
