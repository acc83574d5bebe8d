import assert from 'node:assert/strict';
import { BrokenOff, ConfigError, ConnectionError } from '#src/kube/errors.ts';
import { bodyError, connectionError, malformedResponse, timeoutError } from '#src/kube/http/networkerror.ts';

const server = new URL('https://db.example:6443');
const unable = 'Unable to connect to the server: ';
const x509 = `${unable}tls: failed to verify certificate: x509: `;

function fault(code: string | number, message = '', more: object = {}): Error {
  return Object.assign(new Error(message), { code, ...more });
}

function messageOf(code: string | number, message = '', more: object = {}): string {
  return connectionError(fault(code, message, more), server).message;
}

describe('a server that cannot be reached', () => {
  // Go's sentences; test/e2e/connect compares most of them with kubectl's.
  const faults: [code: string, expected: string | RegExp, message?: string, more?: object][] = [
    [
      'ECONNREFUSED',
      'The connection to the server db.example:6443 was refused - did you specify the right host or port?',
    ],
    ['ENOTFOUND', /^Unable to connect to the server: dial tcp: lookup db\.example( on \S+)?: no such host$/],
    ['EAI_AGAIN', /^Unable to connect to the server: dial tcp: lookup db\.example( on \S+)?: no such host$/],
    ['ETIMEDOUT', `${unable}dial tcp db.example:6443: i/o timeout`],
    ['EHOSTUNREACH', `${unable}dial tcp db.example:6443: connect: no route to host`],
    ['ENETUNREACH', `${unable}dial tcp db.example:6443: connect: network is unreachable`],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', `${unable}net/http: TLS handshake timeout`],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', `${x509}certificate signed by unknown authority`],
    ['SELF_SIGNED_CERT_IN_CHAIN', `${x509}certificate signed by unknown authority`],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', `${x509}certificate signed by unknown authority`],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', `${x509}certificate signed by unknown authority`],
    ['UNABLE_TO_GET_ISSUER_CERT', `${x509}certificate signed by unknown authority`],
    ['CERT_SIGNATURE_FAILURE', `${x509}certificate signed by unknown authority`],
    ['CERT_HAS_EXPIRED', `${x509}certificate has expired or is not yet valid`],
    ['CERT_NOT_YET_VALID', `${x509}certificate has expired or is not yet valid`],
    ['ERR_TLS_CERT_ALTNAME_INVALID', `${x509}certificate is not valid for db.example`],
    ['ERR_SOCKET_CLOSED', `${unable}EOF`, 'Socket is closed'],
    ['ECONNRESET', `${unable}EOF`, 'socket hang up'],
    [
      'ECONNRESET',
      `${unable}read tcp db.example:6443: read: connection reset by peer`,
      'read ECONNRESET',
      { syscall: 'read' },
    ],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', `${unable}remote error: tls: bad certificate`],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', `${unable}remote error: tls: certificate required`],
    ['EPROTO', `${unable}remote error: tls: unknown certificate authority`, 'routines:SSL alert number 48:'],
    ['EPROTO', `${unable}tls: first record does not look like a TLS handshake`],
    ['ERR_SSL_WRONG_VERSION_NUMBER', `${unable}tls: first record does not look like a TLS handshake`],
    [
      'HPE_INVALID_CONSTANT',
      `${unable}net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-x"`,
      'Parse Error',
      { rawPacket: Buffer.from('SSH-2.0-x\r\n') },
    ],
    ['E_NEW', `${unable}something new (db.example:6443)`, 'something new'],
  ];
  for (const [code, expected, message, more] of faults) {
    it(`is told of in kubectl’s words: ${code} ${message ?? ''}`, () => {
      const said = messageOf(code, message, more);
      if (typeof expected === 'string') assert.equal(said, expected);
      else assert.match(said, expected);
      assert.ok(connectionError(fault(code, message, more), server) instanceof ConnectionError);
    });
  }

  it('is named where the fault has no code, or a number for one', () => {
    assert.equal(messageOf('', 'aborted'), `${unable}aborted (db.example:6443)`);
    assert.equal(messageOf(20, 'This operation was aborted'), `${unable}This operation was aborted (db.example:6443)`);
  });

  it('that breaks off an answer asks for another try', () => {
    assert.equal(
      connectionError(new BrokenOff(), server).message,
      'unexpected error when reading response body. Please retry. Original error: unexpected EOF',
    );
  });

  it('keeps the words of a failure that has its own', () => {
    for (const failure of [new ConfigError('a'), bodyError('b')]) {
      assert.equal(connectionError(failure, server), failure);
    }
  });

  it('is looked up in no name server where it is an address', () => {
    const { message } = connectionError(fault('ENOTFOUND'), new URL('https://[::1]:6443'));
    assert.equal(message, `${unable}dial tcp: lookup [::1]: no such host`);
  });
});

describe('a request that takes too long', () => {
  const cancelled = `${unable}net/http: request canceled`;
  const phases = {
    connecting: `${cancelled} while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
    waiting: `${cancelled} (Client.Timeout exceeded while awaiting headers)`,
    reading: 'unexpected error when reading response body. Please retry. Original error: context deadline exceeded',
    pausing: 'context deadline exceeded',
  } as const;
  for (const phase of Object.keys(phases) as (keyof typeof phases)[]) {
    it(`is told of in Go’s words: ${phase}`, () => assert.equal(timeoutError(phase).message, phases[phase]));
  }
});

describe('an answer that is not HTTP', () => {
  const answers: [first: string, expected: string][] = [
    ['SSH-2.0-OpenSSH\r\n', 'malformed HTTP response "SSH-2.0-OpenSSH"'],
    ['HTTP/1.1 200 OK\r\nno colon\r\n', 'malformed HTTP headers'],
    ['\r\n', 'Parse Error'],
    ['x'.repeat(300), `malformed HTTP response "${'x'.repeat(200)}"`],
  ];
  for (const [first, expected] of answers) {
    it(`is described by its first line: ${JSON.stringify(first.slice(0, 30))}`, () => {
      assert.equal(malformedResponse(fault('HPE_INVALID', 'Parse Error', { rawPacket: Buffer.from(first) })), expected);
    });
  }

  it('is described by the fault where there is no first line', () => {
    assert.equal(malformedResponse(fault('HPE_INVALID', 'Parse Error')), 'Parse Error');
    assert.equal(malformedResponse('odd'), 'odd');
  });
});
