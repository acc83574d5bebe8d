import { systemClock } from '#src/cli/clock.ts';
import type { Clock } from '#src/objects/clock.ts';

/** A clock that runs so many times as fast as the real one: a command that waits for seconds waits for milliseconds. */
export function hurriedClock(times = 50): Clock {
  const begun = performance.now();
  return {
    now: () => Date.parse('2026-01-01T00:00:00Z') + (performance.now() - begun) * times,
    sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / times, signal),
  };
}
