/** The limit of `--request-timeout`. */
import { type Phase, timeoutError } from './networkerror.ts';

/** The state of one request, from its first try to its last. */
export interface Course {
  /** Ends the request. */
  signal: AbortSignal;
  /** Records how far the request has come, for the message when the time is up. */
  reach(phase: Phase): void;
}

/**
 * Runs `work`, and aborts its signal when the time is up.
 *
 * @param timeout milliseconds; 0 for no limit
 * @param signal of the caller
 * @throws {ConnectionError} with kubectl's message when the time was up
 */
export async function limited<T>(
  timeout: number,
  signal: AbortSignal,
  work: (course: Course) => Promise<T>,
): Promise<T> {
  if (timeout === 0) return work({ signal, reach() {} });
  let phase: Phase = 'connecting';
  const reach = (next: Phase) => {
    phase = next;
  };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout);
  try {
    return await work({ signal: AbortSignal.any([signal, limit.signal]), reach });
  } catch (error) {
    throw limit.signal.aborted && !signal.aborted ? timeoutError(phase) : error;
  } finally {
    clearTimeout(timer);
  }
}
