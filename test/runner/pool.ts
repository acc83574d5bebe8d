/** Processes that run test files one after the other: starting a process anew for each would take longer than most do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fatal, joined, lingering, type Phase, type PhaseOptions } from './child.ts';
import { nothing } from './counts.ts';
import { checkout } from './files.ts';

/** What a worker writes to its standard output behind all that the tests of a job have written. */
export const endOfJob = '\0end of job\0';

interface Worker {
  /** Runs the files of one job. A worker that has ended runs no other. */
  run(files: readonly string[]): Promise<{ phase: Phase; ended: boolean }>;
  /** Ends it. */
  end(): Promise<Phase>;
}

/**
 * Runs jobs in as many processes as there are processors. Each takes the next job when it is done with one. The output of
 * a job is printed when the job is done.
 *
 * @param jobs files that are run one after the other, in one process
 */
export async function runInPool(jobs: readonly (readonly string[])[], options: PhaseOptions): Promise<Phase> {
  const waiting = [...jobs];
  const phases: Phase[] = [];
  const work = async (): Promise<void> => {
    let worker: Worker | undefined;
    for (let next = waiting.shift(); next && !options.signal.aborted; next = waiting.shift()) {
      worker ??= startWorker(options);
      const { phase, ended } = await worker.run(next);
      phases.push(phase);
      if (ended) worker = undefined;
    }
    if (worker) phases.push(await worker.end());
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, work));
  return joined(phases);
}

function startWorker({ env, signal, grep, print = (output) => process.stdout.write(output) }: PhaseOptions): Worker {
  const words = [join(import.meta.dirname, 'worker.ts'), ...(grep === undefined ? [] : [`--grep=${grep}`])];
  const child = spawn(process.execPath, words, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const closed = once(child, 'close').finally(() => signal.removeEventListener('abort', stop));
  const output = outputOf(child);
  const how = (): string => child.signalCode ?? `exit code ${child.exitCode}`;

  return {
    async run(files) {
      // The end of the process tells it too when it cannot be sent.
      child.send(files, () => {});
      const done = Promise.all([once(child, 'message'), output.ofJob()]);
      const told = await Promise.race([done, closed.then(() => undefined)]);
      if (told !== undefined) {
        const [[phase], said] = told;
        print(said);
        return { phase: phase as Phase, ended: false };
      }
      print(output.rest());
      if (signal.aborted) return { phase: joined([]), ended: true };
      print(`The tests ended without a result (${how()}): ${files.join(' ')}\n`);
      return { phase: { counts: fatal, times: {} }, ended: true };
    },
    async end() {
      child.send([], () => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), lingering);
      await closed;
      clearTimeout(timer);
      print(output.rest());
      if (signal.aborted || child.exitCode === 0) return joined([]);
      print(`The tests left something open, so that their process did not end (${how()}).\n`);
      return { counts: { ...nothing, failed: 1 }, times: {} };
    },
  };
}

/** What a worker writes, job by job. */
function outputOf({ stdout, stderr }: ChildProcess): { ofJob(): Promise<string>; rest(): string } {
  let said = '';
  let told = Promise.withResolvers<string>();
  const rest = (): string => {
    const all = said.replaceAll(endOfJob, '');
    said = '';
    return all;
  };
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes(endOfJob)) told.resolve(rest());
    });
  }
  return {
    ofJob() {
      told = Promise.withResolvers();
      return told.promise;
    },
    rest,
  };
}
