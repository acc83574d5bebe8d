/** The server's clock, by the Date of its latest answer. The clock of this machine may be minutes off. */
import type { Clock } from '#src/objects/clock.ts';

export interface ServerClock {
  /** @param date the header `Date` of an answer that has just come */
  heard(date: string | undefined): void;
  /** Milliseconds since the epoch, up to a second late; of this machine's clock until the first answer. */
  now(): number;
}

export function serverClock(clock: Clock): ServerClock {
  let ahead = 0;
  return {
    heard(date) {
      const time = Date.parse(date ?? '');
      if (!Number.isNaN(time)) ahead = time - clock.now();
    },
    now: () => clock.now() + ahead,
  };
}
