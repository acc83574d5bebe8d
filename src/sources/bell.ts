/** Lets a loop wait for news or for a time, whichever comes first. */
import { type Clock, longestTimer } from '#src/objects/clock.ts';

export interface Bell {
  /** Says that there is news. */
  ring(): void;
  /** Resolves once the bell has rung since the last call, after `atMost` milliseconds, or with the signal. */
  rung(atMost: number): Promise<void>;
}

export function bellOf(clock: Clock, signal: AbortSignal): Bell {
  let rings = false;
  let wake = () => {};
  return {
    ring() {
      rings = true;
      wake();
    },
    async rung(atMost) {
      // Even where the time is up already, the code that rings the bell gets its turn.
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
