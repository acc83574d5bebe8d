/** Failures that a person is told of in a few lines, because they are no faults of this program. */

/** 0: done, or shown. 1: checked, and the answer is bad. 2: not checked, or not done. From 128 on: a signal's number more. */
export type ExitCode = number;

/** Each kind of failure knows how it is presented and what the process ends with. */
export abstract class Failure extends Error {
  readonly exitCode: ExitCode = 2;

  /** Lines for standard error. They may hold text of a cluster or a file, which is escaped where it is printed. */
  abstract lines(): readonly string[];
}
