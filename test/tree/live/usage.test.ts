import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { readUsage } from '#src/tree/live/usage.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type LoopbackServer, sendJson, serve } from '../../kube/server.ts';

/** As a kubelet of Kubernetes 1.36 answers, shortened to what tells of volumes. */
const summary = {
  node: { nodeName: 'node-0' },
  pods: [
    {
      podRef: { name: 'db-0', namespace: 'shop', uid: 'uid-db-0' },
      volume: [
        { name: 'kube-api-access', usedBytes: 4096, availableBytes: 100, capacityBytes: 200 },
        {
          name: 'data',
          pvcRef: { name: 'data-db-0', namespace: 'shop' },
          usedBytes: 12_582_912,
          availableBytes: 36_000_000,
          capacityBytes: 52_428_800,
        },
      ],
    },
    { podRef: { name: 'db-1', namespace: 'shop' } },
  ],
};

describe('the usage of volumes', () => {
  const files = temporaryFiles();
  let server: LoopbackServer;
  let client: Client;

  before(async () => {
    server = await serve('https', (request, response) => {
      const node = request.url?.split('/')[4];
      if (node === 'node-0') return sendJson(response, summary);
      if (node === 'rubbish') return sendJson(response, { pods: 'none' });
      if (node === 'gone') return void request.socket.destroy();
      const status = {
        apiVersion: 'v1',
        kind: 'Status',
        status: 'Failure',
        reason: 'Forbidden',
        message: 'nodes "x" is forbidden: no such right',
        code: 403,
      };
      return node === 'closed' ? sendJson(response, status, 403) : sendJson(response, {}, 500);
    });
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(server.url)) }),
      clientDeps({ clock: quickClock() }),
    );
  });

  after(() => {
    client.close();
    server.close();
    files.remove();
  });

  const measured = [
    { namespace: 'shop', claim: 'data-db-0', used: 12_582_912, available: 36_000_000, capacity: 52_428_800 },
  ];

  it('is what the kubelets measured of claims', async () => {
    assert.deepEqual(await readUsage(client, ['node-0']), { items: measured, others: 'missing' });
    assert.equal(server.requests.at(-1), 'GET /api/v1/nodes/node-0/proxy/stats/summary');
  });

  it('of nodes that give no answer, or a strange one, is not known, and takes nothing from the others', async () => {
    const usage = await readUsage(client, ['rubbish', 'gone', 'broken', 'node-0']);
    assert.deepEqual(usage, { items: measured, others: 'missing' });
  });

  it('names the right that is missing to ask for it', async () => {
    const usage = await readUsage(client, ['closed', 'node-0']);
    assert.deepEqual(usage, {
      items: measured,
      others: 'forbidden',
      refusal: { verb: 'get', resource: 'nodes/proxy', message: 'nodes "x" is forbidden: no such right' },
    });
  });
});
