/** Time, for code that has to wait. A test hands in a clock of its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after this many milliseconds, at most `longestTimer`, or as soon as `signal` is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The most milliseconds that a timer of JavaScript waits, 24 days. A longer one would fire at once. */
export const longestTimer = 2 ** 31 - 1;
