/** The clocks of this machine. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#src/objects/clock.ts';

/** Never jumps, even if somebody sets the machine's time. It may stop while the machine sleeps. */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
};

/** The time of day. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
