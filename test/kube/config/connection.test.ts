import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { openClient } from '#src/kube/client.ts';
import { type Connection, type ConnectionDeps, connect as connectWith } from '#src/kube/config/connection.ts';
import type { ConnectionFields } from '#src/kube/config/connectionoptions.ts';
import { ConfigError, ConnectionError } from '#src/kube/errors.ts';
import { runs } from '../../properties.ts';
import { hostileValue } from '../../tree/fuzz/hostile.ts';
import { certificate } from '../certificate.ts';
import { clientDeps } from '../deps.ts';
import { kubeconfigFor, secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from '../login/programs.ts';
import { optionsWith } from '../options.ts';
import { type LoopbackServer, sendJson, serve } from '../server.ts';

const data = Buffer.from(certificate).toString('base64');

async function shown({ credentials }: Connection): Promise<string | undefined> {
  return (await credentials.proof()).authorization;
}

async function refusal(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    assert.ok(error instanceof ConfigError || error instanceof ConnectionError, String(error));
    return error.message;
  }
  assert.fail('it was taken');
}

const connect = (fields: Partial<ConnectionFields>, surroundings: ConnectionDeps) =>
  connectWith(optionsWith(fields), surroundings);

describe('a connection', () => {
  let here: Programs;
  let config: string;
  before(() => {
    here = programs();
    config = here.file('config', kubeconfigFor('https://server.test:6443'));
  });
  after(() => here.remove());

  const withFlags = (flags: Partial<ConnectionFields>) => connect({ kubeconfig: config, ...flags }, clientDeps());
  const to = (config: object, flags: Partial<ConnectionFields> = {}) =>
    connect({ kubeconfig: here.file('other', JSON.stringify(config)), ...flags }, clientDeps());

  it('leads where the kubeconfig says, as who it says', async () => {
    const connection = await withFlags({});
    assert.equal(connection.server.href, 'https://server.test:6443/');
    assert.equal(await shown(connection), `Bearer ${secretToken}`);
    const { namespace, proxyUrl, compression, timeout, tls, impersonation } = connection;
    assert.deepEqual(
      { namespace, proxyUrl, compression, timeout, tls, impersonation },
      {
        namespace: 'shop',
        proxyUrl: undefined,
        compression: true,
        timeout: 0,
        tls: { ca: [certificate.trim()], rejectUnauthorized: true },
        impersonation: {},
      },
    );
  });

  it('leads elsewhere by flags', async () => {
    const connection = await withFlags({
      server: 'https://other.test',
      token: 'flag',
      namespace: 'n',
      as: 'carol',
      requestTimeout: '5',
      disableCompression: true,
      insecureSkipTlsVerify: true,
    });
    assert.equal(connection.server.href, 'https://other.test/');
    assert.equal(await shown(connection), 'Bearer flag');
    const { namespace, compression, timeout, tls, impersonation } = connection;
    assert.deepEqual(
      { namespace, compression, timeout, tls, impersonation },
      {
        namespace: 'n',
        compression: false,
        timeout: 5_000,
        tls: { rejectUnauthorized: false },
        impersonation: { 'impersonate-user': 'carol' },
      },
    );
  });

  const addresses: [address: string, shown: string][] = [
    ['u:p', 'u:p'],
    ['u', 'u:'],
    [':p', ':p'],
    ['%C3%BC:a%3Ab%40', 'ü:a:b@'],
    ['a%zz:100%', 'a%zz:100%'],
  ];
  for (const [address, who] of addresses) {
    for (const scheme of ['https', 'http']) {
      it(`shows who stands in the address, before all others: ${scheme}://${address}@`, async () => {
        const connection = await withFlags({ server: `${scheme}://${address}@server.test` });
        assert.equal(await shown(connection), `Basic ${Buffer.from(who).toString('base64')}`);
      });
    }
  }

  it('in the clear shows nobody’s credentials, and runs nothing', async () => {
    here.script('plugin', 'touch "$HERE/ran"');
    const exec = {
      command: join(here.folder, 'plugin'),
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
    };
    const connection = await to(JSON.parse(kubeconfigFor('http://server.test', {})), { token: 'flag' });
    assert.deepEqual(await connection.credentials.proof(), {});
    const plain = {
      ...JSON.parse(kubeconfigFor('http://server.test', {})),
      users: [{ name: 'somebody', user: { exec } }],
    };
    const { credentials } = await to(plain);
    assert.deepEqual(await credentials.proof(), {});
    assert.equal(here.read('ran'), '');
    assert.deepEqual(connection.tls, { rejectUnauthorized: true });
  });

  it('without a kubeconfig leads to this machine', async () => {
    const { server, namespace } = await connect({}, clientDeps({ env: { HOME: '/nowhere' } }));
    assert.deepEqual([server.href, namespace], ['http://localhost:8080/', 'default']);
  });

  const refused: [what: string, flags: Partial<ConnectionFields>, message: string][] = [
    ['a user that is not there', { user: 'x' }, 'error: auth info "x" does not exist'],
    ['a cluster that is not there', { cluster: 'x', namespace: 'n' }, 'error: cluster "x" does not exist'],
    [
      'two faults in what flags name',
      { cluster: 'x', user: 'y', namespace: 'n' },
      'error: auth info "y" does not exist',
    ],
    ['a namespace with a slash', { namespace: 'a/b' }, `invalid namespace "a/b": [may not contain '/']`],
    ['a namespace above', { namespace: '..' }, `invalid namespace "..": [may not be '..']`],
    [
      'a namespace that is escaped',
      { namespace: 'a%2fb/' },
      `invalid namespace "a%2fb/": [may not contain '/' may not contain '%']`,
    ],
    [
      'a user with two ways to log in',
      { username: 'u' },
      'error: more than one authentication method found for somebody; found [token basicAuth], only one is allowed',
    ],
    [
      'an authority that is not there',
      { certificateAuthority: '/nowhere/ca' },
      'error: unable to read certificate-authority /nowhere/ca for loopback due to open /nowhere/ca: no such file or directory',
    ],
  ];
  for (const [what, flags, message] of refused) {
    it(`is refused with ${what}`, async () => {
      assert.equal(await refusal(() => withFlags(flags)), message);
    });
  }

  it('is refused with a namespace of the kubeconfig that leads elsewhere', async () => {
    const contexts = [
      { name: 'loopback', context: { cluster: 'loopback', user: 'somebody', namespace: '../secrets' } },
    ];
    const hostile = { ...JSON.parse(kubeconfigFor('https://server.test')), contexts };
    assert.match(await refusal(() => to(hostile)), /^invalid namespace /);
  });

  describe('in a pod', () => {
    let server: LoopbackServer;
    let now: number;
    const tokens: (string | undefined)[] = [];
    let taken = '';
    before(async () => {
      server = await serve('https', ({ headers }, response) => {
        tokens.push(headers.authorization);
        sendJson(
          response,
          { gitVersion: 'v1' },
          taken === '' || headers.authorization === `Bearer ${taken}` ? 200 : 401,
        );
      });
    });
    after(() => server.close());
    beforeEach(() => {
      now = 1_000_000;
      taken = '';
      tokens.length = 0;
      here.file('token', 'first\n');
      here.file('namespace', ' pods \n');
      here.file('ca.crt', certificate);
    });

    const inPod = (env: Record<string, string> = {}) => {
      const { hostname, port } = new URL(server.url);
      const pod = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, HOME: '/nowhere' };
      return clientDeps({ env: { ...pod, ...env }, serviceAccount: here.folder, now: () => now });
    };

    it('leads to its cluster, as its service account, in its namespace', async () => {
      const connection = await connect({}, inPod());
      assert.equal(connection.server.href, `${server.url}/`);
      assert.equal(connection.namespace, 'pods');
      assert.equal(await shown(connection), 'Bearer first');
      assert.deepEqual(connection.tls, { ca: [certificate.trim()], rejectUnauthorized: true });
    });

    it('reads its token again after 50 seconds', async () => {
      const client = await openClient(optionsWith({}), inPod());
      await client.version();
      here.file('token', 'second');
      now += 49_999;
      await client.version();
      now += 1;
      await client.version();
      client.close();
      assert.deepEqual(tokens, ['Bearer first', 'Bearer first', 'Bearer second']);
    });

    it('reads its token again when the server no longer takes it', async () => {
      const client = await openClient(optionsWith({}), inPod());
      await client.version();
      here.file('token', 'second');
      taken = 'second';
      assert.deepEqual(await client.version().catch(String), await client.version().catch(String));
      client.close();
      assert.deepEqual(tokens, ['Bearer first', 'Bearer first', 'Bearer second', 'Bearer second']);
    });

    const namespaces: [
      what: string,
      flags: Partial<ConnectionFields>,
      env: Record<string, string>,
      namespace: string,
    ][] = [
      ['a flag', { namespace: 'flag' }, { POD_NAMESPACE: 'variable' }, 'flag'],
      ['a variable', {}, { POD_NAMESPACE: 'variable' }, 'variable'],
      ['the service account', {}, {}, 'pods'],
    ];
    for (const [what, flags, env, namespace] of namespaces) {
      it(`has the namespace of ${what}`, async () => {
        const connection = await connect(flags, inPod(env));
        assert.equal(connection.namespace, namespace);
      });
    }

    it('has the namespace default where there is none', async () => {
      here.file('namespace', '');
      const { namespace } = await connect({}, inPod());
      assert.equal(namespace, 'default');
    });

    it('may lead to an address of IPv6', async () => {
      const connection = await connect({}, inPod({ KUBERNETES_SERVICE_HOST: 'fd00::1' }));
      assert.equal(new URL(connection.server.href).hostname, '[fd00::1]');
    });

    it('takes the token and the authority of flags', async () => {
      const flags = { token: 'flag', certificateAuthority: here.file('other.crt', certificate + certificate) };
      const connection = await connect(flags, inPod());
      assert.equal(await shown(connection), 'Bearer flag');
      assert.deepEqual(connection.tls.ca, [certificate.trim(), certificate.trim()]);
    });

    it('asks the system’s authorities where it has none of its own', async () => {
      const nowhere = { ...inPod(), serviceAccount: join(here.folder, 'bare') };
      const connection = await connect({}, nowhere);
      assert.equal(connection.server.href, 'http://localhost:8080/');
    });

    // As in kubectl: what is not the default configuration is no pod's.
    const elsewhere: [what: string, flags: Partial<ConnectionFields>, env: Record<string, string>][] = [
      ['somebody is impersonated', { as: 'carol' }, {}],
      ['a request may take only so long', { requestTimeout: '5' }, {}],
      ['compression is not wanted', { disableCompression: true }, {}],
      ['it has no address', {}, { KUBERNETES_SERVICE_HOST: '' }],
      ['it has no port', {}, { KUBERNETES_SERVICE_PORT: '' }],
    ];
    for (const [what, flags, env] of elsewhere) {
      it(`leads to this machine where ${what}`, async () => {
        const connection = await connect(flags, inPod(env));
        assert.equal(connection.server.href, 'http://localhost:8080/');
      });
    }

    it('leads where a kubeconfig says, in that one’s namespace or the pod’s', async () => {
      const connection = await connect({}, inPod({ KUBECONFIG: config }));
      assert.deepEqual([connection.server.hostname, connection.namespace], ['server.test', 'shop']);
    });
  });

  describe('with a provider’s token', () => {
    const token = (seconds: number, mark: string) =>
      `e30.${Buffer.from(JSON.stringify({ exp: Date.now() / 1_000 + seconds })).toString('base64url')}.${mark}`;

    it('lets kubectl renew it, and reads the kubeconfig again that kubectl has written', async () => {
      const asked: (string | undefined)[] = [];
      const server = await serve('https', ({ headers }, response) => {
        asked.push(headers.authorization);
        sendJson(response, {});
      });
      const settings = { 'idp-issuer-url': 'https://issuer.test', 'client-id': 'c', 'refresh-token': 'r1' };
      const kubeconfig = (idToken: string) =>
        JSON.stringify({
          ...JSON.parse(kubeconfigFor(server.url)),
          users: [
            {
              name: 'somebody',
              user: { 'auth-provider': { name: 'oidc', config: { ...settings, 'id-token': idToken } } },
            },
          ],
        });
      const path = here.file('oidc', kubeconfig(token(-60, 'old')));
      const fresh = token(3_600, 'new');
      here.file('renewed', kubeconfig(fresh));
      here.script('kubectl', 'printf "%s\\n" "$@" >> "$HERE/asked"; cat "$HERE/renewed" > "$HERE/oidc"');
      const env = { PATH: `${here.folder}:/usr/bin:/bin` };
      const client = await openClient(
        optionsWith({ kubeconfig: path, context: 'loopback', verbosity: 3 }),
        clientDeps({ env }),
      );
      await Promise.allSettled([client.version(), client.version()]);
      await client.version().catch(() => {});
      client.close();
      server.close();
      assert.deepEqual(new Set(asked), new Set([`Bearer ${fresh}`]));
      assert.deepEqual(here.read('asked').trimEnd().split('\n'), [
        'get',
        '--raw',
        '/version',
        `--kubeconfig=${path}`,
        '--context=loopback',
      ]);
    });
  });

  it('with a plugin shows what the plugin gives now', async () => {
    const asked: (string | undefined)[] = [];
    const server = await serve('https', ({ headers }, response) => {
      asked.push(headers.authorization);
      sendJson(response, { gitVersion: 'v1' }, headers.authorization === 'Bearer second' ? 200 : 401);
    });
    const credential = (status: object) =>
      JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
    here.file('first', credential({ token: 'first' }));
    here.file('second', credential({ token: 'second' }));
    here.script(
      'plugin',
      '[ -e "$HERE/again" ] && exec cat "$HERE/second"; touch "$HERE/again"; exec cat "$HERE/first"',
    );
    const exec = { command: './plugin', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    const kubeconfig = here.file(
      'plugin-config',
      JSON.stringify({ ...JSON.parse(kubeconfigFor(server.url)), users: [{ name: 'somebody', user: { exec } }] }),
    );
    const env = { PATH: '/usr/bin:/bin', HOME: '/nowhere' };
    const client = await openClient(optionsWith({ kubeconfig }), clientDeps({ env }));
    assert.deepEqual(await client.version(), { gitVersion: 'v1' });
    assert.deepEqual(await client.version(), { gitVersion: 'v1' });
    client.close();
    server.close();
    assert.deepEqual(asked, ['Bearer first', 'Bearer second', 'Bearer second']);
  });

  describe('with a plugin that asks about the cluster', () => {
    const withPlugin = (cluster: object, flags: Partial<ConnectionFields> = {}) => {
      const credential = { apiVersion: 'client.authentication.k8s.io/v1', status: { token: 't' } };
      here.script('plugin', `printf %s "$KUBERNETES_EXEC_INFO" > "$HERE/info"; echo '${JSON.stringify(credential)}'`);
      here.file('info', '');
      const exec = {
        command: join(here.folder, 'plugin'),
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'Never',
        provideClusterInfo: true,
      };
      const config = JSON.parse(kubeconfigFor('https://server.test:6443/path?a#b', cluster));
      const kubeconfig = here.file(
        'asking',
        JSON.stringify({ ...config, users: [{ name: 'somebody', user: { exec } }] }),
      );
      return connect({ kubeconfig, ...flags }, clientDeps({ env: { PATH: '/usr/bin:/bin', HOME: '/nowhere' } }));
    };

    it('tells it what the kubeconfig and the flags say, with the authority of a file', async () => {
      const connection = await withPlugin(
        {
          'certificate-authority-data': undefined,
          'certificate-authority': here.file('authority', certificate),
          'proxy-url': 'http://proxy.test',
          extensions: [
            { name: 'other', extension: 1 },
            { name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } },
          ],
        },
        { tlsServerName: 'name.test', disableCompression: true },
      );
      assert.equal(await shown(connection), 'Bearer t');
      assert.deepEqual(JSON.parse(here.read('info')).spec.cluster, {
        server: 'https://server.test:6443/path',
        'tls-server-name': 'name.test',
        'certificate-authority-data': data,
        'proxy-url': 'http://proxy.test',
        'disable-compression': true,
        config: { audience: 'a' },
      });
    });

    it('tells it that nobody verifies the server, where that is so', async () => {
      await shown(await withPlugin({}, { insecureSkipTlsVerify: true }));
      assert.deepEqual(JSON.parse(here.read('info')).spec.cluster, {
        server: 'https://server.test:6443/path',
        'insecure-skip-tls-verify': true,
        config: null,
      });
    });

    it('does not run it where the settings of --kuberc forbid it', async () => {
      const denying = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\ncredentialPluginPolicy: DenyAll\n';
      const connection = await withPlugin({}, { kuberc: here.file('kuberc', denying) });
      await assert.rejects(shown(connection), /getting credentials: plugin .* not allowed: policy set to "DenyAll"$/);
      assert.equal(here.read('info'), '');
    });
  });

  it('never says a secret, however the kubeconfig is broken', async () => {
    const rarely = <T>(value: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
    const odd = rarely(fc.oneof(hostileValue, fc.constantFrom('', '/nowhere', data, 'oidc', 'https://a.test')));
    const secret = fc.constantFrom(secretToken, `${secretToken}\n`, `*${secretToken}`, `\u0000${secretToken}`);
    const text = secret.map((secret) => Buffer.from(secret).toString('base64'));
    const user = fc.record({
      token: rarely(secret),
      password: rarely(secret),
      'client-key-data': rarely(fc.oneof(secret, text)),
      exec: rarely(
        fc.record({
          command: fc.constantFrom('/nowhere/plugin', 'nowhere', './fails'),
          args: fc.tuple(secret),
          env: fc.tuple(fc.record({ name: fc.oneof(fc.constant('A'), odd), value: secret })),
          apiVersion: fc.constant('client.authentication.k8s.io/v1beta1'),
        }),
      ),
      'auth-provider': rarely(
        fc.record({
          name: fc.constantFrom('oidc', 'gcp', 'x'),
          config: fc.record({
            'idp-issuer-url': fc.oneof(fc.constant('x'), odd),
            'client-id': fc.oneof(fc.constant('x'), odd),
            'id-token': rarely(secret),
            'refresh-token': rarely(secret),
            'client-secret': rarely(secret),
          }),
        }),
      ),
      'client-certificate': odd,
      'client-certificate-data': fc.oneof(odd, rarely(fc.constant(data))),
      'client-key': odd,
      tokenFile: odd,
      username: odd,
      as: odd,
      'as-groups': odd,
    });
    const cluster = fc.record({
      server: fc.oneof(fc.constant('https://server.test'), odd),
      'certificate-authority': odd,
      'certificate-authority-data': odd,
      'tls-server-name': odd,
      'proxy-url': odd,
    });
    here.script('fails', 'exit 1');
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(user, cluster, async (user, cluster) => {
        const entries = { users: [{ name: 'somebody', user }], clusters: [{ name: 'loopback', cluster }] };
        const kubeconfig = here.file('fuzzed', JSON.stringify({ ...JSON.parse(kubeconfigFor('')), ...entries }));
        let outcome = 'connected';
        try {
          const ask = async () => secretToken;
          const deps = clientDeps({ env: { PATH: here.folder }, ask });
          const { credentials } = await connect({ kubeconfig }, deps);
          await credentials.proof();
        } catch (error) {
          assert.ok(error instanceof ConfigError || error instanceof ConnectionError, String(error));
          for (const text of [error.message, error.stack, String(error.cause), JSON.stringify(error)]) {
            assert.ok(!text?.includes(secretToken), `it says the secret: ${text}`);
          }
          outcome = error.constructor.name;
        }
        outcomes.add(outcome);
      }),
      { numRuns: runs(400) },
    );
    for (const outcome of ['connected', 'ConfigError']) assert.ok(outcomes.has(outcome), outcome);
  });
});
