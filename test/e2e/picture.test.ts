/**
 * The picture in README. `UPDATE_PICTURE=1 npm test -- test/e2e/picture.test.ts` draws it anew from a real run: look at it
 * before you commit it.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAnsi } from '../picture/ansi.ts';
import { svgOf, themes } from '../picture/svg.ts';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { apply, kubectl, sts } from './kubectl.ts';
import { listed, paths } from './look.ts';
import { ownNamespace, uniqueName } from './namespace.ts';
import { needsTerminal, programOnTerminal } from './roll/terminal.ts';
import { personEnv, sandbox } from './sandbox.ts';

const title =
  'A terminal. kubectl sts tree shows a StatefulSet that is stuck in an update: its pods with their claims and volumes, the cause, a pinned Service, and a claim that is left over.';
const command = ['sts', 'tree', 'products-db'];

/** A Service that reaches both pods of products-db from outside. */
const outside = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'products-db-lb' },
  spec: { type: 'LoadBalancer', selector: { app: 'products-db' }, ports: [{ name: 'postgres', port: 5432 }] },
};

/** The new image cannot be pulled; the annotations say so to simulated nodes, and that it has been so for an hour. */
const brokenTemplate = {
  metadata: { annotations: { 'stand.kubectl-sts/pull-fails': 'true', 'stand.kubectl-sts/since': '1h' } },
  spec: { containers: [{ name: 'postgres', image: 'postgres:17.99' }] },
};

describe('the picture in README', () => {
  const namespace = ownNamespace('picture');
  const scale = (replicas: number) =>
    kubectl(['scale', 'statefulset/products-db', `--replicas=${replicas}`, '-n', namespace]);

  before(async function () {
    needsTerminal(this);
    this.timeout(60_000);
    await applyExamples(namespace, 'products-db/*.yaml');
    await apply(namespace, [outside]);
    await scale(3);
    await kubectl(['rollout', 'status', 'statefulset/products-db', '-n', namespace, '--timeout=50s']);
    await scale(2);
    await eventually('the pod that is scaled away gone', async () => {
      const pods = await listed<{ metadata: { name: string } }>(paths.pods(namespace));
      assert.ok(!pods.some(({ metadata }) => metadata.name === 'products-db-2'));
    });
    assert.equal((await sts(['pin', 'products-db-lb', '0', '-n', namespace])).code, 0);
    const patch = JSON.stringify({ spec: { template: brokenTemplate } });
    await kubectl(['patch', 'statefulset/products-db', '-n', namespace, '--type=strategic', '-p', patch]);
    await eventually('a set that is stuck', async () => {
      assert.match((await sts(['status', '-n', namespace])).stdout, /^products-db .*Stuck/m);
    });
  });

  it('shows what the plugin prints on a terminal of 80 columns', async () => {
    const line = [join(sandbox(), 'bin', 'kubectl'), ...command];
    const env = personEnv(kubeconfigIn(namespace));
    // The last event of the pod comes shortly after the set is stuck.
    await eventually('the same words', async () => {
      const terminal = programOnTerminal(line, env);
      assert.equal(await terminal.ended(), 0, terminal.sent());
      const lines = readAnsi(`$ kubectl ${command.join(' ')}\n${terminal.sent()}`);
      for (const [name, theme] of Object.entries(themes)) {
        const file = join(checkout, 'docs', 'pictures', `terminal-${name}.svg`);
        const svg = svgOf({ title, columns: 80, lines }, theme);
        if (process.env['UPDATE_PICTURE'] === '1') writeFileSync(file, svg);
        assert.deepEqual(wordsOf(readFileSync(file, 'utf8')), wordsOf(svg));
      }
    });
  });
});

/** The stand's kubeconfig, with this namespace as that of the context. */
function kubeconfigIn(namespace: string): string {
  const config = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as { contexts: { context: object }[] };
  for (const each of config.contexts) each.context = { ...each.context, namespace };
  const file = join(sandbox(), uniqueName('kubeconfig'));
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** All words of a picture, with ages, and with the names of volumes and of revisions left out. */
function wordsOf(svg: string): string[] {
  const texts = [...svg.matchAll(/>([^<]+)<\/t(?:ext|itle)>/g)].map(([, text = '']) => text);
  return texts.map((text) =>
    text
      .replace(/\b\d+[smh](?:\d+[sm])?\b/g, 'AGE')
      .replace(/pvc-[0-9a-f]{3}…[0-9a-f]{5}/, 'pvc-UID')
      .replace(/\brevision [0-9a-z]+/, 'revision HASH'),
  );
}
