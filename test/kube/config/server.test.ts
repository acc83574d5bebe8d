import assert from 'node:assert/strict';
import fc from 'fast-check';
import { serverTls, serverUrl } from '#src/kube/config/server.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { anyText, runs } from '../../properties.ts';
import { certificate, key } from '../certificate.ts';
import { secretToken } from '../kubeconfig-file.ts';
import { type Programs, programs } from '../login/programs.ts';

describe('the address of a server', () => {
  const addresses: [host: string, secure: boolean, url: string][] = [
    ['https://a.test', false, 'https://a.test/'],
    ['HTTPS://A.test:443/', false, 'https://a.test/'],
    ['http://a.test:8080/k8s/c-1', true, 'http://a.test:8080/k8s/c-1'],
    ['a.test:6443', true, 'https://a.test:6443/'],
    ['a.test:6443', false, 'http://a.test:6443/'],
    ['localhost:8080/', false, 'http://localhost:8080/'],
    ['192.0.2.1', true, 'https://192.0.2.1/'],
    ['[fd00::1]:6443', true, 'https://[fd00::1]:6443/'],
    ['https://[fd00::1]', true, 'https://[fd00::1]/'],
  ];
  for (const [host, secure, url] of addresses) {
    it(`${host} is ${url}${secure ? ', in a pod' : ''}`, () => assert.equal(serverUrl(host, secure).href, url));
  }

  for (const host of [
    '/a',
    'not a url',
    'a.test/path',
    'https://',
    'https:// a',
    '',
    'https://[fd00',
    'https://a%zz',
  ]) {
    it(`${JSON.stringify(host)} is none`, () => {
      assert.throws(() => serverUrl(host, false), {
        constructor: ConfigError,
        message: `error: host must be a URL or a host:port pair: ${JSON.stringify(host)}`,
      });
    });
  }

  for (const host of [`https://u:${secretToken}@`, `u:${secretToken}@a.test/x`, `https://u:a/${secretToken}@a.test`]) {
    it(`is refused without the password in it: ${host.replace(secretToken, 'PASSWORD')}`, () => {
      assert.throws(
        () => serverUrl(host, false),
        (error: unknown) => error instanceof ConfigError && !error.message.includes(secretToken),
      );
    });
  }

  it('is one of the web', () => {
    assert.throws(() => serverUrl('ftp://a.test', false), {
      constructor: ConfigError,
      message: 'Unable to connect to the server: unsupported protocol scheme "ftp"',
    });
  });

  it('has a port that there is', () => {
    assert.throws(() => serverUrl('https://a.test:65536', false), { message: /address 65536: invalid port$/ });
    assert.equal(serverUrl('https://a.test:65535', false).port, '65535');
  });

  it('is refused in one line, or taken, whatever it is', () => {
    const authority = fc.webAuthority({ withIPv4: true, withIPv6: true, withPort: true });
    const url = fc
      .tuple(fc.constantFrom('http', 'https', 'ftp'), authority, anyText())
      .map(([scheme, name, path]) => `${scheme}://${name}/${path}`);
    const host = fc.oneof(anyText(), url, fc.stringMatching(/^[a-z:/.[\]@%0-9 \n-]*$/));
    fc.assert(
      fc.property(host, fc.boolean(), (host, secure) => {
        try {
          assert.match(serverUrl(host, secure).protocol, /^https?:$/);
        } catch (error) {
          assert.ok(error instanceof ConfigError, String(error));
          assert.doesNotMatch(error.message, /[\r\n]/);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('how a server proves itself', () => {
  let here: Programs;
  before(() => {
    here = programs();
  });
  after(() => here.remove());

  it('is by the authorities of the runtime where there are no others, whatever the environment says', () => {
    assert.deepEqual(serverTls({}), { rejectUnauthorized: true });
  });

  it('is by the authority of the file or of the data', () => {
    const data = Buffer.from(certificate).toString('base64');
    const wanted = { ca: [certificate.trim()], rejectUnauthorized: true };
    assert.deepEqual(serverTls({ 'certificate-authority': here.file('ca.pem', certificate) }), wanted);
    assert.deepEqual(serverTls({ 'certificate-authority-data': data }), wanted);
  });

  it('is by nobody where the authority’s file is empty', () => {
    assert.deepEqual(serverTls({ 'certificate-authority': here.file('empty.pem', '') }), {
      ca: [],
      rejectUnauthorized: true,
    });
  });

  it('is not asked for where the kubeconfig says so', () => {
    assert.deepEqual(serverTls({ 'insecure-skip-tls-verify': true, 'tls-server-name': 'n' }), {
      servername: 'n',
      rejectUnauthorized: false,
    });
  });

  it('cannot be both asked for and not', () => {
    for (const authority of [{ 'certificate-authority': '/ca' }, { 'certificate-authority-data': 'Y2E=' }]) {
      assert.throws(() => serverTls({ 'insecure-skip-tls-verify': true, ...authority }), {
        constructor: ConfigError,
        message: 'error: specifying a root certificates file with the insecure flag is not allowed',
      });
    }
  });

  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const cut = '-----BEGIN CERTIFICATE-----\nAAAA\n';
  const fromPem = (pem: string) => serverTls({ 'certificate-authority-data': Buffer.from(pem).toString('base64') }).ca;

  it('is by the certificates among what else there is', () => {
    for (const pem of [broken + certificate, certificate + broken, `text\n${key}${certificate}`, certificate + cut]) {
      assert.deepEqual(fromPem(pem), [certificate.trim()]);
    }
    assert.deepEqual(fromPem(certificate.replaceAll('\n', '\r\n'))?.length, 1);
    assert.deepEqual(fromPem(certificate + certificate)?.length, 2);
  });

  const none: [what: string, pem: string, fault: string][] = [
    ['no PEM', 'ca', 'unable to parse bytes as PEM block'],
    ['indented', certificate.replaceAll('\n', '\n  '), 'unable to parse bytes as PEM block'],
    ['cut', cut, 'unable to parse bytes as PEM block'],
    ['a key', key, 'no valid certificate authority data seen'],
    ['broken', broken, 'failed to parse certificate: x509: malformed certificate'],
  ];
  for (const [what, pem, fault] of none) {
    it(`cannot be by an authority that is ${what}`, () => {
      assert.throws(() => fromPem(pem), {
        constructor: ConfigError,
        message: `error: unable to load root certificates: ${fault}`,
      });
    });
  }

  it('cannot be by what is not there', () => {
    assert.throws(() => serverTls({ 'certificate-authority': '/nowhere/ca' }), {
      constructor: ConfigError,
      message: 'error: open /nowhere/ca: no such file or directory',
    });
  });
});
