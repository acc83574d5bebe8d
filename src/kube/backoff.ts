/** How long to wait before the next try, longer each time. */
import type { Clock } from '#src/objects/clock.ts';

export interface Backoff {
  /** Milliseconds to wait now. */
  next(): number;
}

/**
 * As client-go's reflector waits (tools/cache/reflector.go, `defaultBackoff…`), but for `longest`: that keeps the load
 * of thousands of controllers low, while here a person waits for the server to come back.
 */
const first = 800;
const factor = 2;
const longest = 5_000;
/** After so long without trouble the next one counts as the first. */
const forgotten = 2 * 60_000;

/** @param random from 0 to below 1: each wait is up to twice as long, so that not all clients come back at once */
export function backoff(clock: Clock, random: () => number): Backoff {
  let duration = first;
  let asked = clock.now();
  return {
    next() {
      if (clock.now() - asked > forgotten) duration = first;
      asked = clock.now();
      const wait = duration * (1 + random());
      duration = Math.min(duration * factor, longest);
      return wait;
    },
  };
}
