/** Processes that run test files one after the other: starting a process anew for each would take longer than most do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { failedPhase, joined, type Phase, type PhaseOptions } from './child.ts';
import { checkout } from './files.ts';
import { afterLastTest, endOf, heldOutput, howEnded, lingering, toStdout } from './output.ts';
import { inParallel } from './queue.ts';

/** What a worker writes to its standard output behind all that the tests of a job have written. */
export const endOfJob = '\0end of job\0';

/**
 * Runs jobs in as many processes as there are processors. Each takes the next job when it is done with one. The output of
 * a job is printed when the job is done.
 *
 * @param jobs files that are run one after the other, in one process
 */
export async function runInPool(jobs: readonly (readonly string[])[], options: PhaseOptions): Promise<Phase> {
  const phases: Phase[] = [];
  await inParallel(jobs, availableParallelism(), options.signal, () => {
    let worker: Worker | undefined;
    return {
      async run(files) {
        worker ??= startWorker(options);
        const { phase, ended } = await worker.run(files);
        phases.push(phase);
        if (ended) worker = undefined;
      },
      async end() {
        if (worker) phases.push(await worker.end());
      },
    };
  });
  return joined(phases);
}

interface Worker {
  /** Runs the files of one job. A worker that has ended runs no other. */
  run(files: readonly string[]): Promise<{ phase: Phase; ended: boolean }>;
  /** Ends it. */
  end(): Promise<Phase>;
}

function startWorker({ env, signal, grep, print = toStdout }: PhaseOptions): Worker {
  const words = [join(import.meta.dirname, 'worker.ts'), ...(grep === undefined ? [] : [`--grep=${grep}`])];
  const child = spawn(process.execPath, words, { cwd: checkout, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const ended = endOf(child).finally(() => signal.removeEventListener('abort', stop));
  const output = outputOf(child);

  return {
    async run(files) {
      // The end of the process tells it too when it cannot be sent.
      child.send(files, () => {});
      const done = Promise.all([once(child, 'message'), output.ofJob()]);
      const told = await Promise.race([done, ended.then(() => undefined)]);
      if (told !== undefined) {
        const [[phase], said] = told;
        print(said);
        return { phase: phase as Phase, ended: false };
      }
      print(output.rest());
      if (signal.aborted) return { phase: joined([]), ended: true };
      const fault = `The tests ended without a result (${howEnded(child)}): ${files.join(' ')}`;
      print(`${fault}\n`);
      return { phase: failedPhase(fault), ended: true };
    },
    async end() {
      child.send([], () => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), lingering);
      const isHeld = await ended;
      clearTimeout(timer);
      print(output.rest());
      if (signal.aborted || (child.exitCode === 0 && !isHeld)) return joined([]);
      const fault = isHeld ? heldOutput : afterLastTest(child);
      print(`${fault}.\n`);
      return failedPhase(fault);
    },
  };
}

/** What a worker writes, job by job. */
function outputOf({ stdout, stderr }: ChildProcess): { ofJob(): Promise<string>; rest(): string } {
  let [out, err] = ['', ''];
  let told = Promise.withResolvers<string>();
  const rest = (): string => {
    const all = out.replaceAll(endOfJob, '') + err;
    [out, err] = ['', ''];
    return all;
  };
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (out.includes(endOfJob)) told.resolve(rest());
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return {
    ofJob() {
      told = Promise.withResolvers();
      return told.promise;
    },
    rest,
  };
}
