/** Which requests are repeated, and when. Source: k8s.io/client-go/rest/with_retry.go, request.go. */
import type { Clock } from '#src/objects/clock.ts';
import { longestTimer } from '#src/objects/clock.ts';
import { BrokenOff } from '../errors.ts';

/** `maxRetries` */
const mostRetries = 10;

/**
 * Tries after an answer broke off. client-go makes none once a part of the answer has arrived
 * (docs/kubectl-differences.md, 'A list that breaks off').
 */
const mostBrokenOff = 2;

/** Seconds before a request is repeated after its connection was cut. */
const afterCut = 1;

export interface Reply {
  status: number;
  /** The Retry-After header. */
  retryAfter: string | undefined;
}

/**
 * Makes a request, and repeats it when the server asks for that (Retry-After) or when the connection was cut, up to ten
 * times.
 *
 * @param harmless whether the request may be repeated after a cut, when the server may have carried it out
 * @param waits is called before each pause, with its seconds and the reason
 */
export async function persistently<T extends Reply>(
  once: () => Promise<T>,
  {
    harmless,
    clock,
    signal,
    waits,
  }: { harmless: boolean; clock: Clock; signal: AbortSignal; waits: (seconds: number, why: string) => void },
): Promise<T> {
  for (let retries = 0; ; retries++) {
    const last = retries === mostRetries;
    try {
      const reply = await once();
      const seconds = retryAfter(reply);
      if (seconds === undefined || last) return reply;
      waits(seconds, `the server answers ${reply.status}`);
      await clock.sleep(seconds * 1_000, signal);
    } catch (error) {
      const most = error instanceof BrokenOff ? mostBrokenOff : mostRetries;
      if (retries >= most || !harmless || signal.aborted || !isCut(error)) throw error;
      waits(afterCut, 'the connection was cut');
      await clock.sleep(afterCut * 1_000, signal);
    }
    signal.throwIfAborted();
  }
}

/**
 * Seconds; undefined when the server does not ask for another try (`checkWait`). As in client-go, a date is ignored.
 */
function retryAfter({ status, retryAfter }: Reply): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  if (retryAfter === undefined || !/^[+-]?\d+$/.test(retryAfter)) return undefined;
  return Math.min(Math.max(Number(retryAfter), 0), Math.trunc(longestTimer / 1_000));
}

/** Whether the other side reset the connection, or closed it before the end of the answer. */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error instanceof BrokenOff || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_SOCKET_CLOSED';
}
