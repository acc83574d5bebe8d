import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Client, openClient } from '#src/kube/client.ts';
import type { ConnectionFields } from '#src/kube/config/connectionoptions.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { missingRights, rightWords, streamRights } from '#src/kube/rights.ts';
import { clientDeps } from '../kube/deps.ts';
import { httpProxy, type LoopbackProxy, socksProxy } from '../kube/http/proxies.ts';
import { optionsWith } from '../kube/options.ts';
import type { Rule } from '../runner/documented.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { auditLogFromNow } from './audit-log.ts';
import { pod, podReady, portForward } from './dns/pods.ts';
import { eventually } from './eventually.ts';
import { apply, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { sandbox } from './sandbox.ts';
import { userWith } from './user.ts';

const inPods = (resource: string, verbs: string[]): Rule => ({
  apiGroups: [''],
  resources: [`pods/${resource}`],
  verbs,
});

describe('a stream into a pod', () => {
  const namespace = ownNamespace('stream');
  const web = { namespace, name: 'web-0' };
  const port = 8080;
  const deadPort = 8081;
  let echo: Server;
  const met = new Set<Socket>();
  const clients: Client[] = [];
  const proxies: LoopbackProxy[] = [];

  before(async () => {
    echo = createServer((socket) => {
      met.add(socket);
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port: target } = echo.address() as AddressInfo;
    const dead = createServer().listen(0, '127.0.0.1');
    await once(dead, 'listening');
    const { port: nobody } = dead.address() as AddressInfo;
    dead.close();
    await apply(namespace, [portForward('web-0', { [port]: target, [deadPort]: nobody }), pod('web-0')]);
    await podReady(namespace, 'web-0');
    // KWOK watches what a pod's ports lead to, and the kubelet that it plays watches pods.
    await eventually('a port that answers', async () => {
      const answer = await echoed(await administrator(), 'ready').catch(String);
      assert.equal(answer, 'ready');
    });
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    for (const proxy of proxies.splice(0)) proxy.close();
  });

  after(() => {
    for (const socket of met) socket.destroy();
    echo.close();
  });

  async function clientFor(flags: Partial<ConnectionFields>, version = '1.2.3'): Promise<Client> {
    const client = await openClient(optionsWith(flags), clientDeps({ version }));
    clients.push(client);
    return client;
  }

  const administrator = () => clientFor({ kubeconfig: sharedStand().kubeconfig });

  /** The administrator's, behind a proxy. */
  function through(proxyUrl: string): Promise<Client> {
    const config = JSON.parse(readFileSync(sharedStand().kubeconfig, 'utf8')) as {
      clusters: { cluster: { 'proxy-url'?: string } }[];
    };
    for (const { cluster } of config.clusters) cluster['proxy-url'] = proxyUrl;
    const kubeconfig = join(sandbox(), `${namespace}-${new URL(proxyUrl).port}.kubeconfig`);
    writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    return clientFor({ kubeconfig });
  }

  /** What comes back of a text that is sent to the pod's port. */
  async function echoed(client: Client, text: string): Promise<string> {
    const stream = await client.forwardPort(web, port, AbortSignal.timeout(10_000));
    const answer = await answerOf(stream, text);
    stream.destroy();
    return answer;
  }

  function answerOf(stream: Duplex, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let got = '';
      stream.on('data', (chunk: Buffer) => {
        got += chunk;
        if (got.length >= text.length) resolve(got);
      });
      stream.on('error', reject);
      stream.on('close', () => reject(new Error(`closed after ${JSON.stringify(got.slice(0, 100))}`)));
      stream.write(text);
    });
  }

  async function ran(client: Client, command: string[]) {
    return client.execute(web, 'main', command, AbortSignal.timeout(10_000));
  }

  const ways: [way: string, client: () => Promise<Client>][] = [
    ['straight', administrator],
    [
      'an HTTP proxy',
      async () => {
        const proxy = await httpProxy('http', Number(new URL(sharedStand().server).port));
        proxies.push(proxy);
        return through(`http://127.0.0.1:${proxy.port}`);
      },
    ],
    [
      'a SOCKS5 proxy',
      async () => {
        const proxy = await socksProxy(Number(new URL(sharedStand().server).port));
        proxies.push(proxy);
        return through(`socks5://127.0.0.1:${proxy.port}`);
      },
    ],
  ];
  /** A stream has a connection of its own, beside that for requests, which is begun at once. */
  function throughProxies(): void {
    for (const { asked } of proxies) assert.equal(asked.length, 2, 'all of it through the proxy');
  }

  for (const [way, open] of ways) {
    it(`carries bytes to a port of the pod and back: ${way}`, async () => {
      const text = 'a few words, and then 200,000 characters: '.padEnd(200_000, 'abcdefg');
      assert.equal(await echoed(await open(), text), text);
      throughProxies();
    });

    it(`runs a program in the pod: ${way}`, async () => {
      const { exitCode, stdout, stderr } = await ran(await open(), ['echo', 'hello,', 'pod']);
      assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: 'hello, pod\n', stderr: '' });
      throughProxies();
    });
  }

  // KWOK never ends its side of a connection before both others have ended theirs (utils/net/tunnel.go), so what can be
  // seen here is the API server's.
  it('ends at the API server when it is ended here', async () => {
    const version = `${namespace}-ended`;
    const client = await clientFor({ kubeconfig: sharedStand().kubeconfig }, version);
    const log = auditLogFromNow();
    const ended = () => log.requests(version).length;
    const stream = await client.forwardPort(web, port, AbortSignal.timeout(20_000));
    await answerOf(stream, 'hello');
    assert.equal(ended(), 0);
    stream.destroy();
    await eventually('the end of the request', async () => assert.equal(ended(), 1), 5_000);
  });

  it('is broken off by its signal, open or not', async () => {
    const aborter = new AbortController();
    const client = await administrator();
    const stream = await client.forwardPort(web, port, aborter.signal);
    await answerOf(stream, 'hello');
    const closed = once(stream, 'end');
    const opening = Promise.allSettled([client.forwardPort(web, port, aborter.signal)]);
    aborter.abort();
    await closed;
    const late = await Promise.allSettled([client.forwardPort(web, port, aborter.signal)]);
    for (const ended of [...(await opening), ...late]) {
      assert.equal(ended.status, 'rejected');
      assert.ok(ended.reason instanceof ConnectionError || ended.reason === aborter.signal.reason, ended.reason.stack);
    }
  });

  it('says why when nobody serves the port', async () => {
    const client = await administrator();
    for (const dead of [deadPort, 9]) {
      const stream = await client.forwardPort(web, dead, AbortSignal.timeout(10_000));
      await assert.rejects(answerOf(stream, 'hello'), (error) => {
        assert.ok(error instanceof ConnectionError, String(error));
        assert.match(error.message, /^error: .*(forward|dial|refused)/s);
        return true;
      });
    }
  });

  it('says that the pod is not there, in kubectl’s words', async () => {
    const client = await administrator();
    const gone = { namespace, name: 'web-9' };
    const judge = await tryKubectl(['exec', 'web-9', '-n', namespace, '--', 'true']);
    const expected = (error: unknown): boolean => {
      assert.ok(error instanceof StatusError, String(error));
      assert.deepEqual([error.code, error.reason], [404, 'NotFound']);
      assert.equal(error.message, judge.stderr.trim());
      return true;
    };
    await assert.rejects(client.forwardPort(gone, port, AbortSignal.timeout(10_000)), expected);
    await assert.rejects(client.execute(gone, 'main', ['true'], AbortSignal.timeout(10_000)), expected);
  });

  it('says that a program is not in the image', async () => {
    const why = await ran(await administrator(), ['a-program-that-is-not-there']).then(
      ({ exitCode }) => `exit code ${exitCode}`,
      (error: unknown) => {
        assert.ok(error instanceof ConnectionError, String(error));
        return error.message;
      },
    );
    assert.match(why, /^error: .*not found|^exit code (126|127|1)$/);
  });

  describe('of somebody else', () => {
    const full = ['get', 'create'];
    const users: { name: string; rules: Rule[]; lacks: string[] }[] = [
      { name: 'both', rules: [inPods('portforward', full), inPods('exec', full)], lacks: [] },
      {
        name: 'only-get',
        rules: [inPods('portforward', ['get']), inPods('exec', ['get'])],
        lacks: ['create pods/portforward', 'create pods/exec'],
      },
      {
        name: 'only-create',
        rules: [inPods('portforward', ['create']), inPods('exec', ['create'])],
        lacks: ['get pods/portforward', 'get pods/exec'],
      },
      { name: 'forwarder', rules: [inPods('portforward', full)], lacks: ['get pods/exec', 'create pods/exec'] },
    ];
    for (const { name, rules, lacks } of users) {
      it(`says the truth about rights beforehand: ${name}`, async () => {
        const kubeconfig = await userWith(namespace, name, rules);
        const client = await clientFor({ kubeconfig });
        const rights = [...streamRights('portforward', web), ...streamRights('exec', web)];
        assert.deepEqual((await missingRights(client, rights)).map(rightWords), lacks);
        for (const [kind, work] of [
          ['portforward', () => echoed(client, 'hello')],
          ['exec', () => ran(client, ['true'])],
        ] as const) {
          if (!lacks.some((right) => right.endsWith(`/${kind}`))) {
            await work();
            continue;
          }
          await assert.rejects(work, (error) => {
            assert.ok(error instanceof StatusError, String(error));
            assert.deepEqual([error.code, error.reason], [403, 'Forbidden']);
            return true;
          });
        }
      });
    }

    it('is judged by the rights of who is impersonated', async () => {
      const account = `system:serviceaccount:${namespace}`;
      for (const [name, lacks] of [
        ['both', []],
        ['only-get', ['create pods/portforward']],
      ] as const) {
        const client = await clientFor({ kubeconfig: sharedStand().kubeconfig, as: `${account}:${name}` });
        assert.deepEqual((await missingRights(client, streamRights('portforward', web))).map(rightWords), lacks);
        if (lacks.length === 0) assert.equal(await echoed(client, 'hello'), 'hello');
        else await assert.rejects(echoed(client, 'hello'), { constructor: StatusError, code: 403 });
      }
    });
  });
});
