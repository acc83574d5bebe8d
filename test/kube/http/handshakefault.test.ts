import assert from 'node:assert/strict';
import { openClient } from '#src/kube/client.ts';
import { ConnectionError } from '#src/kube/errors.ts';
import {
  authority,
  elsewhere,
  elsewhereKey,
  expired,
  expiredKey,
  localhost,
  localhostKey,
  nameless,
  namelessKey,
  notYetValid,
  notYetValidKey,
} from '../../e2e/servers/certificates.ts';
import { clientDeps } from '../deps.ts';
import { kubeconfigFor, secretToken, temporaryFiles } from '../kubeconfig-file.ts';
import { optionsWith } from '../options.ts';
import { quickClock } from '../quick-clock.ts';
import { sendJson, serve } from '../server.ts';

describe('a server’s certificate', () => {
  const files = temporaryFiles();
  after(() => files.remove());

  /** What a request says, and what the server learned. */
  async function outcomeOf(tls: { cert: string; key: string }, host = '127.0.0.1', cluster: object = {}) {
    const authorizations: (string | undefined)[] = [];
    const listener = await serve(
      'https',
      ({ headers }, response) => {
        authorizations.push(headers.authorization);
        sendJson(response, { gitVersion: 'v1' });
      },
      tls,
    );
    const data = Buffer.from(authority).toString('base64');
    const url = listener.url.replace('127.0.0.1', host);
    const kubeconfig = files.write('config', kubeconfigFor(url, { 'certificate-authority-data': data, ...cluster }));
    const client = await openClient(optionsWith({ kubeconfig }), clientDeps({ clock: quickClock() }));
    try {
      const outcome: unknown = await client.version().catch((error: unknown) => error);
      return { outcome: outcome instanceof Error ? outcome.message : outcome, authorizations };
    } finally {
      client.close();
      listener.close();
    }
  }

  const x509 = 'Unable to connect to the server: tls: failed to verify certificate: x509: ';
  const now = '2026-01-01T00:00:00Z';
  const faults: [what: string, fault: string, tls: { cert: string; key: string }, host?: string, cluster?: object][] = [
    [
      'has ended: with the time',
      `certificate has expired or is not yet valid: current time ${now} is after 2021-01-01T00:00:00Z`,
      { cert: expired, key: expiredKey },
    ],
    [
      'has not begun: with the time',
      `certificate has expired or is not yet valid: current time ${now} is before 2119-01-01T00:00:00Z`,
      { cert: notYetValid, key: notYetValidKey },
    ],
    [
      'is another’s: with the names that it holds',
      'certificate is valid for elsewhere.example, *.elsewhere.example, not localhost',
      { cert: elsewhere, key: elsewhereKey },
      'localhost',
    ],
    [
      'holds no addresses',
      "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
      { cert: elsewhere, key: elsewhereKey },
    ],
    [
      'is not for the name that the kubeconfig gives',
      'certificate is valid for localhost, not other.test',
      { cert: localhost, key: localhostKey },
      '127.0.0.1',
      { 'tls-server-name': 'other.test' },
    ],
    [
      'holds its name at the old place alone, which Node would take',
      'certificate relies on legacy Common Name field, use SANs instead',
      { cert: nameless, key: namelessKey },
      'localhost',
    ],
    [
      'holds another name at the old place alone',
      'certificate is not valid for any names, but wanted to match other.test',
      { cert: nameless, key: namelessKey },
      '127.0.0.1',
      { 'tls-server-name': 'other.test' },
    ],
  ];
  for (const [what, fault, tls, host, cluster] of faults) {
    it(`that ${what}, is refused in Go’s words, and nothing is asked`, async () => {
      const { outcome, authorizations } = await outcomeOf(tls, host, cluster);
      assert.equal(outcome, x509 + fault);
      assert.deepEqual(authorizations, []);
    });
  }

  it('is missing where the server speaks no TLS, which is said', async () => {
    const plain = await serve('http', (_request, response) => sendJson(response, {}));
    const url = plain.url.replace('http:', 'https:');
    const client = await openClient(
      optionsWith({ kubeconfig: files.write('plain', kubeconfigFor(url)) }),
      clientDeps(),
    );
    await assert.rejects(client.version(), {
      constructor: ConnectionError,
      message: 'Unable to connect to the server: http: server gave HTTP response to HTTPS client',
    });
    client.close();
    plain.close();
    assert.deepEqual(plain.requests, []);
  });

  it('is taken under its name, its address, and a name that the kubeconfig gives', async () => {
    const tls = { cert: localhost, key: localhostKey };
    for (const [host, cluster] of [
      ['localhost', {}],
      ['127.0.0.1', {}],
      ['127.0.0.1', { 'tls-server-name': 'localhost' }],
    ] as const) {
      const { outcome, authorizations } = await outcomeOf(tls, host, cluster);
      assert.deepEqual(outcome, { gitVersion: 'v1' });
      assert.deepEqual(authorizations, [`Bearer ${secretToken}`]);
    }
    const wild = await outcomeOf({ cert: elsewhere, key: elsewhereKey }, '127.0.0.1', {
      'tls-server-name': 'a.elsewhere.example',
    });
    assert.deepEqual(wild.outcome, { gitVersion: 'v1' });
  });
});
