import assert from 'node:assert/strict';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Pod } from '#src/objects/types.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, secretToken, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { quickClock } from './quick-clock.ts';
import { type Answer, type LoopbackServer, sendJson, serve } from './server.ts';

function pods(names: string[]): Pod[] {
  return names.map((name) => ({ metadata: { name, namespace: 'shop' } }));
}

const clusters = { http: { 'certificate-authority-data': undefined }, https: {} };

for (const protocol of ['http', 'https'] as const) {
  describe(`the API over ${protocol.toUpperCase()}`, () => {
    const files = temporaryFiles();
    const opened: { server: LoopbackServer; client: Client }[] = [];

    async function clientOf(answer: Answer): Promise<{ server: LoopbackServer; client: Client }> {
      const server = await serve(protocol, answer);
      const kubeconfig = files.write(`config-${opened.length}`, kubeconfigFor(server.url, clusters[protocol]));
      const client = await openClient(optionsWith({ kubeconfig }), clientDeps({ clock: quickClock() }));
      const one = { server, client };
      opened.push(one);
      return one;
    }

    async function failureOf(answer: Answer): Promise<Error> {
      const { client } = await clientOf(answer);
      const outcome = await client.get(resources.pods, 'shop', 'web-0').catch((error: unknown) => error);
      assert.ok(outcome instanceof Error, `an error, not ${JSON.stringify(outcome)}`);
      for (const text of [outcome.message, outcome.stack, JSON.stringify(outcome), String(outcome.cause ?? '')]) {
        assert.ok(!text?.includes(secretToken), 'no error holds the token');
      }
      return outcome;
    }

    after(() => {
      for (const { client, server } of opened) {
        client.close();
        server.close();
      }
      files.remove();
    });

    it('is asked for an object at its path, with the token of the kubeconfig', async () => {
      let authorization: string | undefined;
      let agent: string | undefined;
      const { client, server } = await clientOf((request, response) => {
        ({ authorization, 'user-agent': agent } = request.headers);
        sendJson(response, pods(['web-0'])[0]);
      });
      assert.equal(client.namespace, 'shop');
      assert.deepEqual(await client.get(resources.pods, 'shop', 'web-0'), pods(['web-0'])[0]);
      assert.deepEqual(server.requests, ['GET /api/v1/namespaces/shop/pods/web-0']);
      // Nobody's token goes where everybody on the way can read it.
      assert.equal(authorization, protocol === 'https' ? `Bearer ${secretToken}` : undefined);
      assert.match(agent ?? '', /^kubectl-sts\/1\.2\.3 /);
    });

    it('gives lists page by page, put together in their order', async () => {
      const pages: Record<string, object> = {
        '': { metadata: { continue: 'next+page/=&' }, items: pods(['a', 'b']) },
        'next+page/=&': { metadata: { continue: 'last' }, items: [] },
        last: { metadata: {}, items: pods(['c']) },
      };
      const limits: (string | null)[] = [];
      const { client, server } = await clientOf((request, response) => {
        const { searchParams } = new URL(request.url ?? '', 'http://server');
        limits.push(searchParams.get('limit'));
        sendJson(response, pages[searchParams.get('continue') ?? '']);
      });
      const list = await client.list<Pod>(resources.pods, 'shop');
      assert.ok(!(list instanceof StatusError));
      assert.deepEqual(
        list.map(({ metadata }) => metadata.name),
        ['a', 'b', 'c'],
      );
      assert.deepEqual(limits, ['500', '500', '500']);
      assert.equal(server.connections(), 1);
    });

    const expired = {
      apiVersion: 'v1',
      kind: 'Status',
      status: 'Failure',
      code: 410,
      reason: 'Expired',
      message: 'The continue token is too old',
    };

    it('that no longer knows how a list goes on is asked for it from its start', async () => {
      let first = true;
      const { client, server } = await clientOf((request, response) => {
        if (!request.url?.includes('continue=')) {
          return sendJson(response, { metadata: { continue: 'x' }, items: pods([first ? 'gone' : 'a']) });
        }
        if (!first) return sendJson(response, { metadata: {}, items: pods(['b']) });
        first = false;
        sendJson(response, expired, 410);
      });
      const list = await client.list<Pod>(resources.pods, 'shop');
      assert.ok(!(list instanceof StatusError));
      assert.deepEqual(
        list.map(({ metadata }) => metadata.name),
        ['a', 'b'],
      );
      assert.equal(server.requests.length, 4);
    });

    it('that never keeps a list for long enough is asked for all of it in one page', async () => {
      const { client, server } = await clientOf((request, response) => {
        if (request.url?.includes('continue=')) return sendJson(response, expired, 410);
        const limited = request.url?.includes('limit=');
        sendJson(response, { metadata: limited ? { continue: 'x' } : {}, items: pods(limited ? ['a'] : ['a', 'b']) });
      });
      const list = await client.list<Pod>(resources.pods, 'shop');
      assert.ok(!(list instanceof StatusError));
      assert.deepEqual(
        list.map(({ metadata }) => metadata.name),
        ['a', 'b'],
      );
      assert.doesNotMatch(server.requests.at(-1) ?? '', /limit/);
    });

    it('that refuses a later page refuses the whole list', async () => {
      const { client } = await clientOf((request, response) => {
        if (!request.url?.includes('continue=')) {
          return sendJson(response, { metadata: { continue: 'x' }, items: pods(['a']) });
        }
        sendJson(response, { ...expired, code: 403, reason: 'Forbidden', message: 'no longer' }, 403);
      });
      const list = await client.list(resources.pods, 'shop');
      assert.ok(list instanceof StatusError);
      assert.equal(list.reason, 'Forbidden');
    });

    it('may send a request on to another place of its own', async () => {
      const { client, server } = await clientOf((request, response) => {
        if (request.url === '/elsewhere') return sendJson(response, pods(['web-0'])[0]);
        response.writeHead(302, { location: '/elsewhere' }).end();
      });
      assert.deepEqual(await client.get(resources.pods, 'shop', 'web-0'), pods(['web-0'])[0]);
      assert.deepEqual(server.requests, ['GET /api/v1/namespaces/shop/pods/web-0', 'GET /elsewhere']);
    });

    it('that sends a request on to another server is not followed: credentials are for nobody else', async () => {
      const other = await serve('http', (_request, response) => sendJson(response, pods(['web-0'])[0]));
      const error = await failureOf((_request, response) => {
        response.writeHead(302, { location: `${other.url}/api/v1/namespaces/shop/pods/web-0` }).end();
      });
      other.close();
      assert.ok(error instanceof ConnectionError);
      assert.deepEqual(other.requests, []);
    });

    it('is not followed in circles', async () => {
      const error = await failureOf((_request, response) => void response.writeHead(302, { location: '/login' }).end());
      assert.equal(error.message, 'Unable to connect to the server: stopped after 10 redirects');
    });

    it('lists a namespace or all of them', async () => {
      const { client, server } = await clientOf((_request, response) => sendJson(response, { items: [] }));
      assert.deepEqual(await client.list(resources.pods, 'shop'), []);
      assert.deepEqual(await client.list(resources.statefulSets, undefined), []);
      assert.deepEqual(
        server.requests.map((line) => line.split('?')[0]),
        ['GET /api/v1/namespaces/shop/pods', 'GET /apis/apps/v1/statefulsets'],
      );
    });

    it('may answer compressed', async () => {
      const { client } = await clientOf((_request, response) => {
        const body = gzipSync(JSON.stringify({ metadata: { name: 'größer-🐘' } }));
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
      });
      assert.deepEqual(await client.get(resources.pods, 'shop', 'x'), { metadata: { name: 'größer-🐘' } });
    });

    it('may cut its answer in the middle of a character', async () => {
      const { client } = await clientOf((_request, response) => {
        const body = Buffer.from(JSON.stringify({ metadata: { name: 'größer-🐘' } }));
        const half = body.indexOf('🐘') + 2;
        response.write(body.subarray(0, half), () => response.end(body.subarray(half)));
      });
      assert.deepEqual(await client.get(resources.pods, 'shop', 'x'), { metadata: { name: 'größer-🐘' } });
    });

    it('is spoken to over few connections, which are kept', async () => {
      const { client, server } = await clientOf((_request, response) => sendJson(response, pods(['web-0'])[0]));
      for (let round = 0; round < 20; round++) await client.get(resources.pods, 'shop', 'web-0');
      assert.equal(server.connections(), 1);
      await Promise.all(Array.from({ length: 50 }, () => client.get(resources.pods, 'shop', 'web-0')));
      // Two while it answers at once; on a busy machine it does not.
      assert.ok(server.connections() <= 5, `${server.connections()} connections for 50 requests at once`);
    });

    it('is asked to evict a pod, and to delete one, only if it is still that of the UID', async () => {
      const bodies: unknown[] = [];
      const { client, server } = await clientOf(async (request, response) => {
        bodies.push(await json(request));
        sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Success' }, 201);
      });
      const pod = { namespace: 'shop', name: 'web-0' };
      assert.equal(await client.evict(pod, 'uid-1', { dryRun: false }), undefined);
      assert.equal(await client.evict(pod, 'uid-1', { dryRun: true }), undefined);
      assert.equal(await client.remove(resources.pods, 'shop', 'web-0', 'uid-1', { dryRun: false }), undefined);
      assert.deepEqual(server.requests, [
        'POST /api/v1/namespaces/shop/pods/web-0/eviction',
        'POST /api/v1/namespaces/shop/pods/web-0/eviction',
        'DELETE /api/v1/namespaces/shop/pods/web-0',
      ]);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod };
      assert.deepEqual(bodies, [
        { ...eviction, deleteOptions: { preconditions: { uid: 'uid-1' } } },
        { ...eviction, deleteOptions: { preconditions: { uid: 'uid-1' }, dryRun: ['All'] } },
        { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'uid-1' } },
      ]);
    });

    it('refuses an eviction with what it tells of the budget, and is asked once', async () => {
      const { client, server } = await clientOf((_request, response) => {
        const causes = [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 3 healthy pods and has 3' },
        ];
        const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 429, reason: 'TooManyRequests' };
        // Whoever evicts looks at the cluster again before.
        response.setHeader('retry-after', '1');
        sendJson(response, { ...status, message: 'Cannot evict pod', details: { causes } }, 429);
      });
      const refusal = await client.evict({ namespace: 'shop', name: 'web-0' }, 'uid-1', { dryRun: false });
      assert.ok(refusal instanceof StatusError);
      assert.deepEqual(
        [refusal.code, refusal.detail, refusal.causes],
        [429, 'Cannot evict pod', ['The disruption budget web needs 3 healthy pods and has 3']],
      );
      assert.equal(server.requests.length, 1);
    });

    it('puts an object in the place of the version that it names', async () => {
      const held = { metadata: { name: 'roll', resourceVersion: '7' }, spec: { holderIdentity: 'laptop' } };
      const { client, server } = await clientOf(async (request, response) => {
        sendJson(response, { ...((await json(request)) as object), kind: 'Lease' });
      });
      assert.deepEqual(await client.replace(resources.leases, 'shop', held, { fieldManager: 'me' }), {
        ...held,
        kind: 'Lease',
      });
      assert.deepEqual(server.requests, [
        'PUT /apis/coordination.k8s.io/v1/namespaces/shop/leases/roll?fieldManager=me',
      ]);
    });

    it('is asked to change an object by a merge patch, or to admit the change and store nothing', async () => {
      const asked: unknown[] = [];
      const { client, server } = await clientOf(async (request, response) => {
        asked.push(request.headers['content-type'], await json(request));
        sendJson(response, { metadata: { name: 'lb' } });
      });
      const patch = { spec: { selector: { a: null } } };
      assert.deepEqual(await client.patch(resources.services, 'shop', 'lb', patch, { fieldManager: 'me' }), {
        metadata: { name: 'lb' },
      });
      const dry = { fieldManager: 'a b', dryRun: true };
      await client.patch(resources.services, 'shop', 'lb', patch, dry);
      await client.create(resources.leases, 'shop', {}, dry);
      assert.deepEqual(server.requests, [
        'PATCH /api/v1/namespaces/shop/services/lb?fieldManager=me',
        'PATCH /api/v1/namespaces/shop/services/lb?fieldManager=a+b&dryRun=All',
        'POST /apis/coordination.k8s.io/v1/namespaces/shop/leases?fieldManager=a+b&dryRun=All',
      ]);
      const merge = 'application/merge-patch+json';
      assert.deepEqual(asked, [merge, patch, merge, patch, 'application/json', {}]);
    });

    it('is asked to delete one version of an object alone', async () => {
      const bodies: unknown[] = [];
      const { client } = await clientOf(async (request, response) => {
        bodies.push(await json(request));
        sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
      });
      const options = { dryRun: true, resourceVersion: '7' };
      assert.equal(await client.remove(resources.leases, 'shop', 'roll', 'uid-1', options), undefined);
      const preconditions = { uid: 'uid-1', resourceVersion: '7' };
      assert.deepEqual(bodies, [{ apiVersion: 'v1', kind: 'DeleteOptions', preconditions, dryRun: ['All'] }]);
    });

    it('picks the objects of lists and watches by its selectors', async () => {
      const { client, server } = await clientOf((_request, response) => {
        sendJson(response, { metadata: { resourceVersion: '7' }, items: [] });
      });
      const selectors = { fields: 'spec.nodeName=n', labels: 'a in (b)' };
      await client.list(resources.pods, 'shop', selectors);
      assert.deepEqual(await client.listAt(resources.pods, undefined, selectors), { items: [], resourceVersion: '7' });
      const from = { resourceVersion: '7', timeoutSeconds: 300, ...selectors };
      await client.watch(resources.pods, 'shop', from, new AbortController().signal);
      const picked = 'fieldSelector=spec.nodeName%3Dn&labelSelector=a+in+%28b%29';
      assert.deepEqual(server.requests, [
        `GET /api/v1/namespaces/shop/pods?limit=500&${picked}`,
        `GET /api/v1/pods?limit=500&${picked}`,
        `GET /api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300&${picked}`,
      ]);
    });

    it('that goes on with empty pages without end is not trusted', async () => {
      const { client, server } = await clientOf((_request, response) => {
        sendJson(response, { metadata: { continue: 'on' }, items: [] });
      });
      const list = await client.list(resources.pods, 'shop');
      assert.ok(list instanceof StatusError);
      assert.equal(list.detail, 'the answer is not what an API server sends: the list has no end');
      assert.equal(server.requests.length, 101);
    });

    it('that does not know the resource of a list is told with it, as by kubectl', async () => {
      const { client } = await clientOf((_request, response) => void response.writeHead(404).end());
      for (const [resource, version] of [
        [resources.pods, '/v1'],
        [resources.statefulSets, 'apps/v1'],
      ] as const) {
        const list = await client.list(resource, 'shop');
        assert.ok(list instanceof StatusError);
        assert.match(
          list.message,
          new RegExp(`^Error from server \\(NotFound\\): Unable to list "${version}, Resource=${resource.plural}": `),
        );
      }
    });

    it('leaves managedFields out of what it gives', async () => {
      const { client } = await clientOf((_request, response) => {
        sendJson(response, { metadata: { name: 'web-0', managedFields: [{ manager: 'kubectl' }] } });
      });
      assert.deepEqual(await client.get(resources.pods, 'shop', 'web-0'), { metadata: { name: 'web-0' } });
    });

    const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure' };
    const refusals: [what: string, answer: Answer, reason: string, message: RegExp][] = [
      [
        'a Status: its own words',
        (_, response) =>
          sendJson(response, { ...status, code: 404, reason: 'NotFound', message: 'pods "web-0" not found' }, 404),
        'NotFound',
        /^Error from server \(NotFound\): pods "web-0" not found$/,
      ],
      [
        'a Status without a reason',
        (_, response) => sendJson(response, { ...status, code: 500, message: 'no such luck' }, 500),
        '',
        /^Error from server: no such luck$/,
      ],
      [
        '403 and nothing',
        (_, response) => void response.writeHead(403).end(),
        'Forbidden',
        /^Error from server \(Forbidden\): /,
      ],
      [
        '404 and nothing',
        (_, response) => void response.writeHead(404).end(),
        'NotFound',
        /could not find the requested resource/,
      ],
      ['401 and nothing', (_, response) => void response.writeHead(401).end(), 'Unauthorized', /provide credentials/],
      [
        '500 and a web page',
        (_, response) => void response.writeHead(500).end('<html>oh</html>'),
        'InternalError',
        /an error on the server/,
      ],
      [
        '503 and JSON that is no Status',
        (_, response) => sendJson(response, [1], 503),
        'ServiceUnavailable',
        /unable to handle the request/,
      ],
      ['a code that nobody knows', (_, response) => void response.writeHead(418).end('teapot'), '', /418/],
    ];
    for (const [what, answer, reason, message] of refusals) {
      it(`may refuse with ${what}`, async () => {
        const error = await failureOf(answer);
        assert.ok(error instanceof StatusError);
        assert.equal(error.reason, reason);
        assert.match(error.message, message);
      });
    }

    const strange: [what: string, answer: Answer][] = [
      ['200 and a web page', (_, response) => void response.end('<!doctype html><title>Log in</title>')],
      ['200 and nothing', (_, response) => void response.end()],
    ];
    for (const [what, answer] of strange) {
      it(`is not trusted to be an API server: ${what}`, async () => {
        const error = await failureOf(answer);
        assert.ok(error instanceof StatusError || error instanceof ConnectionError, `foreseen, not ${error.stack}`);
      });
    }

    const stranger: [what: string, answer: Answer][] = [
      ['JSON that is no object', (_, response) => sendJson(response, null)],
      ['an object without metadata', (_, response) => sendJson(response, {})],
    ];
    for (const [what, answer] of stranger) {
      it(`is not trusted to be an API server: ${what}`, async () => {
        const error = await failureOf(answer);
        assert.ok(error instanceof StatusError || error instanceof ConnectionError, `foreseen, not ${error.stack}`);
      });
    }

    it('is not trusted to be an API server: a list without names', async () => {
      const { client } = await clientOf((_, response) => sendJson(response, { items: [null, {}, 7] }));
      const outcome: unknown = await client.list(resources.pods, 'shop').catch((error: unknown) => error);
      assert.ok(
        outcome instanceof StatusError || outcome instanceof ConnectionError,
        `foreseen, not ${String(outcome)}`,
      );
    });

    const cuts: [what: string, answer: Answer][] = [
      ['before the answer', (request) => void request.socket.destroy()],
      [
        'in the middle of it',
        (_, response) => {
          response.writeHead(200, { 'content-length': '1000' });
          response.write('{"metadata":', () => response.socket?.destroy());
        },
      ],
      [
        'in the middle of a compressed one',
        (_, response) => {
          response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '1000' });
          response.write(gzipSync('{"metadata":{}}').subarray(0, 12), () => response.socket?.destroy());
        },
      ],
      [
        'that only claims to be compressed',
        (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
      ],
      ['that is no HTTP', (request) => void request.socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ];
    for (const [what, answer] of cuts) {
      it(`may be cut off ${what}: that is a connection's fault, in one line`, async () => {
        const error = await failureOf(answer);
        assert.ok(error instanceof ConnectionError, `a ConnectionError, not ${error.stack}`);
        assert.doesNotMatch(error.message, /\n/);
      });
    }

    it('that is not there is named by its address, as kubectl does', async () => {
      const { client, server } = await clientOf(() => {});
      server.close();
      await assert.rejects(client.get(resources.pods, 'shop', 'web-0'), {
        constructor: ConnectionError,
        message: `The connection to the server ${new URL(server.url).host} was refused - did you specify the right host or port?`,
      });
    });
  });
}

describe('an API server over TLS', () => {
  const files = temporaryFiles();
  let server: LoopbackServer;

  before(async () => {
    server = await serve('https', (_request, response) => sendJson(response, pods(['web-0'])[0]));
  });

  after(() => {
    server.close();
    files.remove();
  });

  async function outcomeOf(name: string, cluster: object, url = server.url): Promise<unknown> {
    const client = await openClient(
      optionsWith({ kubeconfig: files.write(name, kubeconfigFor(url, cluster)) }),
      clientDeps(),
    );
    try {
      return await client.get(resources.pods, 'shop', 'web-0').catch((error: unknown) => error);
    } finally {
      client.close();
    }
  }

  it('is not talked to when its certificate is signed by somebody unknown, and does not learn the token', async () => {
    const before = server.requests.length;
    const error = await outcomeOf('unknown', { 'certificate-authority-data': undefined });
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /x509: certificate signed by unknown authority/);
    assert.equal(server.requests.length, before);
  });

  it('is not talked to under a name that its certificate does not hold', async () => {
    const error = await outcomeOf('name', { 'tls-server-name': 'elsewhere.example' });
    assert.ok(error instanceof ConnectionError);
    assert.match(error.message, /x509: certificate is (not )?valid for/);
  });

  it('is talked to under another name that the kubeconfig gives', async () => {
    const answer = await outcomeOf('other', { 'tls-server-name': 'localhost' });
    assert.deepEqual(answer, pods(['web-0'])[0]);
  });

  it('is talked to without a look at its certificate where the kubeconfig says so', async () => {
    assert.deepEqual(
      await outcomeOf('insecure', {
        'certificate-authority-data': undefined,
        'insecure-skip-tls-verify': true,
      }),
      pods(['web-0'])[0],
    );
  });

  it('may live below a path, as behind Rancher', async () => {
    await outcomeOf('path', {}, `${server.url}/k8s/clusters/c-1/`);
    assert.equal(server.requests.at(-1), 'GET /k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-0');
  });
});
