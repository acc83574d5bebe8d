/** The failures of a connection to an API server. Each carries kubectl's own message. */
import { Failure } from '#src/objects/failure.ts';

/**
 * The API server answered with a refusal. It is returned as a value where the caller expects it (forbidden, not found),
 * and thrown where it does not.
 */
export class StatusError extends Failure {
  /** The HTTP status code; 200 for an answer that was meant as a success but is malformed. */
  readonly code: number;
  /** `NotFound`, `Forbidden`, …; empty when the server gave none. */
  readonly reason: string;
  /** The server's own message, without the words that kubectl puts around it. */
  readonly detail: string;
  /** Messages of the causes that the server lists, such as the budget that keeps a pod from being evicted. */
  readonly causes: readonly string[];

  constructor(code: number, reason: string, detail: string, causes: readonly string[] = []) {
    // `checkErr` of k8s.io/kubectl/pkg/cmd/util/helpers.go words a missing login differently.
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

  // A server's message stays one line: its line breaks are escaped where it is printed.
  override lines(): readonly string[] {
    return [this.message];
  }
}

/** No usable answer: the server was not reached, or it is not an API server. */
export class ConnectionError extends Failure {
  override lines(): readonly string[] {
    return this.message.split('\n');
  }
}

/**
 * The kubeconfig, the flags or the credentials cannot be used. The message is a whole sentence, as kubectl prints it.
 */
export class ConfigError extends Failure {
  override lines(): readonly string[] {
    return this.message.split('\n');
  }
}

/** An answer began and broke off before its end. The message is kubectl's. */
export class BrokenOff extends Error {
  constructor(message = 'unexpected error when reading response body. Please retry. Original error: unexpected EOF') {
    super(message);
  }
}

/**
 * Whether the server no longer knows the version that was asked for. The reason is Expired; old servers said Gone
 * (`isExpiredError`, k8s.io/client-go/tools/cache/reflector.go).
 */
export function isGone(error: StatusError | ConnectionError): boolean {
  return error instanceof StatusError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone');
}

/** The code of an error of Node, such as `ENOENT`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** An error as Node makes them, for those who look at its code. */
export function coded(code: string, message = code): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}
