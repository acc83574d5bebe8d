import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { sendJson, serve } from './server.ts';

describe('the names of objects', () => {
  const files = temporaryFiles();
  after(() => files.remove());

  async function clientAsking<T>(answer: object, status: number, ask: (client: Client) => Promise<T>) {
    const asked: (string | undefined)[] = [];
    const server = await serve('http', (request, response) => {
      asked.push(request.url, request.headers.accept);
      sendJson(response, answer, status);
    });
    const kubeconfig = files.write('config', kubeconfigFor(server.url, { 'certificate-authority-data': undefined }));
    const client = await openClient(optionsWith({ kubeconfig }), clientDeps());
    try {
      return { answer: await ask(client), asked };
    } finally {
      client.close();
      server.close();
    }
  }

  async function namesFrom(table: object, status = 200) {
    const { answer, asked } = await clientAsking(table, status, (client) =>
      client.names(resources.statefulSets, 'shop'),
    );
    return { names: answer, asked };
  }

  it('are asked for in one table without the objects', async () => {
    const { names, asked } = await namesFrom({
      kind: 'Table',
      columnDefinitions: [{ name: 'Ready' }, { name: 'Name', format: 'name' }],
      rows: [{ cells: ['1/1', 'db'] }, { cells: ['2/2', 'web'] }],
    });
    assert.deepEqual(names, ['db', 'web']);
    assert.deepEqual(asked, [
      '/apis/apps/v1/namespaces/shop/statefulsets?includeObject=None',
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    ]);
  });

  it('are those of the objects, from a server that makes no tables', async () => {
    assert.deepEqual((await namesFrom({ items: [{ metadata: { name: 'db' } }] })).names, ['db']);
  });

  it('are none where a table has none, whatever else it holds', async () => {
    const rows = [{ cells: [7] }, { cells: [] }, {}, { cells: [null] }];
    assert.deepEqual((await namesFrom({ kind: 'Table', rows })).names, []);
  });

  it('are refused as the server refuses them, and where no API server answers', async () => {
    for (const { names } of [
      await namesFrom({ kind: 'Status', message: 'no', reason: 'Forbidden', code: 403 }, 403),
      await namesFrom({ kind: 'Table', rows: 'none' }),
    ]) {
      assert.ok(names instanceof StatusError);
    }
  });

  describe('as many as there are', () => {
    const row = { cells: ['web-0'] };
    const counts: [of: string, table: object, count: number][] = [
      ['none', { kind: 'Table', rows: [] }, 0],
      ['one', { kind: 'Table', rows: [row] }, 1],
      ['many', { kind: 'Table', rows: [row], metadata: { continue: 'x', remainingItemCount: 41 } }, 42],
      ['a server that says only that there are more', { rows: [row], metadata: { continue: 'x' } }, Infinity],
      ['a server that makes no tables', { items: [{ metadata: { name: 'web-0' } }] }, 1],
      ['a server that sends all the same', { rows: [row, row], metadata: { remainingItemCount: 41 } }, 2],
    ];
    for (const [of, table, count] of counts) {
      it(`of ${of}`, async () => {
        const { answer, asked } = await clientAsking(table, 200, (client) => client.count(resources.pods, 'shop'));
        assert.equal(answer, count);
        assert.equal(asked[0], '/api/v1/namespaces/shop/pods?includeObject=None&limit=1');
      });
    }

    it('are refused as the server refuses them', async () => {
      const forbidden = { kind: 'Status', message: 'no', reason: 'Forbidden', code: 403 };
      const { answer } = await clientAsking(forbidden, 403, (client) => client.count(resources.pods, 'shop'));
      assert.ok(answer instanceof StatusError && answer.reason === 'Forbidden');
    });
  });
});
