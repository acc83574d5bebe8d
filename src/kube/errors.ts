/** What can go wrong between here and an API server, in kubectl's own words. */
import type { V1Status } from '@kubernetes/client-node';

/**
 * The API server answered, and the answer is no. A value where the caller expects it (forbidden, not found),
 * thrown where it does not.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: number;
  /** `NotFound`, `Forbidden`, …; empty when the server gave none. */
  readonly reason: string;
  /** The server's own sentence, without kubectl's words around it. */
  readonly detail: string;

  constructor(code: number, reason: string, detail: string) {
    // kubectl's own words for one who is not logged in (`checkErr`, k8s.io/kubectl/pkg/cmd/util/helpers.go)
    super(
      reason === 'Unauthorized'
        ? `error: You must be logged in to the server (${detail})`
        : `Error from server${reason ? ` (${reason})` : ''}: ${detail}`,
    );
    this.code = code;
    this.reason = reason;
    this.detail = detail;
  }
}

/** No answer that could be used: the server was not reached, or it is not an API server. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** A kubeconfig that cannot be used. The message is a whole sentence, as kubectl has it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * A failed answer as kubectl would put it.
 * Source: `checkResponse` and `NewGenericServerResponse`, k8s.io/apimachinery/pkg/api/errors.
 */
export function statusError(code: number, body: string): StatusError {
  const status = parseStatus(body);
  if (status) return new StatusError(status.code ?? code, status.reason ?? '', status.message ?? 'unknown');
  const [reason, sentence] = reasons.get(code) ?? ['', `the server responded with the status code ${code}`];
  return new StatusError(code, reason, sentence);
}

const reasons = new Map<number, [reason: string, sentence: string]>([
  [401, ['Unauthorized', 'the server has asked for the client to provide credentials']],
  [403, ['Forbidden', 'unknown']],
  [404, ['NotFound', 'the server could not find the requested resource']],
  [429, ['TooManyRequests', 'the server has received too many requests and has asked us to try again later']],
  [500, ['InternalError', 'an error on the server has prevented the request from succeeding']],
  [503, ['ServiceUnavailable', 'the server is currently unable to handle the request']],
  [504, ['Timeout', 'the server was unable to return a response in the time allotted']],
]);

function parseStatus(body: string): Partial<Pick<V1Status, 'code' | 'reason' | 'message'>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !('kind' in parsed) || parsed.kind !== 'Status')
      return undefined;
    const { code, reason, message } = parsed as Record<string, unknown>;
    return {
      ...(typeof code === 'number' ? { code } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return undefined;
  }
}

/** An error of Node's sockets and TLS as kubectl would put it. */
export function connectionError(error: NodeJS.ErrnoException, server: URL): ConnectionError {
  const { hostname, host } = server;
  switch (error.code) {
    case 'ECONNREFUSED':
      return new ConnectionError(
        `The connection to the server ${host} was refused - did you specify the right host or port?`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unable(`dial tcp: lookup ${hostname}: no such host`);
    case 'ETIMEDOUT':
      return unable(`dial tcp ${host}: i/o timeout`);
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return unable('net/http: TLS handshake timeout');
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return unable('tls: failed to verify certificate: x509: certificate signed by unknown authority');
    case 'CERT_HAS_EXPIRED':
      return unable('tls: failed to verify certificate: x509: certificate has expired or is not yet valid');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return unable(`tls: failed to verify certificate: x509: certificate is not valid for ${hostname}`);
    default:
      return unable(`${error.message} (${host})`);
  }
}

function unable(reason: string): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: ${reason}`);
}
