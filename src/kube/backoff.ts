/** The pauses between tries, which grow each time. */
import type { Clock } from '#src/objects/clock.ts';

export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(): number;
}

/** Milliseconds, as in client-go's reflector (tools/cache/reflector.go, `defaultBackoff…`). */
const first = 800;
const factor = 2;
/** Milliseconds. The reflector's is 30 s, which spares the server thousands of controllers; here a person waits. */
const longest = 5_000;
/** Milliseconds without a failure after which the pauses start again from the first. */
const forgotten = 2 * 60_000;

/**
 * @param random from 0 to below 1: it makes each pause up to twice as long, so that not all clients come back at once
 */
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
