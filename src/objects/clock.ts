/** Time as it is handed to what has to wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Is over after so many milliseconds, or as soon as `signal` is aborted: ask it which. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
