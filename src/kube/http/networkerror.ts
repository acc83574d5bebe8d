/** Faults of sockets, TLS and HTTP in the words that kubectl has for them, which are Go's. */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import { Failure } from '#src/objects/failure.ts';
import { BrokenOff, ConnectionError, codeOf } from '../errors.ts';

/**
 * How far a request has come: `connecting` until its connection is open, `waiting` until the answer begins, `reading`
 * until the answer ends, `pausing` before the next try.
 */
export type Phase = 'connecting' | 'waiting' | 'reading' | 'pausing';

/** The request took longer than `--request-timeout` allows. The messages are those of Go's net/http. */
export function timeoutError(phase: Phase): ConnectionError {
  switch (phase) {
    case 'connecting':
      return unable(
        'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      );
    case 'waiting':
      return unable('net/http: request canceled (Client.Timeout exceeded while awaiting headers)');
    case 'reading':
      return bodyError('context deadline exceeded');
    case 'pausing':
      return new ConnectionError('context deadline exceeded');
  }
}

/** The answer broke off, or cannot be decompressed (`transformResponse`, k8s.io/client-go/rest/request.go). */
export function bodyError(why: string): ConnectionError {
  return new ConnectionError(`unexpected error when reading response body. Please retry. Original error: ${why}`);
}

/**
 * An error of Node's sockets, TLS or HTTP with kubectl's message. A Failure has its message already and stays as it is.
 *
 * @param server the server that the message names
 */
export function connectionError(error: NodeJS.ErrnoException, server: URL): Error {
  if (error instanceof Failure) return error;
  if (error instanceof BrokenOff) return new ConnectionError(error.message);
  const { hostname, host } = server;
  // The code of an abort is a number.
  const code = codeOf(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectionError(
        `The connection to the server ${host} was refused - did you specify the right host or port?`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unable(`dial tcp: lookup ${hostname}${askedAt(hostname)}: no such host`);
    case 'ETIMEDOUT':
      return unable(`dial tcp ${host}: i/o timeout`);
    case 'EHOSTUNREACH':
      return unable(`dial tcp ${host}: connect: no route to host`);
    case 'ENETUNREACH':
      return unable(`dial tcp ${host}: connect: network is unreachable`);
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return unable('net/http: TLS handshake timeout');
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return certificateError('certificate signed by unknown authority');
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return certificateError('certificate has expired or is not yet valid');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return certificateError(`certificate is not valid for ${hostname}`);
    // bun's code for a connection that the server accepted and closed.
    case 'ERR_SOCKET_CLOSED':
      return unable('EOF');
    case 'ECONNRESET':
      // Node names the system call only when the connection was reset, not when the server closed it.
      return unable(error.syscall === undefined ? 'EOF' : `read tcp ${host}: read: connection reset by peer`);
  }
  const alert = alertOf(error);
  if (alert !== undefined) return unable(`remote error: tls: ${alert}`);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return unable('tls: first record does not look like a TLS handshake');
  if (code.startsWith('HPE_'))
    return unable(`net/http: HTTP/1.x transport connection broken: ${malformedResponse(error)}`);
  return unable(`${error.message} (${host})`);
}

/** @param why the fault of the server's certificate, in the words of Go's crypto/x509 */
export function certificateError(why: string): ConnectionError {
  return unable(`tls: failed to verify certificate: x509: ${why}`);
}

/** The server answered in plain HTTP where TLS was expected. */
export function plainHttpError(): ConnectionError {
  return unable('http: server gave HTTP response to HTTPS client');
}

/** The name server of the look-up, as Go's message names it; empty for a name that no name server is asked for. */
function askedAt(hostname: string): string {
  const [server] = getServers();
  if (server === undefined || !/^[a-z0-9_]([a-z0-9_.-]*[a-z][a-z0-9_.-]*)?$/i.test(hostname)) return '';
  return ` on ${/:\d+$/.test(server) && !/^[^[]*:.*:/.test(server) ? server : `${isIP(server) === 6 ? `[${server}]` : server}:53`}`;
}

/** The alert with which the peer ended the TLS handshake, in the words of Go's crypto/tls/alert.go. */
function alertOf(error: Error): string | undefined {
  const { message } = error;
  const code = codeOf(error) ?? '';
  const [, number] = /SSL alert number (\d+)/.exec(message) ?? [];
  const [, name] = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$/.exec(code) ?? [];
  return alerts.find((alert) => alert.number === Number(number) || alert.name === name)?.words;
}

/** The alerts of RFC 8446, section 6, with their names in OpenSSL. */
const alerts = [
  { number: 40, name: 'HANDSHAKE_FAILURE', words: 'handshake failure' },
  { number: 42, name: 'BAD_CERTIFICATE', words: 'bad certificate' },
  { number: 43, name: 'UNSUPPORTED_CERTIFICATE', words: 'unsupported certificate' },
  { number: 44, name: 'CERTIFICATE_REVOKED', words: 'revoked certificate' },
  { number: 45, name: 'CERTIFICATE_EXPIRED', words: 'expired certificate' },
  { number: 46, name: 'CERTIFICATE_UNKNOWN', words: 'unknown certificate' },
  { number: 48, name: 'UNKNOWN_CA', words: 'unknown certificate authority' },
  { number: 49, name: 'ACCESS_DENIED', words: 'access denied' },
  { number: 51, name: 'DECRYPT_ERROR', words: 'error decrypting message' },
  { number: 70, name: 'PROTOCOL_VERSION', words: 'protocol version not supported' },
  { number: 71, name: 'INSUFFICIENT_SECURITY', words: 'insufficient security level' },
  { number: 80, name: 'INTERNAL_ERROR', words: 'internal error' },
  { number: 112, name: 'UNRECOGNIZED_NAME', words: 'unrecognized name' },
  { number: 116, name: 'CERTIFICATE_REQUIRED', words: 'certificate required' },
];

/** Why an answer is not HTTP, in Go's words for its first line (net/http/response.go). */
export function malformedResponse(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const packet = 'rawPacket' in error && error.rawPacket instanceof Buffer ? error.rawPacket.toString('latin1') : '';
  const [line = ''] = packet.split(/\r?\n/);
  if (line === '') return error.message;
  if (/^HTTP\/1\.[01] \d{3}( |$)/.test(line)) return 'malformed HTTP headers';
  return `malformed HTTP response ${JSON.stringify(line.slice(0, 200))}`;
}

function unable(reason: string): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: ${reason}`);
}
