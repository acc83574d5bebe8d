import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '#src/objects/clock.ts';

/** A clock of which sleeping makes the time pass, without waiting. */
export interface QuickClock extends Clock {
  /** How long was slept each time, of what `isQuick`. */
  slept: number[];
  pass(milliseconds: number): void;
}

/** @param isQuick whether a sleep of so many milliseconds is over at once; any other lasts until its signal */
export function quickClock(isQuick: (milliseconds: number) => boolean = (milliseconds) => milliseconds < 60_000) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const slept: number[] = [];
  const clock: QuickClock = {
    slept,
    now: () => now,
    pass(milliseconds) {
      now += milliseconds;
    },
    async sleep(milliseconds, signal) {
      if (signal.aborted) return;
      if (isQuick(milliseconds)) {
        slept.push(milliseconds);
        now += milliseconds;
        // As long as it takes for what is on its way over loopback to arrive, more or less.
        await turn();
        return;
      }
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
  return clock;
}
