/** Kubeconfigs: which files are read, how they are merged, and what is in them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { encoded, encodingNames } from '../../objects/encodings.ts';
import { sharedStand } from '../../runner/stand-variables.ts';
import { authority } from '../servers/certificates.ts';
import { type Case, differs, type Place, type Setup } from './compare.ts';
import { base64, config, people, stand } from './configs.ts';
import { two } from './flags.ts';

/** A case by its one kubeconfig. */
function file(name: string, make: (at: Place) => Promise<object | string>, args: readonly string[] = []): Case {
  return { name, make: async (at) => ({ kubeconfig: await make(at), args }) };
}

/** A case whose kubeconfig has these top-level fields put over those of one that works. */
function more(name: string, fields: object | ((at: Place) => object)): Case {
  return file(name, (at) =>
    config({ namespace: at.namespace, more: typeof fields === 'function' ? fields(at) : fields }),
  );
}

/** A case by its KUBECONFIG, and what else it needs. */
function listed(name: string, make: (at: Place) => Promise<string>, also: Setup = {}): Case {
  return { name, make: async (at) => ({ ...also, env: { KUBECONFIG: await make(at) } }) };
}

/** A case of a list where a name stands twice: kubectl says all that the list holds. */
function twice(what: 'cluster' | 'user' | 'context', one: Case): Case {
  return differs(one, 'No credential in a message', (lines) =>
    lines.map((line) => line.replace(/error converting \*\[\].*/s, `duplicate ${what} "one"`)),
  );
}

/** A case of a kubeconfig that is not as it must be, and what the plugin says of it behind the file’s name. */
function broken(why: string, one: Case): Case {
  return differs(one, 'Broken kubeconfigs', (lines) =>
    lines.map((line) =>
      line.replace(/^((?:error: )?error loading config file "[^"]*": ).*/s, (_, file) => `${file}${why}`),
    ),
  );
}

/** A case where kubectl names a line of its own source. */
function schemeless(one: Case): Case {
  return differs(one, 'Broken kubeconfigs', (lines) => lines.map((line) => line.replace(/ in scheme "[^"]*"$/, '')));
}

const contextOf = (context: object) => ({ contexts: [{ name: 'one', context }] });

export const kubeconfigCases: Case[] = [
  // Which files
  {
    name: '~/.kube/config',
    make: async (at) => {
      at.file('home/.kube/config', await config({ namespace: at.namespace }));
      return {};
    },
  },
  {
    name: '~/.kube/config under an empty KUBECONFIG',
    make: async (at) => {
      at.file('home/.kube/config', await config({ namespace: at.namespace }));
      return { env: { KUBECONFIG: '' } };
    },
  },
  {
    name: 'KUBECONFIG over ~/.kube/config',
    make: async (at) => {
      at.file('home/.kube/config', await config({ namespace: `${at.namespace}-home` }));
      return { kubeconfig: await config({ namespace: `${at.namespace}-variable` }) };
    },
  },
  {
    name: 'a KUBECONFIG that is missing, over ~/.kube/config',
    make: async (at) => {
      at.file('home/.kube/config', await config({ namespace: at.namespace }));
      return { env: { KUBECONFIG: '/nowhere/config' } };
    },
  },
  {
    name: 'an older ~/.kube/.kubeconfig',
    make: async (at) => {
      at.file('home/.kube/.kubeconfig', await config({ namespace: at.namespace }));
      return {};
    },
  },
  { name: 'none at all: localhost:8080', make: () => ({}) },
  { name: 'none at all, and no HOME', make: () => ({ env: { HOME: '' } }) },
  { name: 'none at all, with --context', make: () => ({ args: ['--context', 'nope'] }) },
  { name: 'none at all, with --user', make: () => ({ args: ['--user', 'nope'] }) },
  { name: 'none at all, with --cluster', make: () => ({ args: ['--cluster', 'nope'] }) },
  { name: 'none at all, with -n', make: (at) => ({ args: ['-n', at.namespace] }) },
  listed('KUBECONFIG that is /dev/null', async () => '/dev/null'),
  listed('KUBECONFIG that is empty', async (at) => at.file('empty', '')),
  listed('KUBECONFIG that is blank', async (at) => at.file('blank', '\n \n# nothing\n')),
  listed('KUBECONFIG that is {}', async (at) => at.file('braces', '{}')),
  ...encodingNames.map((encoding) =>
    listed(`KUBECONFIG that is ${encoding}`, async (at) => {
      const text = JSON.stringify(await config({ namespace: at.namespace }), undefined, 2).replaceAll('\n', '\r\n');
      return at.file('config', encoded(text, encoding));
    }),
  ),
  listed('KUBECONFIG that is a folder', async (at) => at.folder),
  listed(
    'KUBECONFIG that may not be read',
    async (at) => {
      const path = at.file('closed', await config({ namespace: at.namespace }));
      chmodSync(path, 0);
      return path;
    },
    // Root may read every file, until it gives these capabilities up.
    process.getuid?.() === 0
      ? { within: ['/usr/bin/setpriv', '--bounding-set=-dac_override,-dac_read_search'] }
      : undefined,
  ),
  listed('KUBECONFIG behind a file that is none', async (at) => `${at.file('plain', 'x')}/config`),
  listed('KUBECONFIG with a path from the working folder', async (at) => {
    at.file('sub/config', await config({ namespace: at.namespace }));
    return 'sub/config';
  }),
  listed('KUBECONFIG with ~', async (at) => {
    at.file('home/config', await config({ namespace: at.namespace }));
    return '~/config';
  }),
  listed(
    'KUBECONFIG with empty entries',
    async (at) => `::${at.file('one', await config({ namespace: at.namespace }))}::`,
  ),
  listed(
    'KUBECONFIG with missing entries',
    async (at) => `/nowhere/1:${at.file('one', await config({ namespace: at.namespace }))}:/nowhere/2`,
  ),
  listed('KUBECONFIG with missing entries alone', async () => '/nowhere/1:/nowhere/2'),
  listed('KUBECONFIG with the same entry twice', async (at) => {
    const path = at.file('one', await config({ namespace: at.namespace }));
    return `${path}:${path}`;
  }),
  broken(
    'yaml: line 1: unexpected end of the stream within a flow collection',
    listed(
      'KUBECONFIG with one file broken and one well',
      async (at) => `${at.file('broken', 'a: [')}:${at.file('one', await config({ namespace: at.namespace }))}`,
    ),
  ),
  broken(
    'yaml: line 1: unexpected end of the stream within a flow collection',
    listed(
      'KUBECONFIG with two broken files',
      async (at) => `${at.file('broken1', 'a: [')}:${at.file('broken2', 'b: {')}`,
    ),
  ),
  listed('KUBECONFIG with a folder and a file that is well', async (at) => {
    mkdirSync(join(at.folder, 'dir'));
    return `${join(at.folder, 'dir')}:${at.file('one', await config({ namespace: at.namespace }))}`;
  }),

  // How they are merged
  listed('several files: current-context of the first', async (at) =>
    [at.file('first', { 'current-context': 'two' }), at.file('second', await two(at))].join(':'),
  ),
  listed('several files: an empty current-context counts as none', async (at) =>
    [at.file('first', { 'current-context': '' }), at.file('second', await two(at))].join(':'),
  ),
  listed('several files: the context of the first', async (at) =>
    [
      at.file('first', contextOf({ cluster: 'one', user: 'one', namespace: `${at.namespace}-first` })),
      at.file('second', await two(at)),
    ].join(':'),
  ),
  listed('several files: contexts are not mixed', async (at) =>
    [
      at.file('first', contextOf({ cluster: 'one', namespace: `${at.namespace}-first` })),
      at.file('second', await config({ namespace: `${at.namespace}-second` })),
    ].join(':'),
  ),
  listed('several files: the user of the first', async (at) =>
    [
      at.file('first', { users: [{ name: 'one', user: { token: (await people()).alice.token } }] }),
      at.file('second', await config({ namespace: at.namespace })),
    ].join(':'),
  ),
  listed('several files: the cluster of the first', async (at) =>
    [
      at.file('first', { clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:1' } }] }),
      at.file('second', await config({ namespace: at.namespace })),
    ].join(':'),
  ),
  listed('several files: clusters are mixed field by field', async (at) =>
    [
      at.file('first', { clusters: [{ name: 'one', cluster: { 'tls-server-name': 'kubernetes' } }] }),
      at.file('second', await config({ namespace: at.namespace })),
    ].join(':'),
  ),
  listed('several files: users are mixed field by field', async (at) =>
    [
      at.file('first', { users: [{ name: 'one', user: { as: 'carol' } }] }),
      at.file('second', await config({ namespace: at.namespace })),
    ].join(':'),
  ),
  listed('several files: each part in its own', async (at) => {
    const whole = (await config({ namespace: at.namespace })) as Record<string, unknown>;
    const part = (name: string) => at.file(`part-${name}`, { apiVersion: 'v1', kind: 'Config', [name]: whole[name] });
    return ['users', 'contexts', 'current-context', 'clusters'].map(part).join(':');
  }),
  {
    name: 'a folder of its own for each file’s relative paths',
    make: async (at) => {
      const { admin } = await people();
      at.file('first/pki/ca.crt', Buffer.from(stand()['certificate-authority-data'], 'base64').toString());
      at.file('second/pki/c.crt', admin.certificate);
      at.file('second/pki/c.key', admin.key);
      const first = at.file('first/config', {
        clusters: [{ name: 'one', cluster: { server: stand().server, 'certificate-authority': 'pki/ca.crt' } }],
      });
      const second = at.file(
        'second/config',
        await config({
          namespace: at.namespace,
          user: { 'client-certificate': 'pki/c.crt', 'client-key': './pki/../pki/c.key' },
          more: { clusters: [] },
        }),
      );
      return { env: { KUBECONFIG: `${first}:${second}` } };
    },
  },
  {
    name: 'relative paths of a kubeconfig that is itself named by one',
    make: async (at) => {
      at.file('deep/ca.crt', Buffer.from(stand()['certificate-authority-data'], 'base64').toString());
      at.file('deep/token', (await people()).alice.token);
      at.file(
        'deep/config',
        await config({
          namespace: at.namespace,
          cluster: { server: stand().server, 'certificate-authority': 'ca.crt' },
          user: { tokenFile: 'token' },
        }),
      );
      return { env: { KUBECONFIG: 'deep/config' } };
    },
  },
  {
    name: 'relative paths of --kubeconfig',
    make: async (at) => {
      at.file('deep/token', (await people()).alice.token);
      at.file('deep/config', await config({ namespace: at.namespace, user: { tokenFile: 'token' } }));
      return { args: ['--kubeconfig', 'deep/config'] };
    },
  },

  // How they are written
  broken(
    'it is not an object',
    file('rubbish', async () => 'rubbish'),
  ),
  broken(
    'it is not an object',
    file('a list', async () => '[]'),
  ),
  broken(
    'it is not an object',
    file('a number', async () => '17'),
  ),
  file('null', async () => 'null'),
  broken(
    'yaml: line 1: unexpected end of the stream within a flow collection',
    file('broken JSON', async () => '{"clusters": ['),
  ),
  broken(
    'yaml: line 3: deficient indentation',
    file('broken YAML: a bracket', async () => 'apiVersion: v1\nclusters: [\n'),
  ),
  broken(
    'yaml: line 2: bad indentation of a mapping entry',
    file('broken YAML: indentation', async () => 'apiVersion: v1\n  kind: Config\nclusters:\n - a\n'),
  ),
  broken(
    'yaml: line 3: tab characters must not be used in indentation',
    file('broken YAML: a tab', async () => 'apiVersion: v1\nclusters:\n\t- name: one\n'),
  ),
  file('a key twice', async (at) => {
    const text = JSON.stringify(await config({ namespace: at.namespace }));
    return `${text.slice(0, -1)},"current-context":"two"}`;
  }),
  broken(
    'yaml: line 1: null byte is not allowed in input',
    file('binary data', async () => '\u0000\u0001\u0002'),
  ),
  file(
    'a YAML file',
    async (at) =>
      `# mine\napiVersion: v1\nkind: Config\nclusters:\n- name: &x one\n  cluster: ${JSON.stringify(stand())}\nusers:\n- name: *x\n  user:\n    token: >-\n      ${(await people()).alice.token}\ncontexts:\n- name: "one"\n  context: {cluster: one, user: one, namespace: ${at.namespace}}\ncurrent-context: 'one'\n`,
  ),
  file(
    'a YAML file with Windows lines',
    async (at) =>
      `apiVersion: v1\r\nkind: Config\r\nclusters:\r\n- name: one\r\n  cluster: ${JSON.stringify(stand())}\r\nusers:\r\n- name: one\r\n  user:\r\n    token: ${(await people()).alice.token}\r\ncontexts:\r\n- name: one\r\n  context:\r\n    cluster: one\r\n    user: one\r\n    namespace: ${at.namespace}\r\ncurrent-context: one\r\n`,
  ),
  file(
    'a YAML file with a byte order mark',
    async (at) => `\ufeff${JSON.stringify(await config({ namespace: at.namespace }))}`,
  ),
  file(
    'a file of two documents',
    async (at) =>
      `${JSON.stringify(await config({ namespace: at.namespace }))}\n---\n${JSON.stringify(await config({ namespace: `${at.namespace}-2` }))}\n`,
  ),
  broken(
    'clusters[0].name is not a string',
    file(
      'a name that is a number in YAML',
      async (at) =>
        `apiVersion: v1\nkind: Config\nclusters:\n- name: 17\n  cluster: ${JSON.stringify(stand())}\nusers: []\ncontexts: []\ncurrent-context: one\n# ${at.namespace}\n`,
    ),
  ),
  broken(
    'contexts[0].context.namespace is not a string',
    file(
      'a namespace that is a number in YAML',
      async () =>
        `apiVersion: v1\nkind: Config\nclusters:\n- name: one\n  cluster: ${JSON.stringify(stand())}\nusers: []\ncontexts:\n- name: one\n  context: {cluster: one, namespace: 17}\ncurrent-context: one\n`,
    ),
  ),
  more('no apiVersion and no kind', { apiVersion: undefined, kind: undefined }),
  more('an empty apiVersion and kind', { apiVersion: '', kind: '' }),
  schemeless(more('another apiVersion', { apiVersion: 'v2' })),
  schemeless(more('another group', { apiVersion: 'example.com/v1' })),
  schemeless(more('another kind', { kind: 'Pod' })),
  schemeless(more('another kind alone', { apiVersion: undefined, kind: 'Pod' })),
  more('unknown fields', { unknown: { a: [1] }, Unknown: 1 }),
  more('preferences and extensions', {
    preferences: { colors: true },
    extensions: [{ name: 'x', extension: { last: 'update' } }],
  }),
  file('extensions everywhere', async (at) => {
    const { alice } = await people();
    const extensions = [{ name: 'minikube.sigs.k8s.io', extension: { 'last-update': 'today', provider: 'x' } }];
    return {
      ...(await config({})),
      clusters: [{ name: 'one', cluster: { ...stand(), extensions } }],
      users: [{ name: 'one', user: { ...alice, extensions } }],
      ...contextOf({ cluster: 'one', user: 'one', namespace: at.namespace, extensions }),
    };
  }),
  more('fields in another case', (at) => ({
    contexts: undefined,
    Contexts: [{ name: 'one', context: { cluster: 'one', user: 'one', namespace: at.namespace } }],
  })),
  broken('clusters is not a list', more('clusters that are no list', { clusters: { one: 1 } })),
  more('clusters that are null', { clusters: null }),
  broken('current-context is not a string', more('a current-context that is no string', { 'current-context': 17 })),
  broken(
    'users[0].user.token is not a string',
    more('a token that is no string', { users: [{ name: 'one', user: { token: 17 } }] }),
  ),
  broken(
    'clusters[0].cluster.insecure-skip-tls-verify is not a boolean',
    more('insecure-skip-tls-verify that is a string', {
      clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': 'true' } }],
    }),
  ),
  more('certificate-authority-data that is not base64', {
    clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': '*' } }],
  }),
  more('certificate-authority-data that holds no certificate', {
    clusters: [
      { name: 'one', cluster: { server: 'https://127.0.0.1:1', 'certificate-authority-data': base64('rubbish') } },
    ],
  }),
  more('a null among the clusters', { clusters: [null, { name: 'one', cluster: stand() }] }),

  // What is in them
  twice(
    'cluster',
    more('the same cluster name twice', {
      clusters: [
        { name: 'one', cluster: stand() },
        { name: 'one', cluster: { server: 'https://127.0.0.1:1' } },
      ],
    }),
  ),
  twice('user', {
    name: 'the same user name twice',
    make: async (at) => {
      const { alice, bob } = await people();
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          more: {
            users: [
              { name: 'one', user: alice },
              { name: 'one', user: bob },
            ],
          },
        }),
      };
    },
  }),
  twice(
    'context',
    more('the same context name twice', (at) => ({
      contexts: ['1', '2'].map((which) => ({
        name: 'one',
        context: { cluster: 'one', user: 'one', namespace: `${at.namespace}-${which}` },
      })),
    })),
  ),
  { ...file('a context without a namespace', () => config({})), alone: true },
  more('a context without a user', (at) => contextOf({ cluster: 'one', namespace: at.namespace })),
  more('a context without a cluster', (at) => contextOf({ user: 'one', namespace: at.namespace })),
  more('an empty context', contextOf({})),
  more('a context with a user that is not there', (at) =>
    contextOf({ cluster: 'one', user: 'nope', namespace: at.namespace }),
  ),
  more('a context with a cluster that is not there', (at) =>
    contextOf({ cluster: 'nope', user: 'one', namespace: at.namespace }),
  ),
  more('a context with neither there', contextOf({ cluster: 'nope', user: 'nope' })),
  more('a context with a namespace that cannot be', contextOf({ cluster: 'one', user: 'one', namespace: 'a/b' })),
  more('no current-context', { 'current-context': undefined }),
  more('an empty current-context', { 'current-context': '' }),
  more('a current-context that is not there', { 'current-context': 'nope' }),
  more('no current-context, with several contexts', { 'current-context': undefined, contexts: [] }),
  {
    name: 'no current-context, with --cluster and --user',
    make: async (at) => ({
      kubeconfig: await config({ more: { 'current-context': undefined, contexts: [] } }),
      args: ['--cluster=one', '--user=one', '-n', at.namespace],
    }),
  },
  {
    name: 'a current-context that is not there, with --context',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, more: { 'current-context': 'nope' } }),
      args: ['--context=one'],
    }),
  },
  more('a cluster without a server', { clusters: [{ name: 'one', cluster: {} }] }),
  more('a cluster without a server, but a certificate authority', {
    clusters: [{ name: 'one', cluster: { 'certificate-authority-data': base64(authority) } }],
  }),
  more('an entry without a cluster', { clusters: [{ name: 'one' }] }),
  more('a cluster without a name', { clusters: [{ cluster: stand() }] }),
  differs(
    more('a server with a space', { clusters: [{ name: 'one', cluster: { server: ' https://127.0.0.1:1' } }] }),
    'Addresses that are none',
    ['error: host must be a URL or a host:port pair: " https://127.0.0.1:1"'],
  ),
  more('a server without a scheme', { clusters: [{ name: 'one', cluster: { server: '127.0.0.1:1' } }] }),
  more('a server without a host', { clusters: [{ name: 'one', cluster: { server: 'https://' } }] }),
  more('a server of a path alone', { clusters: [{ name: 'one', cluster: { server: '/a' } }] }),
  file('certificate-authority and its data: the data', (at) =>
    config({ namespace: at.namespace, cluster: { ...stand(), 'certificate-authority': '/nowhere' } }),
  ),
  file('certificate-authority file', (at) =>
    config({ namespace: at.namespace, cluster: { server: stand().server, 'certificate-authority': sharedStand().ca } }),
  ),
  file('certificate-authority file that is missing', (at) =>
    config({ namespace: at.namespace, cluster: { server: stand().server, 'certificate-authority': 'missing.crt' } }),
  ),
  file('certificate-authority-data of several, the right one last', (at) =>
    config({
      namespace: at.namespace,
      cluster: {
        server: stand().server,
        'certificate-authority-data': base64(
          `text\n${authority}\nmore\n${Buffer.from(stand()['certificate-authority-data'], 'base64')}`,
        ),
      },
    }),
  ),
  file('certificate-authority-data of another', (at) =>
    config({
      namespace: at.namespace,
      cluster: { server: stand().server, 'certificate-authority-data': base64(authority) },
    }),
  ),
  file('certificate-authority-data with insecure-skip-tls-verify', (at) =>
    config({ namespace: at.namespace, cluster: { ...stand(), 'insecure-skip-tls-verify': true } }),
  ),
  file('insecure-skip-tls-verify', (at) =>
    config({ namespace: at.namespace, cluster: { server: stand().server, 'insecure-skip-tls-verify': true } }),
  ),
  file('insecure-skip-tls-verify with tls-server-name', (at) =>
    config({
      namespace: at.namespace,
      cluster: { server: stand().server, 'insecure-skip-tls-verify': true, 'tls-server-name': 'x' },
    }),
  ),
  file('tls-server-name', (at) =>
    config({ namespace: at.namespace, cluster: { ...stand(), 'tls-server-name': 'kubernetes.default.svc' } }),
  ),
  file('tls-server-name of another', (at) =>
    config({ namespace: at.namespace, cluster: { ...stand(), 'tls-server-name': 'elsewhere' } }),
  ),
  file('disable-compression', (at) =>
    config({ namespace: at.namespace, cluster: { ...stand(), 'disable-compression': true } }),
  ),
  file('legacy api-version', (at) => config({ namespace: at.namespace, cluster: { ...stand(), 'api-version': 'v1' } })),

  // In a pod
  {
    name: 'in a pod: the cluster and namespace of the ServiceAccount',
    make: async (at) => inPod(at, { token: (await people()).alice.token, namespace: at.namespace }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: a kubeconfig wins',
    make: async (at) => ({
      ...(await inPod(at, { token: (await people()).alice.token, namespace: `${at.namespace}-pod` })),
      kubeconfig: await config({ namespace: at.namespace }),
    }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: -n and --token win',
    make: async (at) => ({
      ...(await inPod(at, { token: (await people()).alice.token, namespace: `${at.namespace}-pod` })),
      args: ['-n', at.namespace, '--token', (await people()).bob.token],
    }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: --server wins over nothing but the server',
    make: async (at) => ({
      ...(await inPod(at, { token: (await people()).alice.token, namespace: at.namespace })),
      args: ['-s', stand().server.replace('127.0.0.1', 'localhost')],
    }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: POD_NAMESPACE',
    make: async (at) => {
      const pod = await inPod(at, { token: (await people()).alice.token, namespace: `${at.namespace}-file` });
      return { ...pod, env: { ...pod.env, POD_NAMESPACE: at.namespace } };
    },
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: no namespace file',
    make: async (at) => inPod(at, { token: (await people()).alice.token }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: no certificate authority',
    make: async (at) => inPod(at, { token: (await people()).alice.token, namespace: at.namespace, withoutCA: true }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'in a pod: no token',
    make: async (at) => inPod(at, { namespace: at.namespace }),
    needs: mountNamespaces,
    alone: true,
  },
  {
    name: 'only the variables of a pod: localhost:8080',
    make: () => ({ env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' } }),
  },
];

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Both programs in a mount namespace of their own, where a pod's ServiceAccount is mounted. */
async function inPod(
  at: Place,
  { token, namespace, withoutCA }: { token?: string; namespace?: string; withoutCA?: true },
): Promise<Setup> {
  if (token !== undefined) at.file('account/token', token);
  if (namespace !== undefined) at.file('account/namespace', namespace);
  if (!withoutCA) at.file('account/ca.crt', Buffer.from(stand()['certificate-authority-data'], 'base64').toString());
  at.file('account/.keep', '');
  const { hostname, port } = new URL(stand().server);
  // A tmpfs over /var/run keeps this machine's own as it is.
  const script = `/bin/mount -t tmpfs none /run && /bin/mkdir -p ${accountFolder} && /bin/mount --bind '${join(at.folder, 'account')}' ${accountFolder} && exec "$@"`;
  return {
    within: ['/usr/bin/unshare', '--map-root-user', '--mount', '/bin/sh', '-c', script, 'sh'],
    env: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  };
}

/** What is missing of mount namespaces; asked once. */
let missing: string | undefined | null = null;

function mountNamespaces(): string | undefined {
  if (missing === null) {
    const { status } = spawnSync('/usr/bin/unshare', [
      '--map-root-user',
      '--mount',
      '/bin/mount',
      '-t',
      'tmpfs',
      'none',
      '/run',
    ]);
    const isLink = existsSync('/var/run') && realpathSync('/var/run') === '/run';
    missing = status === 0 && isLink ? undefined : 'the right to a mount namespace, and /var/run leading to /run';
  }
  return missing;
}
