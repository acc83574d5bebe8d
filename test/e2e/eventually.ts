import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

const interval = 100;

/**
 * Asks again and again until an assertion holds. When the deadline has passed, the last failure tells what was seen.
 *
 * @param deadline milliseconds from now
 */
export async function eventually<T>(what: string, check: () => Promise<T>, deadline = 30_000): Promise<T> {
  const end = Date.now() + deadline;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
      if (Date.now() > end) {
        error.message = `${what}: not within ${deadline / 1000} s: ${error.message}`;
        throw error;
      }
    }
    await delay(interval);
  }
}
