import assert from 'node:assert/strict';
import { choose } from '#src/kube/config/choice.ts';
import type { Cluster, Kubeconfig, User } from '#src/kube/config/kubeconfig.ts';
import { confirmUsable } from '#src/kube/config/usable.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { type Programs, programs } from '../login/programs.ts';
import { optionsWith } from '../options.ts';

function faultOf(user: User, cluster: Cluster = { server: 'https://c.test' }, context = 'x'): string | undefined {
  const kubeconfig: Kubeconfig = {
    currentContext: context,
    clusters: new Map([['c', cluster]]),
    users: new Map([['u', user]]),
    contexts: new Map([['x', { cluster: 'c', user: 'u' }]]),
  };
  try {
    confirmUsable(choose(kubeconfig, optionsWith(), {}), kubeconfig);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

describe('a configuration', () => {
  let here: Programs;
  let file: string;
  before(() => {
    here = programs();
    file = here.file('some.pem', '');
  });
  after(() => here.remove());

  it('is usable with a server alone', () => assert.equal(faultOf({}), undefined));

  it('is usable with everything in its place', () => {
    const user = { 'client-certificate': file, 'client-key-data': 'aw==', token: 't', as: 'a', 'as-groups': ['g'] };
    const cluster = { server: 'https://c.test', 'certificate-authority': file, 'proxy-url': 'socks5://p.test' };
    assert.equal(faultOf(user, cluster), undefined);
  });

  it('is not usable without the context that it names', () => {
    assert.equal(
      faultOf({}, undefined, 'gone'),
      'Error in configuration: context was not found for specified context: gone',
    );
  });

  const users: [user: User, fault: string][] = [
    [
      { 'client-certificate-data': 'Yw==' },
      'client-key-data or client-key must be specified for u to use the clientCert authentication method.',
    ],
    [
      { 'client-certificate': '/nowhere/c', 'client-key-data': 'aw==' },
      'unable to read client-cert /nowhere/c for u due to open /nowhere/c: no such file or directory',
    ],
    [
      { 'client-certificate-data': 'Yw==', 'client-key': '/nowhere/k' },
      'unable to read client-key /nowhere/k for u due to open /nowhere/k: no such file or directory',
    ],
    [
      { token: 't', username: 'a' },
      'more than one authentication method found for u; found [token basicAuth], only one is allowed',
    ],
    [
      { token: 't', password: 'a' },
      'more than one authentication method found for u; found [token basicAuth], only one is allowed',
    ],
    [{ 'as-uid': '1' }, 'requesting uid, groups or user-extra for u without impersonating a user'],
    [{ 'as-groups': ['g'] }, 'requesting uid, groups or user-extra for u without impersonating a user'],
    [{ 'as-user-extra': { a: [] } }, 'requesting uid, groups or user-extra for u without impersonating a user'],
    [
      {
        'auth-provider': { name: 'oidc' },
        exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1beta1' },
      },
      'authProvider cannot be provided in combination with an exec plugin for u',
    ],
    [
      { exec: { command: 'p', apiVersion: 'client.authentication.k8s.io/v1' } },
      'interactiveMode must be specified for u to use exec authentication plugin',
    ],
  ];
  for (const [user, fault] of users) {
    it(`is not usable with the user ${JSON.stringify(user)}`, () => assert.equal(faultOf(user), `error: ${fault}`));
  }

  it('is not usable with a certificate or key that is given twice', () => {
    const twice = {
      'client-certificate': file,
      'client-certificate-data': 'Yw==',
      'client-key': file,
      'client-key-data': 'aw==',
    };
    assert.equal(
      faultOf(twice),
      'Error in configuration: \n* client-cert-data and client-cert are both specified for u. client-cert-data will override.\n* client-key-data and client-key are both specified for u; client-key-data will override',
    );
  });

  it('does not mind keys without certificates', () => assert.equal(faultOf({ 'client-key': '/nowhere/k' }), undefined));

  it('is not usable with a proxy that is no URL, which is named', () => {
    assert.match(
      faultOf({}, { server: 'https://c.test', 'proxy-url': 'ftp://p.test' }) ?? '',
      /^error: invalid 'proxy-url' "ftp:\/\/p\.test" for cluster "c": /,
    );
  });

  it('is not usable with an authority that is given twice, or cannot be read', () => {
    assert.equal(
      faultOf({}, { server: 'https://c.test', 'certificate-authority': file, 'certificate-authority-data': 'Y2E=' }),
      'error: certificate-authority-data and certificate-authority are both specified for c. certificate-authority-data will override.',
    );
    assert.equal(
      faultOf({}, { server: 'https://c.test', 'certificate-authority': '/nowhere/ca' }),
      'error: unable to read certificate-authority /nowhere/ca for c due to open /nowhere/ca: no such file or directory',
    );
  });

  it('has all its faults told together: of the context, the user, the cluster', () => {
    const text = faultOf({ 'as-uid': '1' }, { server: 'https://c.test', 'certificate-authority': '/nowhere/ca' });
    assert.deepEqual(text?.split('\n').length, 3);
  });
});
