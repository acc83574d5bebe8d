import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { localhost, localhostKey } from '../e2e/servers/certificates.ts';
import { certificate } from '../kube/certificate.ts';
import { httpProxy, type LoopbackProxy } from '../kube/http/proxies.ts';
import { kubeconfigFor, secretToken } from '../kube/kubeconfig-file.ts';
import { type Programs, programs } from '../kube/login/programs.ts';
import { type LoopbackServer, sendJson, serve } from '../kube/server.ts';
import { type Runner, runnerOn } from '../memory/run.ts';

/** Nothing to offer, and no files either. */
const nothing = { code: 0, stdout: ':4\n', stderr: '' };

/** A server of StatefulSets, Services and namespaces that keeps the headers that it is sent. */
function lister(tls?: { cert: string; key: string }) {
  const headers: IncomingHttpHeaders[] = [];
  const server = serve(
    'https',
    (request, response) => {
      headers.push(request.headers);
      const plural = /([a-z]+)(?:\?.*)?$/.exec(request.url ?? '')?.[1] ?? '';
      const names: Record<string, string[]> = {
        statefulsets: ['db', 'web'],
        services: ['db-lb', 'web-lb'],
        namespaces: ['shop', 'stock'],
      };
      const items = (names[plural] ?? []).map((name) => ({ metadata: { name, namespace: 'shop' } }));
      response.setHeader('warning', '299 - "this API is old"');
      sendJson(response, { metadata: { resourceVersion: '1' }, items });
    },
    tls,
  );
  return { headers, server };
}

function impersonated(headers: IncomingHttpHeaders | undefined): object {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name.startsWith('impersonate')));
}

describe('kubectl sts __complete', () => {
  let here: Programs;
  let server: LoopbackServer;
  let headers: IncomingHttpHeaders[];
  let runner: Runner;

  before(async () => {
    here = programs();
    const trusted = lister();
    server = await trusted.server;
    headers = trusted.headers;
    runner = runnerOn(server);
  });
  beforeEach(() => {
    headers.length = 0;
  });
  after(() => {
    runner.close();
    server.close();
    here.remove();
  });

  const complete = (...words: string[]) => runner.run(['__complete', ...words]);

  it('offers names that are not on the line yet, and no files', async () => {
    assert.deepEqual(await complete('tree', ''), { code: 0, stdout: 'db\nweb\n:4\n', stderr: '' });
    assert.deepEqual(await complete('tree', 'db', 'w'), { code: 0, stdout: 'web\n:4\n', stderr: '' });
    assert.deepEqual(await complete('roll', 'web', ''), { code: 0, stdout: 'db\n:4\n', stderr: '' });
    assert.deepEqual(await complete('pin', 'web'), { code: 0, stdout: 'web-lb\n:4\n', stderr: '' });
    assert.deepEqual(await complete('dns', '-n', ''), { code: 0, stdout: 'shop\nstock\n:4\n', stderr: '' });
    assert.deepEqual(await complete('tree', '--context=l'), {
      code: 0,
      stdout: '--context=loopback\n:4\n',
      stderr: '',
    });
    assert.equal(headers[0]?.authorization, `Bearer ${secretToken}`);
  });

  it('offers a name that several namespaces have once', async () => {
    const stdout = 'db\nweb\n:4\n';
    const items = ['db', 'web', 'db'].map((name) => ({ metadata: { name } }));
    const twice = await serve('http', (_request, response) => sendJson(response, { items }));
    const other = runnerOn(twice);
    assert.deepEqual(await other.run(['__complete', 'tree', '-A', '']), { code: 0, stdout, stderr: '' });
    other.close();
    twice.close();
  });

  it('offers nothing, and ends, where the server takes the connection and says no more', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    // In how long is measured by `npm run bench`.
    assert.deepEqual(await complete('tree', '--server', `https://127.0.0.1:${port}`, ''), nothing);
    silent.close();
  });

  it('offers the values of a flag, without a request', async () => {
    assert.deepEqual(await complete('dns', '--via=e'), { code: 0, stdout: '--via=exec\n:4\n', stderr: '' });
    assert.deepEqual(headers, []);
  });

  it('leaves files to the shell', async () => {
    assert.deepEqual(await complete('tree', '-f', 'man'), { code: 0, stdout: ':0\n', stderr: '' });
  });

  it('asks the namespace on the line, or all of them', async () => {
    const before = server.requests.length;
    await complete('tree', '-n', 'stock', '');
    await complete('tree', '-A', '');
    assert.deepEqual(
      server.requests.slice(before).map((request) => request.replace(/\?.*/, '')),
      ['GET /apis/apps/v1/namespaces/stock/statefulsets', 'GET /apis/apps/v1/statefulsets'],
    );
  });

  it('impersonates exactly those that the flags name', async () => {
    const flags = ['--as', 'ann', '--as-group', 'dev', '--as-group=a,b', '--as-uid', '7', '--as-user-extra', 'scope=x'];
    assert.match((await complete('tree', ...flags, '')).stdout, /^db\nweb\n/);
    assert.deepEqual(impersonated(headers[0]), {
      'impersonate-user': 'ann',
      'impersonate-group': 'dev, a,b',
      'impersonate-uid': '7',
      'impersonate-extra-scope': 'x',
    });
    headers.length = 0;
    await complete('tree', '');
    assert.deepEqual(impersonated(headers[0]), {});
  });

  describe('on a line with all flags of the command', () => {
    let proxy: LoopbackProxy;
    before(async () => {
      proxy = await httpProxy('http', Number(new URL(server.url).port));
    });
    after(() => proxy.close());

    /** For each flag that says which server to reach and as whom, a value that leads to the test's server. */
    const values = (): Record<string, string> => ({
      as: 'ann',
      'as-group': 'dev',
      'as-uid': '7',
      'as-user-extra': 'scope=x',
      'certificate-authority': here.file('ca.crt', certificate),
      'client-certificate': here.file('client.crt', localhost),
      'client-key': here.file('client.key', localhostKey),
      cluster: 'loopback',
      context: 'loopback',
      kubeconfig: here.file('config', kubeconfigFor(server.url)),
      kuberc: here.file('kuberc', '{"apiVersion":"kubectl.config.k8s.io/v1beta1","kind":"Preference"}'),
      namespace: 'stock',
      'request-timeout': '10s',
      'proxy-url': `http://127.0.0.1:${proxy.port}`,
      server: server.url,
      'tls-server-name': 'localhost',
      token: 'another-token',
      user: 'somebody',
      v: '9',
    });
    // kubectl refuses a name and a password besides a token.
    const left = ['username', 'password'];

    for (const [command, { args, flags }] of Object.entries<Definition>(manifest.commands)) {
      if (!('NAME' in args || 'SERVICE' in args)) continue;
      it(`reaches the same server as the same person: ${command}`, async () => {
        const given = values();
        const line = Object.values(flags)
          .filter(({ name }) => !left.includes(name))
          .map(({ name, type, options, integer }) => {
            // All booleans are on, but the one that would give the token to anybody.
            if (type === 'boolean') return `--${name}=${name !== 'insecure-skip-tls-verify'}`;
            return `--${name}=${given[name] ?? options?.[0] ?? (integer ? '1' : 'x')}`;
          });
        const { code, stdout, stderr } = await complete(command, ...line, '');
        const offered = 'SERVICE' in args ? 'db-lb\nweb-lb\n:4\n' : 'db\nweb\n:4\n';
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: offered, stderr: '' });
        assert.equal(headers.length, 1);
        assert.equal(headers[0]?.authorization, 'Bearer another-token');
        assert.deepEqual(impersonated(headers[0]), {
          'impersonate-user': 'ann',
          'impersonate-group': 'dev',
          'impersonate-uid': '7',
          'impersonate-extra-scope': 'x',
        });
      });
    }
  });

  describe('with a server whose certificate is not the right one', () => {
    let wrong: LoopbackServer;
    let received: IncomingHttpHeaders[];
    let own: Runner;
    before(async () => {
      const untrusted = lister({ cert: localhost, key: localhostKey });
      wrong = await untrusted.server;
      received = untrusted.headers;
      own = runnerOn(wrong);
    });
    after(() => {
      own.close();
      wrong.close();
    });

    for (const flags of [
      [],
      ['--insecure-skip-tls-verify=false'],
      ['--insecure-skip-tls-verify=0', '--token=secret'],
    ]) {
      it(`sends no request and no token, and offers nothing: ${flags.join(' ')}`, async () => {
        assert.deepEqual(await own.run(['__complete', 'tree', ...flags, '']), nothing);
        assert.deepEqual(received, []);
      });
    }

    it('asks it all the same where the person says so', async () => {
      const kubeconfig = here.file('insecure', kubeconfigFor(wrong.url, { 'certificate-authority-data': undefined }));
      const { stdout } = await own.run([
        '__complete',
        'tree',
        '--kubeconfig',
        kubeconfig,
        '--insecure-skip-tls-verify',
        '',
      ]);
      assert.equal(stdout, 'db\nweb\n:4\n');
    });
  });

  describe('says nothing and exits 0', () => {
    const offered = { code: 0, stdout: 'db\nweb\n:4\n', stderr: '' };
    const withUser = (user: object) =>
      here.file(
        'user',
        JSON.stringify({ ...JSON.parse(kubeconfigFor(server.url)), users: [{ name: 'somebody', user }] }),
      );
    const plugin = (script: string) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: here.script('plugin', script),
        interactiveMode: 'IfAvailable',
      },
    });

    const cases: [what: string, words: () => string[], expected?: object][] = [
      ['when the request timeout is none', () => ['tree', '--request-timeout', 'soon', ''], offered],
      ['when the server warns, and warnings are errors', () => ['tree', '--warnings-as-errors', ''], offered],
      ['when versions are to match', () => ['tree', '--match-server-version', ''], offered],
      ['when requests are logged', () => ['tree', '-v', '9', ''], offered],
      ['when the kubeconfig is missing', () => ['tree', '--kubeconfig', '/nowhere/config', '']],
      ['when the kubeconfig cannot be parsed', () => ['tree', '--kubeconfig', here.file('broken', '{'), '']],
      ['when the contexts cannot be read', () => ['tree', '--kubeconfig', here.file('broken', '{'), '--context', '']],
      ['when the context is missing', () => ['tree', '--context', 'nowhere', '']],
      ['when nothing listens', () => ['tree', '--server', 'https://127.0.0.1:1', '']],
      ['when the address is none', () => ['tree', '--server', 'https://[', '']],
      ['when there are no credentials', () => ['tree', '--kubeconfig', withUser({}), '']],
      [
        'when a credential plugin fails',
        () => ['tree', '--kubeconfig', withUser(plugin('echo "log in first" >&2; exit 3')), ''],
      ],
      ['when a flag is unknown', () => ['tree', '--nope', '']],
      ['when a number is half typed', () => ['tree', '-v', 'x', '']],
      ['when a value is half typed', () => ['dns', '--via', 'x', '']],
      ['when a flag takes no value', () => ['tree', '--watch=p']],
      ['when the command is unknown', () => ['grow', '']],
      ['when the command has no names', () => ['version', '']],
    ];
    for (const [what, words, expected = nothing] of cases) {
      it(what, async () => assert.deepEqual(await complete(...words()), expected));
    }

    it('when there are no words', async () => {
      const { code, stdout, stderr } = await complete();
      assert.match(stdout, /^(?:[a-z]+\n)*roll\nstatus\ntree\n(?:[a-z]+\n)*help\n:4\n$/);
      assert.deepEqual([code, stderr], [0, '']);
    });

    it('when there is a fault in the program', async () => {
      const ran = await runner.run(
        ['__complete', 'tree', ''],
        {},
        {
          openClient: () => Promise.reject(new TypeError('a fault')),
        },
      );
      assert.deepEqual(ran, nothing);
    });

    it('when there is one in something that nothing awaits', async () => {
      const running = runner.start(['__complete', 'tree', ''], {}, { openClient: () => new Promise(() => {}) });
      running.host.emit('uncaughtException', new TypeError('a fault'), 'uncaughtException');
      assert.deepEqual([running.exited(), running.stderr()], [0, '']);
    });
  });
});

interface Definition {
  args: object;
  flags: Record<string, { name: string; type: string; options?: string[]; integer?: boolean }>;
}
