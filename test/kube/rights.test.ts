import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { missingRights, type Right, rightWords, streamRights } from '#src/kube/rights.ts';
import { runs } from '../properties.ts';
import { hostileValue } from '../tree/fuzz/hostile.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { quickClock } from './quick-clock.ts';
import { type Answer, type LoopbackServer, sendJson, serve } from './server.ts';

describe('rights', () => {
  const files = temporaryFiles();
  let server: LoopbackServer;
  let client: Client;
  let answer: Answer;
  before(async () => {
    server = await serve('https', (request, response) => answer(request, response));
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

  const pods: Right = { verb: 'list', resource: resources.pods, namespace: 'shop' };
  const sets: Right = { verb: 'patch', resource: resources.statefulSets, name: 'web' };

  it('are asked for one by one, and those that are missing are told in order', async () => {
    const asked: unknown[] = [];
    answer = async (request, response) => {
      const review = JSON.parse(await text(request));
      asked.push({ ...review, url: request.url, method: request.method, type: request.headers['content-type'] });
      sendJson(response, { status: { allowed: review.spec.resourceAttributes.verb === 'list' } }, 201);
    };
    assert.deepEqual(await missingRights(client, [sets, pods, sets]), [sets, sets]);
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      url: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      method: 'POST',
      type: 'application/json',
    };
    assert.deepEqual(
      asked.find((one) => JSON.stringify(one).includes('"list"')),
      { ...review, spec: { resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'shop' } } },
    );
    assert.deepEqual(
      asked.find((one) => JSON.stringify(one).includes('"patch"')),
      {
        ...review,
        spec: { resourceAttributes: { verb: 'patch', group: 'apps', resource: 'statefulsets', name: 'web' } },
      },
    );
  });

  it('are none where none are asked for', async () => {
    assert.deepEqual(await missingRights(client, []), []);
  });

  for (const status of [401, 403, 404, 422, 500]) {
    it(`are not known, and so not missing, when the server refuses to tell: ${status}`, async () => {
      answer = (_request, response) => void response.writeHead(status).end();
      assert.deepEqual(await missingRights(client, [pods]), []);
    });
  }

  it('are missing only where the server says so outright', async () => {
    await fc.assert(
      fc.asyncProperty(hostileValue, async (value) => {
        answer = (_request, response) => sendJson(response, { status: value }, 201);
        assert.deepEqual(await missingRights(client, [pods]), []);
        answer = (_request, response) => sendJson(response, { status: { allowed: value } }, 201);
        assert.deepEqual(await missingRights(client, [pods]), value === false ? [pods] : []);
      }),
      { numRuns: runs(50) },
    );
  });

  it('are not asked for twice over a connection that is cut', async () => {
    const before = server.requests.length;
    answer = (request) => void request.socket.destroy();
    await assert.rejects(missingRights(client, [pods]), ConnectionError);
    assert.equal(server.requests.length, before + 1);
  });

  it('of a stream are to get and to create, of one pod', () => {
    assert.deepEqual(streamRights('exec', { namespace: 'shop', name: 'web-0' }), [
      { verb: 'get', resource: resources.pods, subresource: 'exec', namespace: 'shop', name: 'web-0' },
      { verb: 'create', resource: resources.pods, subresource: 'exec', namespace: 'shop', name: 'web-0' },
    ]);
  });

  it('are named as an administrator grants them', () => {
    assert.equal(rightWords(sets), 'patch statefulsets.apps');
    assert.deepEqual(streamRights('portforward', { namespace: 'a', name: 'b' }).map(rightWords), [
      'get pods/portforward',
      'create pods/portforward',
    ]);
  });
});
