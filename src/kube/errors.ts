/** What can go wrong between here and an API server, in kubectl's own words. */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import type { V1Status } from '@kubernetes/client-node';
import { Failure } from '#src/objects/failure.ts';
import { misfit, type Shape } from '#src/objects/shape.ts';

/**
 * The API server answered, and the answer is no. A value where the caller expects it (forbidden, not found),
 * thrown where it does not.
 */
export class StatusError extends Failure {
  override readonly name = 'StatusError';
  readonly code: number;
  /** `NotFound`, `Forbidden`, …; empty when the server gave none. */
  readonly reason: string;
  /** The server's own sentence, without kubectl's words around it. */
  readonly detail: string;
  /** What the server tells besides of why: which budget holds a pod, for one. */
  readonly causes: readonly string[];

  constructor(code: number, reason: string, detail: string, causes: readonly string[] = []) {
    // kubectl's own words for one who is not logged in (`checkErr`, k8s.io/kubectl/pkg/cmd/util/helpers.go)
    super(
      reason === 'Unauthorized'
        ? `error: You must be logged in to the server (${detail})`
        : `Error from server${reason ? ` (${reason})` : ''}: ${detail}`,
    );
    this.code = code;
    this.reason = reason;
    this.detail = detail;
    this.causes = causes;
  }

  // What a server says is one line, whatever it holds.
  override lines(): readonly string[] {
    return [this.message];
  }
}

/** An answer that began and did not come to its end. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** No answer that could be used: the server was not reached, or it is not an API server. */
export class ConnectionError extends Failure {
  override readonly name = 'ConnectionError';

  override lines(): readonly string[] {
    return this.message.split('\n');
  }
}

/** A kubeconfig that cannot be used. The message is a whole sentence, as kubectl has it. */
export class ConfigError extends Failure {
  override readonly name = 'ConfigError';

  override lines(): readonly string[] {
    return this.message.split('\n');
  }
}

/** A failed answer: its status, and what came with it. */
export interface FailedAnswer {
  status: number;
  /** Its media type without parameters; undefined where it has none. */
  contentType: string | undefined;
  body: string;
}

/**
 * A failed answer as kubectl would put it.
 * Source: `newUnstructuredResponseError` and `Result.Error`, k8s.io/client-go/rest/request.go;
 * `NewGenericServerResponse`, k8s.io/apimachinery/pkg/api/errors.
 *
 * @param what was asked for: `get pods web-0`
 */
export function statusError({ status: code, contentType, body }: FailedAnswer, what: string): StatusError {
  const status = contentType === undefined || isJson(contentType) ? failureIn(body) : undefined;
  if (status) return status;
  const isText = contentType === undefined || contentType.startsWith('text/');
  const [reason, sentence] = generic(code, isText ? body.slice(0, longestText).trim() : 'unknown');
  return new StatusError(code, reason, `${sentence} (${what})`);
}

export function isJson(contentType: string): boolean {
  return contentType === 'application/json';
}

/** Characters of a text that is not an object of Kubernetes (`maxUnstructuredResponseTextBytes`). */
const longestText = 2_048;

function generic(code: number, said: string): [reason: string, sentence: string] {
  const known = reasons.get(code);
  if (known) return known;
  if (code === 403) return ['Forbidden', said];
  if (code === 406) return ['NotAcceptable', said];
  if (code === 415) return ['UnsupportedMediaType', said];
  if (code < 500) return ['', `the server responded with the status code ${code} but did not return more information`];
  return [
    'InternalError',
    `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`,
  ];
}

const reasons = new Map<number, [reason: string, sentence: string]>([
  [400, ['BadRequest', 'the server rejected our request for an unknown reason']],
  [401, ['Unauthorized', 'the server has asked for the client to provide credentials']],
  [404, ['NotFound', 'the server could not find the requested resource']],
  [405, ['MethodNotAllowed', 'the server does not allow this method on the requested resource']],
  [409, ['Conflict', 'the server reported a conflict']],
  [422, ['Invalid', 'the server rejected our request due to an error in our request']],
  [429, ['TooManyRequests', 'the server has received too many requests and has asked us to try again later']],
  [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
  [
    504,
    [
      'Timeout',
      'the server was unable to return a response in the time allotted, but may still be processing the request',
    ],
  ],
]);

/** What a server no longer knows. They say Expired; Gone was the word of old ones (`isExpiredError` of the reflector). */
export function isGone(error: StatusError | ConnectionError): boolean {
  return error instanceof StatusError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone');
}

type Status = Partial<Pick<V1Status, 'apiVersion' | 'kind' | 'status' | 'code' | 'reason' | 'message'>> & {
  details?: { causes?: { message?: string }[] };
};

const statusShape: Shape<Status> = {
  fields: {
    apiVersion: 'string',
    kind: 'string',
    status: 'string',
    code: 'number',
    reason: 'string',
    message: 'string',
    details: { fields: { causes: { each: { fields: { message: 'string' } } } } },
  },
};

/** The failure that an object of kind Status tells of; undefined for any other object. */
export function failureOf(object: unknown): StatusError | undefined {
  if (misfit(object, statusShape) !== undefined) return undefined;
  const { apiVersion, kind, status, code = 0, reason = '', message = '', details } = object as Status;
  if (apiVersion !== 'v1' || kind !== 'Status' || status !== 'Failure') return undefined;
  const causes = (details?.causes ?? []).flatMap((cause) => cause.message ?? []);
  return new StatusError(code, reason, message, causes);
}

function failureIn(body: string): StatusError | undefined {
  try {
    return failureOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/**
 * Why a body is no JSON, in the words of Go's encoding/json as far as they do not depend on how a parser goes through
 * it.
 */
export function jsonFault(body: string): string {
  const first = body.trimStart().slice(0, 1);
  if (first === '' || '{[]"-0123456789tfn'.includes(first)) return 'unexpected end of JSON input';
  return `invalid character ${quotedCharacter(first)} looking for beginning of value`;
}

/** Go's `%q` of a byte that may be none to print. */
function quotedCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return code < 32 || code === 127 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${character}'`;
}

/** How far a request had come: until its connection stands, until an answer begins, then; and before another try. */
export type Phase = 'connecting' | 'waiting' | 'reading' | 'pausing';

/** One request took longer than `--request-timeout` allows. The words are those of Go's net/http. */
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
      return new ConnectionError('client rate limiter Wait returned an error: context deadline exceeded');
  }
}

/** An answer broke off, or cannot be unpacked (`transformResponse`, k8s.io/client-go/rest/request.go). */
export function bodyError(why: string): ConnectionError {
  return new ConnectionError(`unexpected error when reading response body. Please retry. Original error: ${why}`);
}

/** An error of Node's sockets, TLS and HTTP as kubectl would put it. */
export function connectionError(error: NodeJS.ErrnoException, server: URL): Error {
  if (error instanceof ConnectionError || error instanceof ConfigError || error instanceof StatusError) return error;
  if (error instanceof BrokenOff) return bodyError('unexpected EOF');
  const { hostname, host } = server;
  // Of an abort it is a number.
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
    // bun, of a connection that was taken and closed.
    case 'ERR_SOCKET_CLOSED':
      return unable('EOF');
    case 'ECONNRESET':
      // Ended in order, or not.
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

/** What is wrong with the server's certificate, in the words of Go's crypto/x509. */
export function certificateError(why: string): ConnectionError {
  return unable(`tls: failed to verify certificate: x509: ${why}`);
}

/** TLS was spoken to a server that speaks none. */
export function plainHttpError(): ConnectionError {
  return unable('http: server gave HTTP response to HTTPS client');
}

/** The name server that was asked, as far as one is asked for such a name. */
function askedAt(hostname: string): string {
  const [server] = getServers();
  if (server === undefined || !/^[a-z0-9_]([a-z0-9_.-]*[a-z][a-z0-9_.-]*)?$/i.test(hostname)) return '';
  return ` on ${/:\d+$/.test(server) && !/^[^[]*:.*:/.test(server) ? server : `${isIP(server) === 6 ? `[${server}]` : server}:53`}`;
}

/** Why the other side ended the TLS handshake, in the words of Go's crypto/tls/alert.go. */
function alertOf(error: Error): string | undefined {
  const { message } = error;
  const code = codeOf(error) ?? '';
  const [, number] = /SSL alert number (\d+)/.exec(message) ?? [];
  const [, name] = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$/.exec(code) ?? [];
  return alerts.find((alert) => alert.number === Number(number) || alert.name === name)?.words;
}

/** RFC 8446, 6; by their names in OpenSSL. */
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

/** What is wrong with an answer that is no HTTP: of its first line in Go's words (net/http/response.go). */
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

/** Whether there is no file or folder of that name. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** Why a file could not be read, in Go's words: `open /x: permission denied`. */
export function fileErrorWords(error: unknown, path: string): string {
  const code = codeOf(error);
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  const words = code === undefined ? undefined : fileErrors.get(code);
  return words === undefined ? String(error) : `open ${path}: ${words}`;
}

/** strerror(3), as Go prints it. */
const fileErrors = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['ENOTDIR', 'not a directory'],
  ['ELOOP', 'too many levels of symbolic links'],
  ['ENAMETOOLONG', 'file name too long'],
]);

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
