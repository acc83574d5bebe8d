/** The clock that code is given if it reads the time or waits. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds, or as soon as `signal` is aborted. Ask the signal which. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
