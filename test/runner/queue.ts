/** Jobs that wait, and workers that take one after the other. */

/** Runs one job at a time. */
export interface QueueWorker<Job> {
  run(job: Job): Promise<void>;
  /** When no job is left for it. */
  end?(): Promise<void>;
}

/**
 * Runs all jobs, in the order in which they are given, by several workers at a time. After `signal` no other job begins.
 *
 * @param atATime how many workers there are, at most
 */
export async function inParallel<Job>(
  jobs: readonly Job[],
  atATime: number,
  signal: AbortSignal,
  makeWorker: () => QueueWorker<Job>,
): Promise<void> {
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    const worker = makeWorker();
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      await worker.run(next);
    }
    await worker.end?.();
  };
  await Promise.all(Array.from({ length: Math.min(atATime, waiting.length) }, work));
}
