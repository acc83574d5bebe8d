/** Failures that are not faults of this program. The person gets a few lines about them, and no stack. */

/**
 * 0: done, or shown. 1: checked, and the answer is bad. 2: not checked, or not done. From 128 on: 128 plus a signal's
 * number.
 */
export type ExitCode = number;

/** Each kind of failure has its own exit code and its own lines. */
export abstract class Failure extends Error {
  readonly exitCode: ExitCode = 2;

  /**
   * Lines for standard error. They are escaped when they are printed, since they may hold text from a cluster or a
   * file.
   */
  abstract lines(): readonly string[];
}
