/** Waiting for news of any kind, or for a time. */
import { type Clock, longestTimer } from '#src/objects/clock.ts';

export function bellOf(clock: Clock, signal: AbortSignal) {
  let rings = false;
  let wake = () => {};
  return {
    ring(): void {
      rings = true;
      wake();
    },
    /** Until it has rung since the last time, at most so many milliseconds. */
    async rung(atMost: number): Promise<void> {
      // Whatever the caller thinks is due: what rings must have its turn.
      if (!rings && atMost <= 0) await clock.sleep(0, signal);
      else if (!rings) {
        const waiting = new AbortController();
        wake = () => waiting.abort();
        signal.addEventListener('abort', wake);
        if (!signal.aborted) await clock.sleep(Math.min(atMost, longestTimer), waiting.signal);
        signal.removeEventListener('abort', wake);
      }
      rings = false;
    },
  };
}
