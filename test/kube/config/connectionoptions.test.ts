import assert from 'node:assert/strict';
import { type Interfaces, Parser } from '@oclif/core';
import { readArguments } from '#src/cli/arguments.ts';
import { connectionOf } from '#src/cli/connection.ts';
import type { FlagDefinition } from '#src/cli/definitions.ts';
import { connectionFlags } from '#src/cli/flags.ts';
import { type CommandName, commands as loaders } from '#src/commands.ts';
import { connect } from '#src/kube/config/connection.ts';
import {
  type ConnectionFields,
  type ConnectionOptions,
  connectionOptions,
  kubectlArguments,
  withFields,
} from '#src/kube/config/connectionoptions.ts';
import manifest from '../../../oclif.manifest.json' with { type: 'json' };
import { certificate, key } from '../certificate.ts';
import { clientDeps } from '../deps.ts';
import { kubeconfigFor } from '../kubeconfig-file.ts';
import { type Programs, programs } from '../login/programs.ts';
import { optionsWith } from '../options.ts';

/** The long flags of `kubectl options`, kubectl 1.37; test/e2e/arguments.test.ts compares them with kubectl itself. */
const kubectlFlags = [
  ...['as', 'as-group', 'as-uid', 'as-user-extra', 'cache-dir', 'certificate-authority', 'client-certificate'],
  ...['client-key', 'cluster', 'context', 'disable-compression', 'insecure-skip-tls-verify', 'kubeconfig', 'kuberc'],
  ...['log-flush-frequency', 'match-server-version', 'namespace', 'password', 'profile', 'profile-output'],
  ...['proxy-url', 'request-timeout', 'server', 'tls-server-name', 'token', 'user', 'username', 'v', 'vmodule'],
  'warnings-as-errors',
];

const definitions: Readonly<Record<CommandName, { flags: object; args: object }>> = manifest.commands;
const names = Object.keys(definitions) as CommandName[];

function flagsOf(command: CommandName): FlagDefinition[] {
  return Object.values(definitions[command].flags);
}

/** All fields with a value of their own, and how each of them is given to kubectl. */
const everything: { [Field in keyof ConnectionFields]: [value: ConnectionFields[Field], asked: string[]] } = {
  kubeconfig: ['/k', ['--kubeconfig=/k']],
  kuberc: ['/rc', ['--kuberc=/rc']],
  context: ['a context', ['--context=a context']],
  cluster: ['-c', ['--cluster=-c']],
  user: ['u=v', ['--user=u=v']],
  namespace: ['n', ['--namespace=n']],
  server: ['https://s.test', ['--server=https://s.test']],
  tlsServerName: ['t.test', ['--tls-server-name=t.test']],
  proxyUrl: ['http://p.test', ['--proxy-url=http://p.test']],
  insecureSkipTlsVerify: [true, ['--insecure-skip-tls-verify']],
  certificateAuthority: ['/ca', ['--certificate-authority=/ca']],
  clientCertificate: ['/cert', ['--client-certificate=/cert']],
  clientKey: ['/key', ['--client-key=/key']],
  token: ['secret', ['--token=secret']],
  username: ['ann', ['--username=ann']],
  password: ['word', ['--password=word']],
  as: ['carol', ['--as=carol']],
  asUid: ['7', ['--as-uid=7']],
  asGroups: [
    ['dev', 'a,b'],
    ['--as-group=dev', '--as-group=a,b'],
  ],
  asUserExtra: [
    ['k=1', 'k=2'],
    ['--as-user-extra=k=1', '--as-user-extra=k=2'],
  ],
  requestTimeout: ['1m', ['--request-timeout=1m']],
  disableCompression: [true, ['--disable-compression']],
  // How the plugin behaves, not how it reaches the server.
  warningsAsErrors: [true, []],
  matchServerVersion: [true, []],
  verbosity: [9, []],
};

describe('the options of a connection', () => {
  const fields = Object.entries(everything);
  const all = optionsWith(Object.fromEntries(fields.map(([field, [value]]) => [field, value])));

  for (const [field, [value, asked]] of fields) {
    it(`give kubectl ${field} as ${asked.join(' ') || 'nothing'}`, () => {
      assert.deepEqual(kubectlArguments(optionsWith({ [field]: value })), asked);
      for (const word of asked) assert.ok(kubectlFlags.includes(/^--([^=]+)/.exec(word)?.[1] ?? ''), word);
    });
  }

  it('give kubectl each field once when all are set, and none when none is', () => {
    assert.deepEqual(
      kubectlArguments(all),
      fields.flatMap(([, [, asked]]) => asked),
    );
    assert.deepEqual(kubectlArguments(optionsWith()), []);
  });

  it('give kubectl no empty text: to kubectl too it counts as not given', () => {
    assert.deepEqual(kubectlArguments(optionsWith({ context: '', token: '', asGroups: [] })), []);
  });

  it('give kubectl nothing that is no field, whatever an object holds besides', () => {
    const bag = { ...all, via: 'exec', 'lease-duration': '30s', output: 'json', 'all-namespaces': true };
    assert.deepEqual(kubectlArguments(connectionOptions(bag)), kubectlArguments(all));
  });

  it('can be changed field by field', () => {
    const changed = withFields(all, { requestTimeout: '2s' });
    assert.deepEqual({ ...changed, requestTimeout: all.requestTimeout }, all);
    assert.equal(changed.requestTimeout, '2s');
  });
});

describe('an expired OIDC token', () => {
  let here: Programs;
  before(() => {
    here = programs();
    here.file('ca.crt', certificate);
    here.file('client.crt', certificate);
    here.file('client.key', key);
  });
  after(() => here.remove());

  const idToken = (seconds: number, mark: string) =>
    `e30.${Buffer.from(JSON.stringify({ exp: Date.now() / 1_000 + seconds })).toString('base64url')}.${mark}`;
  const fresh = idToken(3_600, 'new');

  /** A kubeconfig whose user is of an identity provider. */
  function kubeconfigWith(token: string): string {
    const config = {
      'idp-issuer-url': 'https://issuer.test',
      'client-id': 'c',
      'refresh-token': 'r',
      'id-token': token,
    };
    const users = [{ name: 'somebody', user: { 'auth-provider': { name: 'oidc', config } } }];
    return JSON.stringify({ ...JSON.parse(kubeconfigFor('https://server.test')), users });
  }

  /** A kubectl that refuses what kubectl refuses, and else renews the token. */
  function expire(): void {
    here.file('config', kubeconfigWith(idToken(-60, 'old')));
    here.file('renewed', kubeconfigWith(fresh));
    here.file('asked', '');
    here.script(
      'kubectl',
      `for word; do
        printf '%s\\n' "$word" >> "$HERE/asked"
        case "$word" in
          get | --raw | /version) continue ;;
          --*) flag=\${word%%=*} ;;
          -*) echo "Error: unknown shorthand flag: '$word' in $word" >&2; exit 1 ;;
          *) echo "error: arguments may not be passed when --raw is specified" >&2; exit 1 ;;
        esac
        case ' ${kubectlFlags.map((flag) => `--${flag}`).join(' ')} ' in
          *" $flag "*) ;;
          *) echo "Error: unknown flag: $flag" >&2; exit 1 ;;
        esac
      done
      cat "$HERE/renewed" > "$HERE/config"`,
    );
  }

  /** Values that lead to the kubeconfig of the test, or that the connection checks. */
  const known = (): Readonly<Record<string, string>> => ({
    kubeconfig: `${here.folder}/config`,
    context: 'loopback',
    cluster: 'loopback',
    user: 'somebody',
    server: 'https://server.test:6443',
    'certificate-authority': `${here.folder}/ca.crt`,
    'client-certificate': `${here.folder}/client.crt`,
    'client-key': `${here.folder}/client.key`,
    kuberc: `${here.folder}/kuberc`,
    'as-user-extra': 'key=value',
    'proxy-url': 'http://proxy.test:3128',
  });

  /** A value of the kind that the flag's definition asks for. */
  function valueFor({ name, integer, options, helpValue }: FlagDefinition): string {
    const given = known()[name] ?? options?.at(-1);
    if (given !== undefined) return given;
    if (integer) return '1';
    return helpValue === '<duration>' ? '1m' : `-a ${name}`;
  }

  /** These log in by another way, for which no token of a provider is looked at. */
  const logins = ['token', 'username', 'password'];

  /** kubectl refuses both together. */
  const contradicting = ['insecure-skip-tls-verify', 'certificate-authority'];

  /** The connection that the command's own flags lead to, read as when the command runs. */
  async function connectionOptionsOf(
    command: CommandName,
    flags: readonly FlagDefinition[],
  ): Promise<ConnectionOptions> {
    const words = flags.map((flag) =>
      flag.type === 'boolean' ? `--${flag.name}` : `--${flag.name}=${valueFor(flag)}`,
    );
    const read = readArguments([command, ...words], manifest.commands);
    assert.equal(read.kind, 'run', JSON.stringify(read));
    const { flags: input }: { flags?: Interfaces.FlagInput } = await loaders[command]();
    const parsed = await Parser.parse([...read.argv], { flags: input ?? {} });
    assert.deepEqual(Object.keys(parsed.flags).sort(), flags.map(({ name }) => name).sort());
    return connectionOf(parsed.flags);
  }

  const deps = () => clientDeps({ env: { PATH: `${here.folder}:/usr/bin:/bin`, HOME: '/nowhere' } });

  const connecting = names.filter((name) => 'kubeconfig' in definitions[name].flags);

  it('concerns every command that talks to a cluster', () => {
    for (const command of ['dns', 'pin', 'roll', 'tree', 'unpin', 'version'] as const) {
      assert.ok(connecting.includes(command), command);
    }
  });

  for (const command of connecting) {
    for (const without of contradicting) {
      it(`is renewed for ${command} with all of its flags but --${without} and those of another login`, async () => {
        expire();
        const flags = flagsOf(command).filter(({ name }) => ![...logins, without].includes(name));
        const options = await connectionOptionsOf(command, flags);
        const { credentials } = await connect(options, deps());
        assert.equal((await credentials.proof()).authorization, `Bearer ${fresh}`);
        const [verb, raw, path, ...asked] = here.read('asked').trimEnd().split('\n');
        assert.deepEqual([verb, raw, path], ['get', '--raw', '/version']);
        const said = asked.map((word) => word.replace(/^--([^=]+).*/s, '$1'));
        const silent = ['cache-dir', 'log-flush-frequency', 'match-server-version', 'v', 'warnings-as-errors'];
        const expected = Object.keys(connectionFlags).filter((name) => ![...silent, ...logins, without].includes(name));
        assert.deepEqual(said.sort(), expected.sort());
      });
    }
  }

  for (const flags of [{ token: 't' }, { username: 'ann', password: 'word' }]) {
    it(`is not looked at with ${Object.keys(flags).join(' and ')}`, async () => {
      expire();
      const { credentials } = await connect(optionsWith({ kubeconfig: `${here.folder}/config`, ...flags }), deps());
      assert.notEqual((await credentials.proof()).authorization, undefined);
      assert.equal(here.read('asked'), '');
    });
  }

  it('that kubectl cannot renew is refused in kubectl’s words', async () => {
    expire();
    here.script('kubectl', 'echo "error: unknown flag: --via" >&2; exit 1');
    const { credentials } = await connect(optionsWith({ kubeconfig: `${here.folder}/config` }), deps());
    await assert.rejects(credentials.proof(), { message: 'error: unknown flag: --via' });
  });
});
