import assert from 'node:assert/strict';
import { eventually } from '../e2e/eventually.ts';
import { apply, getJson } from '../e2e/kubectl.ts';
import { ownNamespace } from '../e2e/namespace.ts';
import { done } from '../e2e/pin/services.ts';
import { agnhostImage, glibcImage } from '../stand/real/images.ts';
import { client, inPod, ready, set, waitFor } from './pods.ts';

/** How often a client asks. */
const questions = 200;

describe('pins on real nodes', function () {
  this.timeout(400_000);
  const namespace = ownNamespace('pins');
  const pods = ['web-0', 'web-1', 'web-2'];
  let address: string;

  before(async () => {
    const probe = { readinessProbe: { httpGet: { path: '/hostname', port: 8080 }, periodSeconds: 1 } };
    await apply(namespace, [
      ...set('web', { image: agnhostImage, replicas: 3, container: probe, spec: { podManagementPolicy: 'Parallel' } }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web-lb' },
        spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
      },
      client('client', glibcImage),
    ]);
    await ready(namespace, 'web');
    await waitFor(namespace, 'condition=Ready', 'client');
    address = (await getJson<{ spec: { clusterIP: string } }>(['service/web-lb', '-n', namespace])).spec.clusterIP;
    await eventually('all pods by the Service', async () => assert.deepEqual(Object.keys(await asked()), pods));
  });

  const ask = () => `curl -s -m 5 http://${address}/hostname || echo refused`;

  /** How many of the answers came from each pod, through kube-proxy. */
  async function asked(): Promise<Record<string, number>> {
    const loop = `for each in $(seq ${questions}); do ${ask()}; echo; done`;
    return counted(await inPod(namespace, 'client', ['sh', '-c', loop]));
  }

  function counted(output: string): Record<string, number> {
    const lines = output.split('\n').filter((line) => line !== '');
    const entries = [...Map.groupBy(lines, (line) => line)].map(([who, all]) => [who, all.length] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  it('send every connection to the pod: all three answer before, one while it is pinned, all three after', async () => {
    assert.deepEqual(Object.keys(await asked()), pods);
    await done(['pin', 'web-lb', '1', '-n', namespace]);
    // The endpoints are what the command waits for; kube-proxy of each node follows them.
    await eventually('kube-proxy', async () => assert.deepEqual(await asked(), { 'web-1': questions }));
    await done(['pin', 'web-lb', '2', '-n', namespace]);
    await eventually('kube-proxy', async () => assert.deepEqual(await asked(), { 'web-2': questions }));
    await done(['unpin', 'web-lb', '-n', namespace]);
    await eventually('kube-proxy', async () => assert.deepEqual(Object.keys(await asked()), pods));
  });

  it('refuse no connection while they are made, moved and taken away', async () => {
    const background = `(while [ ! -e /tmp/stop ]; do ${ask()}; echo; done >/tmp/answers; touch /tmp/stopped) </dev/null >/dev/null 2>&1 &`;
    await inPod(namespace, 'client', ['sh', '-c', background]);
    const soFar = async () => counted(await inPod(namespace, 'client', ['cat', '/tmp/answers']));
    for (let answers = 0; answers < questions; answers = sum(await soFar())) {
      await done(['pin', 'web-lb', '0', '-n', namespace]);
      await done(['pin', 'web-lb', '1', '-n', namespace]);
      await done(['unpin', 'web-lb', '-n', namespace]);
    }
    await inPod(namespace, 'client', ['touch', '/tmp/stop']);
    await eventually('the end of the questions', async () => {
      assert.match(await inPod(namespace, 'client', ['ls', '/tmp']), /stopped/);
    });
    const answers = await soFar();
    assert.deepEqual(Object.keys(answers), pods, JSON.stringify(answers));
  });

  function sum(counts: Record<string, number>): number {
    return Object.values(counts).reduce((total, count) => total + count, 0);
  }
});
