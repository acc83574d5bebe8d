/** How long a server may take, and what else every way to ask needs. */
import type { Clock } from '#src/objects/clock.ts';

export interface AskOptions {
  clock: Clock;
  /** Milliseconds for each question, from the moment when it was sent. */
  patience: number;
  /** From 0 to less than 1. */
  random: () => number;
  signal: AbortSignal;
}

/** Milliseconds that a connection may take to open. */
export const openingPatience = 10_000;

/** Milliseconds for this many questions together, so that a slow server cannot keep the caller forever. */
export function wholePatience(patience: number, questions: number): number {
  return openingPatience + patience * (5 + questions / 100);
}
