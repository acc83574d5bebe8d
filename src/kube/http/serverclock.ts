/** The server's clock, by the Date of its answers. The clock of this machine may be minutes off. */
import type { Clock } from '#src/objects/clock.ts';

export interface ServerClock {
  /** @param date the header `Date` of an answer that has just come */
  heard(date: string | undefined): void;
  /** Milliseconds since the epoch, up to a second late; of this machine's clock until the first answer. */
  now(): number;
}

/** Milliseconds by which an answer may seem older than it is: whole seconds, and what its way took. More, and a clock was set. */
const slack = 5_000;

/**
 * A Date has whole seconds, and is some milliseconds old when it comes: the server is at least as far ahead as it says.
 * The answer that puts it furthest ahead is the most exact one.
 */
export function serverClock(clock: Clock): ServerClock {
  let ahead: number | undefined;
  return {
    heard(date) {
      const time = Date.parse(date ?? '');
      if (Number.isNaN(time)) return;
      const least = time - clock.now();
      if (ahead === undefined || least > ahead || least < ahead - slack) ahead = least;
    },
    now: () => clock.now() + (ahead ?? 0),
  };
}
