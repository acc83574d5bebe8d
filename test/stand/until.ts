import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two tries. */
const interval = 50;

/**
 * Asks again and again until `probe` gives something else than undefined. An error that it throws counts as
 * not yet; when `deadline` (as of Date.now) has passed, the last one is the cause of the error thrown. Stops
 * asking when the signal is aborted.
 */
export async function until<T>(
  what: string,
  deadline: number,
  signal: AbortSignal,
  probe: () => Promise<T | undefined>,
): Promise<T> {
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within the time allowed`, { cause: last });
    await delay(interval, undefined, { signal });
  }
}
