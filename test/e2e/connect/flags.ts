/** kubectl's global flags, over a kubeconfig that works without them. */
import { sharedStand } from '../../runner/stand-variables.ts';
import { authority, elsewhere, elsewhereKey, person, personKey } from '../servers/certificates.ts';
import type { Case, Place, Setup } from './compare.ts';
import { base64, config, loopback, type Parts, people, stand, warmed } from './configs.ts';

type Arguments = readonly string[];

/** A case by its flags alone, the namespace being the context's. */
function flags(
  name: string,
  args: Arguments | ((at: Place) => Arguments | Promise<Arguments>),
  parts: Parts = {},
): Case {
  return {
    name,
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, ...parts }),
      args: typeof args === 'function' ? await args(at) : args,
    }),
  };
}

/** A kubeconfig of two clusters, users and contexts: `one` is the administrator, `two` is alice. */
export async function two(at: Place): Promise<object> {
  const { alice, admin } = await people();
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'one', cluster: stand() },
      { name: 'two', cluster: { ...stand(), server: stand().server.replace('127.0.0.1', 'localhost') } },
    ],
    users: [
      {
        name: 'one',
        user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
      },
      { name: 'two', user: { token: alice.token } },
    ],
    contexts: [
      { name: 'one', context: { cluster: 'one', user: 'one', namespace: `${at.namespace}-1` } },
      { name: 'two', context: { cluster: 'two', user: 'two', namespace: `${at.namespace}-2` } },
    ],
    'current-context': 'one',
  };
}

function ofTwo(name: string, args: Arguments | ((at: Place) => Arguments | Promise<Arguments>)): Case {
  return {
    name,
    make: async (at) => ({ kubeconfig: await two(at), args: typeof args === 'function' ? await args(at) : args }),
  };
}

/** Flags over a kubeconfig whose cluster is a loopback server and whose user has a token. */
function onLoopback(
  name: string,
  args: Arguments | ((at: Place) => Arguments),
  user: object = { token: 'secret' },
): Case {
  return {
    name,
    make: async (at): Promise<Setup> => {
      const server = await at.serve('loopback');
      return {
        kubeconfig: await config({ cluster: loopback(server), user, namespace: at.namespace }),
        args: typeof args === 'function' ? args(at) : args,
      };
    },
  };
}

export const flagCases: Case[] = [
  flags('no flag at all', []),
  flags('-n', ({ namespace }) => ['-n', `${namespace}-n`]),
  flags('--namespace=', ({ namespace }) => [`--namespace=${namespace}-n`]),
  flags('-n without a space', ({ namespace }) => [`-n${namespace}-n`]),
  flags('-n twice: the last', ({ namespace }) => ['-n', `${namespace}-1`, '-n', `${namespace}-2`]),
  flags('-n with nothing: the context’s', ['-n', '']),
  flags('-n at the end without a value', ['-n']),
  flags('-n with a name that cannot be', ({ namespace }) => ['-n', `${namespace} a/b?c`]),
  flags('-n with a path', ({ namespace }) => ['-n', `../${namespace}`]),
  { ...flags('-A', ['-A']), alone: true },
  flags('an unknown flag', ['--nope']),
  flags('an unknown short flag', ['-Z']),
  flags('a flag that wants true or false, with rubbish', ['--insecure-skip-tls-verify=rubbish']),
  flags('--as-group without --as', ['--as-group=a']),

  ofTwo('--context', ['--context', 'two']),
  ofTwo('--context with nothing: the current one', ['--context', '']),
  ofTwo('--context that is not there', ['--context', 'nope']),
  ofTwo('--cluster', ['--cluster', 'two']),
  ofTwo('--cluster that is not there', ['--cluster', 'nope']),
  ofTwo('--user', ['--user', 'two']),
  ofTwo('--user that is not there', ['--user', 'nope']),
  ofTwo('--context with --cluster and --user back to the first', ['--context=two', '--cluster=one', '--user=one']),
  ofTwo('--context with -n', ({ namespace }) => ['--context', 'two', '-n', `${namespace}-n`]),

  flags('--server', () => ['--server', stand().server], { cluster: { ...stand(), server: 'https://127.0.0.1:1' } }),
  flags('-s', () => ['-s', stand().server], { cluster: { ...stand(), server: 'https://127.0.0.1:1' } }),
  flags('-s with a name instead of the address', () => ['-s', stand().server.replace('127.0.0.1', 'localhost')]),
  warmed(flags('-s without a scheme', () => ['-s', stand().server.replace('https://', '')])),
  flags('-s with a trailing slash', () => ['-s', `${stand().server}/`]),
  flags('-s that refuses', ['-s', 'https://127.0.0.1:1']),
  flags('-s without a scheme that refuses', ['-s', '127.0.0.1:1']),
  flags('-s localhost alone', ['-s', 'localhost:1']),
  flags('-s with a port that is none', ['-s', 'https://127.0.0.1:port']),
  flags('-s with a port that is too large', ['-s', 'https://127.0.0.1:99999']),
  flags('-s with rubbish', ['-s', '://']),
  flags('-s with a scheme that is none', ['-s', 'ftp://127.0.0.1:1']),
  flags('-s with a space', ['-s', 'https://a b']),
  flags('-s with a query', () => ['-s', `${stand().server}/?a=b`]),
  flags('-s with a name nobody knows', ['-s', 'https://-.invalid']),
  flags('-s with nothing: the kubeconfig’s', ['-s', '']),

  flags('--token over the certificate of the kubeconfig', async () => ['--token', (await people()).alice.token]),
  flags('--token over the token of the kubeconfig', async () => ['--token', (await people()).alice.token], {
    user: { token: 'rubbish' },
  }),
  warmed(flags('--token that the server does not take', ['--token', 'rubbish'], { user: {} })),
  onLoopback('--token over the token of the kubeconfig, as a server sees it', ['--token', 'other']),
  onLoopback('--token over basic authentication', ['--token', 'other'], { username: 'u', password: 'p' }),
  onLoopback('--token over a tokenFile', ['--token', 'other'], { tokenFile: '/nowhere' }),
  onLoopback('--username and --password', ['--username', 'u', '--password', 'p'], {}),
  onLoopback('--username and --password over a token', ['--username', 'u', '--password', 'p']),
  onLoopback('--username and --password with a colon and more', ['--username', 'ü', '--password', 'p:ß w'], {}),
  onLoopback('--username alone', ['--username', 'u'], {}),
  onLoopback('--password alone', ['--password', 'p'], {}),
  onLoopback('--token and --username', ['--token', 't', '--username', 'u'], {}),
  onLoopback('--disable-compression', ['--disable-compression']),
  onLoopback('--disable-compression=false', ['--disable-compression=false']),
  onLoopback('-n with a name that needs escaping', ({ namespace }) => ['-n', `${namespace}%2F..`]),

  flags('--as', ['--as', 'alice']),
  flags('--as-uid', ['--as', 'alice', '--as-uid', '17']),
  flags('--as-uid alone', ['--as-uid', '17']),
  flags('--as-group, several', ['--as', 'alice', '--as-group', 'b', '--as-group', 'a']),
  flags('--as-group with a comma', ['--as', 'alice', '--as-group', 'b,a']),
  flags('--as-user-extra, several', [
    '--as',
    'a',
    '--as-user-extra=k=1',
    '--as-user-extra',
    'k=2',
    '--as-user-extra=m=x=y',
  ]),
  flags('--as-user-extra with upper case and a slash', ['--as', 'a', '--as-user-extra', 'Example.com/Key%=v']),
  flags('--as-user-extra without a value', ['--as', 'a', '--as-user-extra', 'k']),
  flags('--as-user-extra alone', ['--as-user-extra', 'k=v']),
  flags('--as system:admin of the masters', ['--as', 'x', '--as-group', 'system:masters']),
  flags('--as a ServiceAccount', ['--as', 'system:serviceaccount:default:default']),
  warmed(flags('--as over impersonation in the kubeconfig', ['--as', 'carol'], { user: { token: 'x', as: 'dora' } })),
  flags('--as by one who may not', ['--as', 'carol'], {}),
  warmed({
    name: '--as by one who may not impersonate',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, user: (await people()).alice }),
      args: ['--as', 'carol'],
    }),
  }),

  flags(
    '--client-certificate and --client-key',
    async (at) => {
      const { admin } = await people();
      return ['--client-certificate', at.file('c.crt', admin.certificate), '--client-key', at.file('c.key', admin.key)];
    },
    { user: {} },
  ),
  flags(
    '--client-certificate from the working folder',
    async (at) => {
      const { admin } = await people();
      at.file('c.crt', admin.certificate);
      at.file('c.key', admin.key);
      return ['--client-certificate=c.crt', '--client-key=c.key'];
    },
    { user: {} },
  ),
  flags(
    '--client-certificate and --client-key over a token',
    async (at) => {
      const { admin } = await people();
      return ['--client-certificate', at.file('c.crt', admin.certificate), '--client-key', at.file('c.key', admin.key)];
    },
    { user: { token: 'rubbish' } },
  ),
  warmed(
    flags('--client-certificate over data of the kubeconfig', (at) => [
      '--client-certificate',
      at.file('c.crt', person),
      '--client-key',
      at.file('c.key', personKey),
    ]),
  ),
  flags('--client-certificate that is missing', ['--client-certificate=/nowhere.crt', '--client-key=/nowhere.key'], {
    user: {},
  }),
  flags('--client-certificate without a key', (at) => ['--client-certificate', at.file('c.crt', person)], { user: {} }),
  flags('--client-key without a certificate', (at) => ['--client-key', at.file('c.key', personKey)], { user: {} }),
  flags(
    '--client-key of another certificate',
    (at) => ['--client-certificate', at.file('c.crt', person), '--client-key', at.file('c.key', elsewhereKey)],
    { user: {} },
  ),
  flags(
    '--client-certificate that is none',
    (at) => ['--client-certificate', at.file('c.crt', 'rubbish'), '--client-key', at.file('c.key', 'rubbish')],
    { user: {} },
  ),

  flags('--certificate-authority', () => ['--certificate-authority', sharedStand().ca], { cluster: { server: '' } }),
  {
    name: '--certificate-authority for a cluster without one',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, cluster: { server: stand().server } }),
      args: ['--certificate-authority', sharedStand().ca],
    }),
  },
  {
    name: 'no certificate authority at all',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, cluster: { server: stand().server } }),
    }),
  },
  flags('--certificate-authority over the data of the kubeconfig', (at) => [
    '--certificate-authority',
    at.file('ca.crt', authority),
  ]),
  flags('--certificate-authority that is missing', ['--certificate-authority=/nowhere.crt']),
  flags('--certificate-authority that is a folder', (at) => ['--certificate-authority', at.folder]),
  flags('--certificate-authority that is none', (at) => ['--certificate-authority', at.file('ca.crt', 'rubbish')]),
  flags('--certificate-authority that is empty', (at) => ['--certificate-authority', at.file('ca.crt', '')]),
  flags('--certificate-authority with --insecure-skip-tls-verify', () => [
    '--certificate-authority',
    sharedStand().ca,
    '--insecure-skip-tls-verify',
  ]),
  flags('--insecure-skip-tls-verify over a certificate authority', ['--insecure-skip-tls-verify']),
  {
    name: '--insecure-skip-tls-verify',
    make: async (at) => ({
      kubeconfig: await config({ namespace: at.namespace, cluster: { server: stand().server } }),
      args: ['--insecure-skip-tls-verify'],
    }),
  },
  {
    name: '--insecure-skip-tls-verify=false over the kubeconfig’s true',
    make: async (at) => ({
      kubeconfig: await config({
        namespace: at.namespace,
        cluster: { server: stand().server, 'insecure-skip-tls-verify': true },
      }),
      args: ['--insecure-skip-tls-verify=false'],
    }),
  },
  {
    name: 'the kubeconfig’s insecure-skip-tls-verify under --certificate-authority',
    make: async (at) => ({
      kubeconfig: await config({
        namespace: at.namespace,
        cluster: { server: stand().server, 'insecure-skip-tls-verify': true },
      }),
      args: ['--certificate-authority', sharedStand().ca],
    }),
  },
  flags('--tls-server-name', ['--tls-server-name', 'kubernetes.default']),
  flags('--tls-server-name of another', ['--tls-server-name', 'elsewhere.example']),

  ...['0', '5', '5s', '1m', '1h30m', '-1', '-1s', '0.5', '15.5s', '15000ms', 'rubbish', '', '5 s', '1d', '0s'].map(
    (value) => flags(`--request-timeout=${value}`, [`--request-timeout=${value}`]),
  ),
  flags('-v 6', ['-v', '6']),
  flags('-v=6', ['-v=6']),
  flags('--v=0', ['--v=0']),
  flags('-v with rubbish', ['-v', 'rubbish']),
  flags('-v without a value', ['-v']),
  flags('-v 6 of a server that refuses', ['-v', '6', '-s', 'https://127.0.0.1:1']),
  flags('--warnings-as-errors', ['--warnings-as-errors']),
  flags('--match-server-version', ['--match-server-version']),
  flags('--cache-dir', (at) => ['--cache-dir', `${at.folder}/other`]),
  flags('--kubeconfig that is missing', ['--kubeconfig', '/nowhere/config']),
  flags('--kubeconfig that is empty: KUBECONFIG', ['--kubeconfig', '']),
  {
    name: '--kubeconfig over KUBECONFIG',
    make: async (at) => ({
      kubeconfig: await config({ namespace: `${at.namespace}-1` }),
      args: [
        '--kubeconfig',
        at.file('other', await config({ namespace: `${at.namespace}-2`, user: (await people()).alice })),
      ],
    }),
  },
  {
    name: '--kubeconfig from the working folder',
    make: async (at) => {
      at.file('other', await config({ namespace: at.namespace }));
      return { args: ['--kubeconfig', 'other'] };
    },
  },
  {
    name: '--kubeconfig with a list of files',
    make: async (at) => {
      const file = at.file('other', await config({ namespace: at.namespace }));
      return { args: ['--kubeconfig', `${file}:${file}`] };
    },
  },
  {
    name: '--server and --token, and no kubeconfig at all',
    make: async (at) => ({
      args: [
        '-n',
        at.namespace,
        '-s',
        stand().server,
        '--token',
        (await people()).alice.token,
        '--certificate-authority',
        sharedStand().ca,
      ],
    }),
  },
  {
    name: '--server, and no kubeconfig and no user: asks for one, and there is no answer',
    make: (at) => ({ args: ['-n', at.namespace, '-s', stand().server, '--certificate-authority', sharedStand().ca] }),
  },
  {
    name: 'no user, who is given on standard input',
    make: async (at) => {
      const server = await at.serve('loopback');
      return {
        kubeconfig: await config({ cluster: loopback(server), user: {}, namespace: at.namespace }),
        stdin: 'u\np\n',
      };
    },
  },
  {
    name: 'a server certificate for another name, under --tls-server-name',
    make: async (at) => {
      const server = await at.serve('loopback', { tls: { cert: elsewhere, key: elsewhereKey } });
      return {
        kubeconfig: await config({ cluster: loopback(server), user: { token: 'secret' }, namespace: at.namespace }),
        args: ['--tls-server-name=elsewhere.example'],
      };
    },
  },
];
