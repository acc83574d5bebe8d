import assert from 'node:assert/strict';
import { choose } from '#src/kube/config/choice.ts';
import type { ConnectionFields } from '#src/kube/config/connectionoptions.ts';
import type { Kubeconfig } from '#src/kube/config/kubeconfig.ts';
import { optionsWith } from '../options.ts';

const kubeconfig: Kubeconfig = {
  currentContext: 'first',
  clusters: new Map([
    [
      'one',
      {
        server: 'https://one.test',
        'certificate-authority-data': 'Y2E=',
        'tls-server-name': 'name.test',
        'proxy-url': 'http://proxy.test',
      },
    ],
    ['two', { server: 'https://two.test', 'insecure-skip-tls-verify': true, 'disable-compression': true }],
  ]),
  users: new Map([
    ['ann', { 'client-certificate-data': 'Yw==', 'client-key-data': 'aw==', as: 'carol', 'as-groups': ['g'] }],
    ['bob', { token: 't', 'as-user-extra': { scopes: ['view'], other: ['x'] } }],
  ]),
  contexts: new Map([
    ['first', { cluster: 'one', user: 'ann', namespace: 'shop' }],
    ['second', { cluster: 'two', user: 'bob' }],
    ['adrift', { cluster: 'gone', user: 'gone' }],
  ]),
};

const chosen = (fields: Partial<ConnectionFields>, env = {}) => choose(kubeconfig, optionsWith(fields), env);

describe('what counts of a kubeconfig', () => {
  it('is the current context with its user and cluster', () => {
    const { contextName, userName, clusterName, context, missing } = chosen({});
    assert.deepEqual([contextName, userName, clusterName], ['first', 'ann', 'one']);
    assert.deepEqual(context, { cluster: 'one', user: 'ann', namespace: 'shop' });
    assert.deepEqual(missing, []);
  });

  it('is what flags name: each for itself', () => {
    const { context } = chosen({ context: 'second', user: 'ann', namespace: 'test' });
    assert.deepEqual(context, { cluster: 'two', user: 'ann', namespace: 'test' });
    assert.deepEqual(chosen({ cluster: 'two' }).context, { cluster: 'two', user: 'ann', namespace: 'shop' });
  });

  it('takes an empty flag for none', () => {
    const empty = { context: '', user: '', cluster: '', namespace: '', server: '', token: '', as: '', asGroups: [] };
    assert.deepEqual(chosen(empty), chosen({}));
  });

  it('tells of all that flags name and nobody defines', () => {
    assert.deepEqual(chosen({ context: 'a', user: 'b', cluster: 'c"' }).missing, [
      'auth info "b" does not exist',
      'context "a" does not exist',
      'cluster "c\\"" does not exist',
    ]);
    // What the file itself lacks is said by kubectl in another way.
    assert.deepEqual(chosen({ context: 'adrift' }).missing, []);
  });

  describe('of the server', () => {
    it('is a local one where there is no other', () => {
      assert.equal(chosen({ context: 'adrift' }).cluster.server, 'http://localhost:8080');
      const env = { KUBERNETES_MASTER: 'https://master.test' };
      assert.equal(chosen({ context: 'adrift' }, env).cluster.server, 'https://master.test');
      assert.equal(chosen({}, env).cluster.server, 'https://one.test');
    });

    it('is another address, which does away with the name of the file', () => {
      const { cluster } = chosen({ server: 'https://other.test' });
      assert.deepEqual(cluster, {
        server: 'https://other.test',
        'certificate-authority-data': 'Y2E=',
        'proxy-url': 'http://proxy.test',
      });
      const named = chosen({ server: 'https://other.test', tlsServerName: 'n' }).cluster;
      assert.equal(named['tls-server-name'], 'n');
      assert.equal(chosen({ tlsServerName: 'n' }).cluster['tls-server-name'], 'n');
    });

    it('is reached by the proxy of the flag before the file’s', () => {
      assert.equal(chosen({ proxyUrl: 'http://flag.test' }).cluster['proxy-url'], 'http://flag.test');
      assert.equal(chosen({ proxyUrl: '' }).cluster['proxy-url'], 'http://proxy.test');
      assert.equal(
        chosen({ context: 'adrift', proxyUrl: 'http://flag.test' }).cluster['proxy-url'],
        'http://flag.test',
      );
    });

    it('is no authority of the file where nobody is to be asked, or another one', () => {
      const skipping = chosen({ insecureSkipTlsVerify: true }).cluster;
      assert.equal(skipping['certificate-authority-data'], undefined);
      assert.equal(skipping['insecure-skip-tls-verify'], true);
      const other = chosen({ context: 'second', certificateAuthority: '/ca.pem' }).cluster;
      assert.equal(other['certificate-authority'], '/ca.pem');
      assert.equal(other['insecure-skip-tls-verify'], undefined);
    });

    it('is that nobody is to be asked, as the file says, unless a flag says more', () => {
      assert.equal(chosen({ context: 'second' }).cluster['insecure-skip-tls-verify'], true);
      assert.equal(
        chosen({ context: 'second', insecureSkipTlsVerify: false }).cluster['insecure-skip-tls-verify'],
        true,
      );
    });

    it('is answered without compression where file or flag want it', () => {
      assert.equal(chosen({}).cluster['disable-compression'], undefined);
      assert.equal(chosen({ disableCompression: true }).cluster['disable-compression'], true);
      assert.equal(chosen({ context: 'second' }).cluster['disable-compression'], true);
    });
  });

  describe('of the user', () => {
    it('is a certificate of the flags instead of the file’s, and a key likewise', () => {
      const { user } = chosen({ clientCertificate: '/c.pem' });
      assert.equal(user['client-certificate-data'], undefined);
      assert.equal(user['client-key-data'], 'aw==');
      assert.equal(chosen({ clientKey: '/k.pem' }).user['client-key-data'], undefined);
      assert.equal(chosen({}).user['client-key-data'], 'aw==');
    });

    it('is a token or password of the flags beside what else the file has', () => {
      assert.equal(chosen({ token: 'x' }).user['client-certificate-data'], 'Yw==');
      const { user } = chosen({ context: 'second', username: 'u', password: 'p' });
      assert.deepEqual([user.token, user.username, user.password], ['t', 'u', 'p']);
    });

    it('is nobody where a flag names one that is not there, whatever other flags say', () => {
      assert.deepEqual(chosen({ user: 'nobody', token: 'x' }).user, {});
    });

    it('is impersonation by the flags over the file’s, part by part', () => {
      assert.deepEqual(chosen({ as: 'dora' }).user['as-groups'], ['g']);
      const { user } = chosen({ as: 'dora', asUid: '7', asGroups: ['a', 'b'] });
      assert.deepEqual([user.as, user['as-uid'], user['as-groups']], ['dora', '7', ['a', 'b']]);
    });

    it('is extra values by key: several of one key, those of the file for other keys', () => {
      const flags = { context: 'second', asUserExtra: ['scopes=a', 'k=x=y', 'scopes=b', 'none', '=', 'e='] };
      assert.deepEqual(chosen(flags).user['as-user-extra'], {
        scopes: ['a', 'b'],
        other: ['x'],
        k: ['x=y'],
        '': [''],
        e: [''],
      });
    });

    it('is extra values of keys that JavaScript knows by itself', () => {
      const extra = chosen({ asUserExtra: ['constructor=a', '__proto__=b', 'toString=c'] }).user['as-user-extra'];
      assert.deepEqual(Object.entries(extra ?? {}), [
        ['constructor', ['a']],
        ['__proto__', ['b']],
        ['toString', ['c']],
      ]);
    });
  });
});
