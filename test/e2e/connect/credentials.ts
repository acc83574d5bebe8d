/** Ways to prove who one is. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { elsewhereKey, expired, expiredKey, person, personKey } from '../servers/certificates.ts';
import { listOfSets, type Own } from '../servers/stand-proxy.ts';
import { type Case, differs, type Place, type Setup } from './compare.ts';
import { base64, config, loopback, people, stand, warmed } from './configs.ts';

/** A case by the user of a kubeconfig, asking the stand. */
function user(name: string, make: (at: Place) => object | Promise<object>, args: readonly string[] = []): Case {
  return {
    name,
    make: async (at) => ({ kubeconfig: await config({ namespace: at.namespace, user: await make(at) }), args }),
  };
}

/** The same, asking a loopback server, which knows each header. */
function seen(
  name: string,
  make: (at: Place) => object | Promise<object>,
  args: readonly string[] = [],
  own?: () => Own,
): Case {
  return {
    name,
    make: async (at) => {
      const server = await at.serve('loopback', own ? { own: own() } : {});
      return {
        kubeconfig: await config({ namespace: at.namespace, cluster: loopback(server), user: await make(at) }),
        args,
      };
    },
  };
}

const pem = async () => (await people()).admin;

interface Plugin {
  /** Shell, after the call was recorded. */
  script: string;
  exec?: object;
  /** Beside exec. */
  user?: object;
  cluster?: object;
  args?: readonly string[];
  env?: Record<string, string>;
  kuberc?: object | string;
  own?: () => Own;
  mode?: number;
  /** How often it is called is compared too. */
  counted?: true;
}

function credential(status: object, apiVersion = 'v1'): string {
  return JSON.stringify({ apiVersion: `client.authentication.k8s.io/${apiVersion}`, kind: 'ExecCredential', status });
}

const prints = (text: string) => `printf '%s\\n' '${text}'`;

/** A case with an exec plugin, whose calls are compared too. */
function plugin(name: string, make: Plugin | ((at: Place) => Plugin | Promise<Plugin>)): Case {
  return {
    name,
    make: async (at): Promise<Setup> => {
      const {
        script,
        exec,
        user: beside,
        cluster,
        args = [],
        env = {},
        kuberc,
        own,
        mode,
        counted,
      } = typeof make === 'function' ? await make(at) : make;
      const calls = join(at.folder, 'calls');
      const command = at.file(
        'bin/credentials',
        `#!/bin/sh\nprintf '%s\\n%s\\n%s\\000' "$KUBERNETES_EXEC_INFO" "$*" "$GREETING" >> '${calls}'\n${script}\n`,
        mode ?? 0o700,
      );
      if (kuberc !== undefined) at.file('home/.kube/kuberc', kuberc);
      const server = await at.serve('loopback', own ? { own: own() } : {});
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          cluster: { ...loopback(server), ...cluster },
          user: {
            ...beside,
            exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command, ...exec },
          },
        }),
        args,
        env,
        found() {
          const text = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
          rmSync(calls, { force: true });
          rmSync(join(at.folder, 'once'), { force: true });
          const all = text
            .split('\u0000')
            .slice(0, -1)
            .map((call) => {
              const [info = '', words = '', greeting = ''] = call.split('\n');
              return JSON.stringify({ info: sorted(JSON.parse(info)), words, greeting });
            });
          // kubectl asks for what the API has before it lists, and calls a plugin that fails anew each time.
          return { calls: [...new Set(all)], ...(counted && { times: all.length }) };
        },
      };
    },
  };
}

/** The same JSON, whatever the order of its fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, one]) => [name, sorted(one)]),
  );
}

const token = credential({ token: 'from-plugin' });

/** Refuses with 401 each first list of a program. */
const unauthorizedOnce = (): Own => {
  const met = new Set<string | undefined>();
  return ({ headers }, response, path) => {
    const program = headers['user-agent']?.split('/')[0];
    if (!listOfSets.test(path) || met.has(program)) return false;
    met.add(program);
    response.writeHead(401, { 'content-type': 'application/json' }).end(unauthorized);
    return true;
  };
};

const alwaysUnauthorized = (): Own => (_, response, path) => {
  if (!listOfSets.test(path)) return false;
  response.writeHead(401, { 'content-type': 'application/json' }).end(unauthorized);
  return true;
};

const unauthorized = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
});

const kuberc = (fields: object) => ({ apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', ...fields });

const jwt = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const nextCentury = 4_000_000_000;
const lastCentury = 900_000_000;

function provider(name: string, fields?: object): object {
  return { 'auth-provider': { name, ...(fields && { config: fields }) } };
}

/** A case of a credential plugin that prints what it must not, and what the plugin says of it. */
function rubbish(why: string, one: Case): Case {
  return differs(one, 'Rubbish from a credential plugin', [
    `Unable to connect to the server: getting credentials: decoding stdout: ${why}`,
  ]);
}

/** kubectl runs the plugin again as well, but only its next request would have the new token. */
function secondTry(one: Case): Case {
  return {
    ...one,
    differs: {
      heading: 'A second try after a 401',
      plugin: ({ who, lists: [list = ''] }) => ({
        succeeded: true,
        words: [`No resources found in ${list.split('/')[5]} namespace.`],
        who: [...who, ...who.map((each) => each.replace('first', 'second'))],
      }),
    },
  };
}

export const credentialCases: Case[] = [
  // Certificates
  user('client-certificate and client-key', async (at) => {
    const { certificate, key } = await pem();
    return { 'client-certificate': at.file('c.crt', certificate), 'client-key': at.file('c.key', key) };
  }),
  user('client-certificate from a file, client-key as data', async (at) => {
    const { certificate, key } = await pem();
    return { 'client-certificate': at.file('c.crt', certificate), 'client-key-data': base64(key) };
  }),
  user('client-certificate and its data', async (at) => {
    const { certificate, key } = await pem();
    return {
      'client-certificate': at.file('c.crt', person),
      'client-certificate-data': base64(certificate),
      'client-key-data': base64(key),
    };
  }),
  user('client-key and its data', async (at) => {
    const { certificate, key } = await pem();
    return {
      'client-key': at.file('c.key', personKey),
      'client-certificate-data': base64(certificate),
      'client-key-data': base64(key),
    };
  }),
  user('client-certificate that is missing', async () => ({
    'client-certificate': 'missing.crt',
    'client-key-data': base64((await pem()).key),
  })),
  user('client-key that is missing', async () => ({
    'client-key': 'missing.key',
    'client-certificate-data': base64((await pem()).certificate),
  })),
  user('client-certificate that is a folder', async (at) => ({
    'client-certificate': at.folder,
    'client-key-data': base64((await pem()).key),
  })),
  user('client-certificate-data without a key', async () => ({
    'client-certificate-data': base64((await pem()).certificate),
  })),
  user('client-key-data without a certificate', async () => ({ 'client-key-data': base64((await pem()).key) })),
  user('client-key-data of another', () => ({
    'client-certificate-data': base64(person),
    'client-key-data': base64(elsewhereKey),
  })),
  user('client-key-data that is rubbish', () => ({
    'client-certificate-data': base64(person),
    'client-key-data': base64('rubbish'),
  })),
  user('client-certificate-data that is rubbish', () => ({
    'client-certificate-data': base64('rubbish'),
    'client-key-data': base64(personKey),
  })),
  user('client-certificate-data that holds the key only', () => ({
    'client-certificate-data': base64(personKey),
    'client-key-data': base64(personKey),
  })),
  user('client-certificate-data that is not base64', () => ({
    'client-certificate-data': 'a*b',
    'client-key-data': base64(personKey),
  })),
  warmed(
    user('a certificate that the server does not know', () => ({
      'client-certificate-data': base64(person),
      'client-key-data': base64(personKey),
    })),
  ),
  warmed(
    user('a certificate that has expired', () => ({
      'client-certificate-data': base64(expired),
      'client-key-data': base64(expiredKey),
    })),
  ),
  seen('a certificate, as a server sees it', () => ({
    'client-certificate-data': base64(person),
    'client-key-data': base64(personKey),
  })),
  seen('a certificate and a token', () => ({
    token: 'secret',
    'client-certificate-data': base64(person),
    'client-key-data': base64(personKey),
  })),
  user('a certificate and key with text around', async () => {
    const { certificate, key } = await pem();
    return {
      'client-certificate-data': base64(`Bag Attributes\n${certificate}\nend\n`),
      'client-key-data': base64(`Key Attributes\n${key}`),
    };
  }),
  user('a certificate and its key in one file', async (at) => {
    const { certificate, key } = await pem();
    const both = at.file('both.pem', `${key}\n${certificate}`);
    return { 'client-certificate': both, 'client-key': both };
  }),

  // Tokens
  user('token', async () => (await people()).alice),
  user('token of somebody without rights', async () => (await people()).bob),
  warmed(user('token that the server does not take', () => ({ token: 'rubbish' }))),
  seen('token with blanks around', () => ({ token: ' secret ' })),
  seen('token with a line break', () => ({ token: 'secret\nX-Injected: yes' })),
  seen('token with a line break at its end', () => ({ token: 'secret\n' })),
  seen('token that is not ASCII', () => ({ token: 'gehéim' })),
  user('tokenFile', async (at) => ({ tokenFile: at.file('token', (await people()).alice.token) })),
  seen('tokenFile with a line break at its end', (at) => ({ tokenFile: at.file('token', 'secret\n') })),
  seen('tokenFile with blanks around', (at) => ({ tokenFile: at.file('token', ' \n secret \n\n') })),
  seen('tokenFile that is empty', (at) => ({ tokenFile: at.file('token', '') })),
  seen('tokenFile that is missing', () => ({ tokenFile: 'missing' })),
  seen('tokenFile that is a folder', (at) => ({ tokenFile: at.folder })),
  seen('tokenFile and token: the file', (at) => ({ token: 'token', tokenFile: at.file('token', 'file') })),
  seen('tokenFile that is missing, and token', () => ({ token: 'token', tokenFile: 'missing' })),

  // Basic
  seen('username and password', () => ({ username: 'u', password: 'p:w' })),
  seen('username alone', () => ({ username: 'u' })),
  seen('password alone', () => ({ password: 'p' })),
  seen('username, password and token', () => ({ username: 'u', password: 'p', token: 't' })),
  seen('username, password and tokenFile', (at) => ({
    username: 'u',
    password: 'p',
    tokenFile: at.file('token', 't'),
  })),
  seen('nobody', () => ({})),

  // Impersonation
  user('as, with a certificate', async () => ({
    'client-certificate-data': base64((await pem()).certificate),
    'client-key-data': base64((await pem()).key),
    as: 'carol',
  })),
  user('as, as-uid, as-groups and as-user-extra', async () => ({
    'client-certificate-data': base64((await pem()).certificate),
    'client-key-data': base64((await pem()).key),
    as: 'carol',
    'as-uid': '17',
    'as-groups': ['b', 'a'],
    'as-user-extra': { 'Example.com/Scope': ['x', 'y'], plain: ['z'] },
  })),
  seen('as-groups without as', () => ({ token: 't', 'as-groups': ['a'] })),
  seen('as-uid without as', () => ({ token: 't', 'as-uid': '1' })),
  seen('as-user-extra without as', () => ({ token: 't', 'as-user-extra': { a: ['b'] } })),
  seen('as under --as', () => ({ token: 't', as: 'carol', 'as-groups': ['kubeconfig'] }), [
    '--as',
    'dora',
    '--as-group',
    'flag',
  ]),
  seen(
    'as under --as alone',
    () => ({ token: 't', as: 'carol', 'as-uid': '1', 'as-groups': ['kubeconfig'], 'as-user-extra': { a: ['b'] } }),
    ['--as', 'dora'],
  ),
  seen('as-groups under --as-group', () => ({ token: 't', as: 'carol', 'as-groups': ['one'] }), ['--as-group', 'two']),
  seen('as-user-extra under --as-user-extra', () => ({ token: 't', as: 'carol', 'as-user-extra': { a: ['1'] } }), [
    '--as-user-extra',
    'b=2',
  ]),
  seen('as that is not ASCII', () => ({ token: 't', as: 'cärol' })),
  seen('as alone, and nobody', () => ({ as: 'carol' })),

  // Exec plugins
  plugin('exec v1', { script: prints(token), counted: true }),
  plugin('exec v1beta1', {
    script: prints(credential({ token: 'beta' }, 'v1beta1')),
    exec: { apiVersion: 'client.authentication.k8s.io/v1beta1' },
  }),
  plugin('exec v1beta1 without interactiveMode', {
    script: prints(credential({ token: 'beta' }, 'v1beta1')),
    exec: { apiVersion: 'client.authentication.k8s.io/v1beta1', interactiveMode: undefined },
  }),
  plugin('exec v1alpha1', {
    script: prints(credential({ token: 'alpha' }, 'v1alpha1')),
    exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
  }),
  plugin('exec without apiVersion', { script: prints(token), exec: { apiVersion: undefined } }),
  plugin('exec of another apiVersion', { script: prints(token), exec: { apiVersion: 'example.com/v1' } }),
  plugin('exec without interactiveMode', { script: prints(token), exec: { interactiveMode: undefined } }),
  plugin('exec of an unknown interactiveMode', { script: prints(token), exec: { interactiveMode: 'Sometimes' } }),
  plugin('exec with interactiveMode IfAvailable, without a terminal', {
    script: prints(token),
    exec: { interactiveMode: 'IfAvailable' },
  }),
  plugin('exec with interactiveMode Always, without a terminal', {
    script: prints(token),
    exec: { interactiveMode: 'Always' },
  }),
  plugin('exec with args', { script: prints(token), exec: { args: ['a b', '--c=$HOME', ''] } }),
  plugin('exec with env', { script: prints(token), exec: { env: [{ name: 'GREETING', value: 'hello' }] } }),
  plugin('exec with env over the environment', {
    script: prints(token),
    env: { GREETING: 'outside' },
    exec: { env: [{ name: 'GREETING', value: 'inside' }] },
  }),
  plugin('exec with the environment', { script: prints(token), env: { GREETING: 'outside' } }),
  plugin('exec under a KUBERNETES_EXEC_INFO from outside', {
    script: prints(token),
    env: { KUBERNETES_EXEC_INFO: '{"x":1}' },
  }),
  plugin('exec with provideClusterInfo', { script: prints(token), exec: { provideClusterInfo: true } }),
  plugin('exec with provideClusterInfo and all that a cluster may have', {
    script: prints(token),
    exec: { provideClusterInfo: true },
    cluster: {
      'tls-server-name': 'localhost',
      'disable-compression': true,
      extensions: [
        { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x', n: [1, { a: null }] } },
        { name: 'other', extension: { no: 1 } },
      ],
    },
  }),
  plugin('exec with provideClusterInfo and insecure-skip-tls-verify', {
    script: prints(token),
    exec: { provideClusterInfo: true },
    cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined },
  }),
  plugin('exec with provideClusterInfo under --tls-server-name and --insecure-skip-tls-verify', {
    script: prints(token),
    exec: { provideClusterInfo: true },
    args: ['--tls-server-name=localhost', '--insecure-skip-tls-verify'],
  }),
  plugin('exec by a path from the kubeconfig’s folder', {
    script: prints(token),
    exec: { command: './bin/credentials' },
  }),
  plugin('exec by a path with a folder', { script: prints(token), exec: { command: 'bin/credentials' } }),
  plugin('exec by a name of the PATH', (at) => ({
    script: prints(token),
    exec: { command: 'credentials' },
    env: { PATH: join(at.folder, 'bin') },
  })),
  plugin('exec by a name that is not in the PATH', { script: prints(token), exec: { command: 'no-such-plugin' } }),
  plugin('exec by a name that is not in the PATH, with installHint', {
    script: prints(token),
    exec: { command: 'no-such-plugin', installHint: 'Install it\nwith care.' },
  }),
  plugin('exec by a path that is not there', {
    script: prints(token),
    exec: { command: './no-such-plugin', installHint: 'Install it.' },
  }),
  plugin('exec of what cannot be run', { script: prints(token), mode: 0o600 }),
  plugin('exec of a folder', (at) => ({ script: prints(token), exec: { command: at.folder } })),
  plugin('exec without a command', { script: prints(token), exec: { command: undefined } }),
  plugin('exec that exits 1', { script: 'exit 1' }),
  plugin('exec that exits 3 and says why', {
    script: 'echo "no login: run x login" >&2; exit 3',
    exec: { installHint: 'Install it.' },
  }),
  plugin('exec that says something and gives a token', { script: `echo hello >&2; ${prints(token)}` }),
  plugin('exec that is killed', { script: 'kill -9 $$' }),
  plugin('exec that prints nothing', { script: ':' }),
  plugin('exec that prints rubbish', { script: 'echo rubbish' }),
  plugin('exec that prints YAML', {
    script: `printf 'apiVersion: client.authentication.k8s.io/v1\\nkind: ExecCredential\\nstatus:\\n  token: yaml\\n'`,
  }),
  plugin('exec that prints {}', { script: prints('{}') }),
  plugin('exec that prints another apiVersion', { script: prints(credential({ token: 'beta' }, 'v1beta1')) }),
  plugin('exec that prints an unknown apiVersion', { script: prints(credential({ token: 'x' }, 'v9')) }),
  plugin('exec that prints another kind', {
    script: prints('{"apiVersion":"client.authentication.k8s.io/v1","kind":"Pod","status":{"token":"x"}}'),
  }),
  rubbish(
    'no kind "Status" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
    plugin('exec that prints a Status', { script: prints('{"apiVersion":"v1","kind":"Status","message":"no"}') }),
  ),
  plugin('exec that prints no status', {
    script: prints('{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}'),
  }),
  plugin('exec that prints an empty status', { script: prints(credential({})) }),
  plugin('exec that prints a token that is no string', { script: prints(credential({ token: 17 })) }),
  rubbish(
    "couldn't get version/kind; json parse error: invalid character",
    plugin('exec that prints two documents', { script: `${prints(token)}; ${prints(token)}` }),
  ),
  plugin('exec with a token that holds a line break', {
    script: prints(
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"a\\\\nb"}}',
    ),
  }),
  plugin('exec whose token has expired', {
    script: prints(credential({ token: 'old', expirationTimestamp: '2020-01-01T00:00:00Z' })),
  }),
  plugin('exec whose token is good for long', {
    script: prints(credential({ token: 'new', expirationTimestamp: '2100-01-01T00:00:00Z' })),
  }),
  rubbish(
    'parsing time "tomorrow" as "2006-01-02T15:04:05Z07:00"',
    plugin('exec whose expirationTimestamp is rubbish', {
      script: prints(credential({ token: 'new', expirationTimestamp: 'tomorrow' })),
    }),
  ),
  plugin('exec with a certificate', {
    script: prints(credential({ clientCertificateData: person, clientKeyData: personKey })),
  }),
  plugin('exec with a certificate and a token', {
    script: prints(credential({ token: 't', clientCertificateData: person, clientKeyData: personKey })),
  }),
  plugin('exec with a certificate without a key', { script: prints(credential({ clientCertificateData: person })) }),
  plugin('exec with a key without a certificate', {
    script: prints(credential({ token: 't', clientKeyData: personKey })),
  }),
  plugin('exec with the key of another certificate', {
    script: prints(credential({ clientCertificateData: person, clientKeyData: elsewhereKey })),
  }),
  plugin('exec with a certificate that is rubbish', {
    script: prints(credential({ clientCertificateData: 'rubbish', clientKeyData: 'rubbish' })),
  }),
  plugin('exec beside a token', { script: prints(token), user: { token: 'beside' } }),
  plugin('exec beside a tokenFile', (at) => ({
    script: prints(token),
    user: { tokenFile: at.file('token', 'beside') },
  })),
  plugin('exec beside username and password', { script: prints(token), user: { username: 'u', password: 'p' } }),
  plugin('exec beside a certificate', {
    script: prints(token),
    user: { 'client-certificate-data': base64(person), 'client-key-data': base64(personKey) },
  }),
  plugin('exec with a certificate beside a certificate', {
    script: prints(credential({ clientCertificateData: person, clientKeyData: personKey })),
    user: { 'client-certificate-data': base64(expired), 'client-key-data': base64(expiredKey) },
  }),
  plugin('exec beside an auth-provider', { script: prints(token), user: provider('oidc') }),
  plugin('exec under --token', { script: prints(token), args: ['--token', 'flag'] }),
  plugin('exec under --username', { script: prints(token), args: ['--username', 'u', '--password', 'p'] }),
  plugin('exec with impersonation', { script: prints(token), user: { as: 'carol', 'as-groups': ['g'] } }),
  secondTry(
    plugin('exec asked again after 401', (at) => ({
      counted: true,
      script: `if [ -e '${at.folder}/once' ]; then ${prints(credential({ token: 'second' }))}; else : > '${at.folder}/once'; ${prints(credential({ token: 'first' }))}; fi`,
      own: () => (request, response, path) => {
        if (!listOfSets.test(path) || request.headers.authorization !== 'Bearer first') return false;
        response.writeHead(401, { 'content-type': 'application/json' }).end(unauthorized);
        return true;
      },
    })),
  ),
  plugin('exec whose token is never taken', { script: prints(token), own: alwaysUnauthorized }),
  plugin('exec whose list is refused once', { counted: true, script: prints(token), own: unauthorizedOnce }),
  seen('a token that is refused once', () => ({ token: 't' }), [], unauthorizedOnce),
  plugin('exec with env that is null', { script: prints(token), exec: { env: null, args: null } }),

  // kuberc
  plugin('kuberc with credentialPluginPolicy AllowAll', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'AllowAll' }),
  }),
  plugin('kuberc with credentialPluginPolicy DenyAll', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'DenyAll' }),
  }),
  plugin('kuberc with an Allowlist that has it', (at) => ({
    script: prints(token),
    kuberc: kuberc({
      credentialPluginPolicy: 'Allowlist',
      credentialPluginAllowlist: [{ command: join(at.folder, 'bin/credentials') }],
    }),
  })),
  plugin('kuberc with an Allowlist that has it by its old field', (at) => ({
    script: prints(token),
    kuberc: kuberc({
      credentialPluginPolicy: 'Allowlist',
      credentialPluginAllowlist: [{ name: join(at.folder, 'bin/credentials') }],
    }),
  })),
  plugin('kuberc with an Allowlist that has its name in the PATH', (at) => ({
    script: prints(token),
    env: { PATH: join(at.folder, 'bin') },
    kuberc: kuberc({ credentialPluginPolicy: 'Allowlist', credentialPluginAllowlist: [{ command: 'credentials' }] }),
  })),
  plugin('kuberc with an Allowlist that has its name only', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'Allowlist', credentialPluginAllowlist: [{ command: 'credentials' }] }),
  }),
  plugin('kuberc with an Allowlist that has another', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'Allowlist', credentialPluginAllowlist: [{ command: '/bin/true' }] }),
  }),
  plugin('kuberc with an empty Allowlist', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'Allowlist' }),
  }),
  plugin('kuberc with an empty entry in the Allowlist', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'Allowlist', credentialPluginAllowlist: [{}] }),
  }),
  plugin('kuberc with an Allowlist, but another policy', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'AllowAll', credentialPluginAllowlist: [{ command: '/bin/true' }] }),
  }),
  plugin('kuberc with an unknown policy', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'Perhaps' }),
  }),
  plugin('kuberc with an unknown field', {
    script: prints(token),
    kuberc: kuberc({ unknown: 1, credentialPluginPolicy: 'DenyAll' }),
  }),
  plugin('kuberc of an older version', {
    script: prints(token),
    kuberc: { apiVersion: 'kubectl.config.k8s.io/v1alpha1', kind: 'Preference' },
  }),
  plugin('kuberc of an unknown version', {
    script: prints(token),
    kuberc: { apiVersion: 'kubectl.config.k8s.io/v9', kind: 'Preference', credentialPluginPolicy: 'DenyAll' },
  }),
  plugin('kuberc that is rubbish', { script: prints(token), kuberc: 'rubbish' }),
  plugin('kuberc that is empty', { script: prints(token), kuberc: '' }),
  plugin('kuberc with DenyAll, under KUBERC=off', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'DenyAll' }),
    env: { KUBERC: 'off' },
  }),
  plugin('kuberc with DenyAll, under KUBECTL_KUBERC=false', {
    script: prints(token),
    kuberc: kuberc({ credentialPluginPolicy: 'DenyAll' }),
    env: { KUBECTL_KUBERC: 'false' },
  }),
  plugin('kuberc named by KUBERC', (at) => ({
    script: prints(token),
    env: { KUBERC: at.file('rc', kuberc({ credentialPluginPolicy: 'DenyAll' })) },
  })),
  plugin('kuberc named by KUBERC that is missing', { script: prints(token), env: { KUBERC: '/nowhere/kuberc' } }),
  plugin('kuberc named by --kuberc', (at) => ({
    script: prints(token),
    args: ['--kuberc', at.file('rc', kuberc({ credentialPluginPolicy: 'DenyAll' }))],
  })),
  plugin('kuberc named by --kuberc that is missing', { script: prints(token), args: ['--kuberc', '/nowhere/kuberc'] }),

  // auth-provider
  user('auth-provider gcp', () => provider('gcp')),
  user('auth-provider azure', () => provider('azure')),
  user('auth-provider that nobody knows', () => provider('nope')),
  user('auth-provider without a name', () => provider('')),
  seen('auth-provider oidc with an id-token', () =>
    provider('oidc', {
      'idp-issuer-url': 'https://127.0.0.1:1',
      'client-id': 'c',
      'id-token': jwt({ exp: nextCentury }),
    }),
  ),
  seen('auth-provider oidc without settings', () => provider('oidc', {})),
  seen('auth-provider oidc without config', () => provider('oidc')),
  seen('auth-provider oidc without a client-id', () => provider('oidc', { 'idp-issuer-url': 'https://127.0.0.1:1' })),
  seen('auth-provider oidc with an expired id-token and no refresh-token', () =>
    provider('oidc', {
      'idp-issuer-url': 'https://127.0.0.1:1',
      'client-id': 'c',
      'id-token': jwt({ exp: lastCentury }),
    }),
  ),
  seen('auth-provider oidc with an expired id-token and an issuer that refuses', () =>
    provider('oidc', {
      'idp-issuer-url': 'https://127.0.0.1:1',
      'client-id': 'c',
      'id-token': jwt({ exp: lastCentury }),
      'refresh-token': 'r',
    }),
  ),
  seen('auth-provider oidc with rubbish for an id-token', () =>
    provider('oidc', { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'c', 'id-token': 'rubbish' }),
  ),
  seen('auth-provider oidc beside a token', () => ({
    token: 't',
    ...provider('oidc', {
      'idp-issuer-url': 'https://127.0.0.1:1',
      'client-id': 'c',
      'id-token': jwt({ exp: nextCentury }),
    }),
  })),
  {
    name: 'auth-provider oidc that gets a new id-token, and keeps it',
    make: async (at) => {
      const fresh = jwt({ exp: nextCentury, sub: 'fresh' });
      const issuer = await at.serve('issuer', {
        own(request, response, path) {
          const issuerUrl = `https://${request.headers.host}`;
          const body = path.startsWith('/.well-known')
            ? {
                issuer: issuerUrl,
                token_endpoint: `${issuerUrl}/token`,
                authorization_endpoint: `${issuerUrl}/auth`,
                jwks_uri: `${issuerUrl}/keys`,
              }
            : { id_token: fresh, refresh_token: 'r2', access_token: 'a', token_type: 'Bearer' };
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
          return true;
        },
      });
      const server = await at.serve('loopback');
      const fields = {
        'idp-issuer-url': issuer.url,
        'idp-certificate-authority-data': loopback(issuer)['certificate-authority-data'],
        'client-id': 'c',
        'client-secret': 's',
        'id-token': jwt({ exp: lastCentury }),
        'refresh-token': 'r1',
      };
      return {
        kubeconfig: await config({
          namespace: at.namespace,
          cluster: loopback(server),
          user: provider('oidc', fields),
        }),
        found: () => {
          const text = readFileSync(join(at.folder, 'config'), 'utf8');
          return {
            keeps: text.includes(fresh),
            refresh: /refresh-token"?: "?r2/.test(text),
            namespace: text.includes(at.namespace),
          };
        },
      };
    },
  },
  user('the stand, by a name that needs no proxy', async () => (await people()).alice, ['-s', stand().server]),
];
