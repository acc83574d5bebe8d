/** Time as it is handed to what has to wait. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Is over after so many milliseconds, or as soon as `signal` is aborted: ask it which. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Never jumps, whoever sets the machine's time; it may stand still while the machine sleeps. */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds, signal),
};

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
