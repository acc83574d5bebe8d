import assert from 'node:assert/strict';
import type { User } from '#src/kube/config/kubeconfig.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { bearer } from '#src/kube/login/credentials.ts';
import { type LoginDeps, login } from '#src/kube/login/login.ts';
import { certificate, key } from '../certificate.ts';
import { type Programs, programs } from './programs.ts';

const data = (pem: string): string => Buffer.from(pem).toString('base64');
const pair = { 'client-certificate-data': data(certificate), 'client-key-data': data(key) };
const exec = { command: 'p' };
const oidc = { name: 'oidc', config: { 'client-id': 'c' } };

const basicOf = (text: string): string => `Basic ${data(text)}`;

describe('a login', () => {
  let here: Programs;
  before(() => {
    here = programs();
  });
  after(() => here.remove());

  /** What is shown to a server, and what it took. */
  async function shown(user: User): Promise<{ authorization: string | undefined; cert: boolean; took: string[] }> {
    const took: string[] = [];
    const deps: LoginDeps = {
      now: () => 0,
      plugin: ({ command }) => {
        took.push(`plugin ${command}`);
        return bearer('plugin');
      },
      oidc: (settings) => {
        took.push(`oidc ${settings['client-id']}`);
        return bearer('oidc');
      },
      async ask(field) {
        took.push(`asked ${field}`);
        return `my ${field}`;
      },
    };
    const credentials = login(user, deps);
    const [{ authorization, cert }] = [await credentials.proof(), await credentials.proof()];
    return { authorization, cert: cert === certificate, took };
  }

  const token = () => here.file('token', 'of the file');
  const users: [what: string, user: () => User, authorization: string | undefined, cert: boolean, took: string[]][] = [
    ['a token', () => ({ token: 't' }), 'Bearer t', false, []],
    ['a token in a file', () => ({ tokenFile: token() }), 'Bearer of the file', false, []],
    ['a token and one in a file', () => ({ token: 't', tokenFile: token() }), 'Bearer of the file', false, []],
    ['a name and a password', () => ({ username: 'u', password: 'p' }), basicOf('u:p'), false, []],
    ['a name alone', () => ({ username: 'u' }), basicOf('u:'), false, []],
    ['a certificate', () => pair, undefined, true, []],
    ['a certificate and a token', () => ({ ...pair, token: 't' }), 'Bearer t', true, []],
    ['a plugin', () => ({ exec }), 'Bearer plugin', false, ['plugin p']],
    ['a plugin and a token', () => ({ exec, token: 't' }), 'Bearer t', false, []],
    ['a plugin and a certificate', () => ({ exec, ...pair }), undefined, true, []],
    ['a provider', () => ({ 'auth-provider': oidc }), 'Bearer oidc', false, ['oidc c']],
    ['a provider and a token', () => ({ 'auth-provider': oidc, token: 't' }), 'Bearer t', false, ['oidc c']],
    ['a provider and a certificate', () => ({ 'auth-provider': oidc, ...pair }), 'Bearer oidc', true, ['oidc c']],
    ['nothing', () => ({}), basicOf('my Username:my Password'), false, ['asked Username', 'asked Password']],
    [
      'a password without a name',
      () => ({ password: 'p' }),
      basicOf('my Username:my Password'),
      false,
      ['asked Username', 'asked Password'],
    ],
    [
      'a key without a certificate',
      () => ({ 'client-key-data': data(key) }),
      basicOf('my Username:my Password'),
      false,
      ['asked Username', 'asked Password'],
    ],
    [
      'a token’s file that is empty',
      () => ({ tokenFile: here.file('empty', '') }),
      basicOf('my Username:my Password'),
      false,
      ['asked Username', 'asked Password'],
    ],
  ];
  for (const [what, user, authorization, cert, took] of users) {
    it(`with ${what} shows what it should, and asks for nothing twice`, async () => {
      assert.deepEqual(await shown(user()), { authorization, cert, took });
    });
  }

  const refused: [what: string, user: User, message: RegExp][] = [
    [
      'a token’s file and a password',
      { tokenFile: '/nowhere/token', password: 'p' },
      /^error: username\/password or bearer token may be set, but not both$/,
    ],
    [
      'a token’s file that is not there',
      { tokenFile: '/nowhere/token' },
      /^error: open \/nowhere\/token: no such file or directory$/,
    ],
    ['half a pair', { ...pair, 'client-key-data': data(certificate) }, /^error: tls: failed to parse private key$/],
    [
      'the provider of old Google clusters',
      { 'auth-provider': { name: 'gcp' } },
      /^error: The gcp auth plugin has been removed\.\n/,
    ],
    [
      'the provider of old Azure clusters',
      { 'auth-provider': { name: 'azure' } },
      /^error: The azure auth plugin has been removed\.\n/,
    ],
    [
      'a provider that nobody knows',
      { token: 't', 'auth-provider': { name: 'constructor' } },
      /^error: no Auth Provider found for name "constructor"$/,
    ],
    ['a provider without a name', { 'auth-provider': {} }, /^error: no Auth Provider found for name ""$/],
  ];
  for (const [what, user, message] of refused) {
    it(`with ${what} is refused`, async () => {
      await assert.rejects(shown(user), { constructor: ConfigError, message });
    });
  }

  it('asks once, though several requests begin at once', async () => {
    const asked: string[] = [];
    const credentials = login(
      {},
      {
        now: () => 0,
        plugin: () => assert.fail('no plugin'),
        oidc: () => assert.fail('no provider'),
        async ask(field) {
          asked.push(field);
          return field;
        },
      },
    );
    await Promise.all([credentials.proof(), credentials.proof()]);
    assert.deepEqual(asked, ['Username', 'Password']);
    assert.equal(await credentials.renew({}), false);
  });
});
