/** Which requests are made again, and after how long. Source: k8s.io/client-go/rest/with_retry.go, request.go. */
import type { Clock } from '#src/objects/clock.ts';
import { longestTimer } from '#src/objects/clock.ts';
import { BrokenOff } from '../errors.ts';

/** `maxRetries` */
const mostRetries = 10;

/**
 * Of an answer that breaks off. client-go does not try again once a part of the answer has come
 * (docs/kubectl-differences.md, 'A list that breaks off').
 */
const mostBrokenOff = 2;

/** Seconds before a request is made again whose connection was cut. */
const afterCut = 1;

export interface Reply {
  status: number;
  /** The header, as it came. */
  retryAfter: string | undefined;
}

/**
 * Makes a request until it has an answer that is not 'come again later', or has been made often enough.
 *
 * @param harmless whether it may be made twice, though the server may have done what it asks for the first time
 * @param waits is told the seconds and why, before each of them
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

/** Seconds; undefined where the server does not ask for another try (`checkWait`). A date is not understood. */
function retryAfter({ status, retryAfter }: Reply): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  if (retryAfter === undefined || !/^[+-]?\d+$/.test(retryAfter)) return undefined;
  return Math.min(Math.max(Number(retryAfter), 0), Math.trunc(longestTimer / 1_000));
}

/** Reset by the other side, or ended before the answer was whole. */
function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error instanceof BrokenOff || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_SOCKET_CLOSED';
}
