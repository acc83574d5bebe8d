import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Counts, nothing, sum, type Times } from './counts.ts';
import { checkout } from './files.ts';

/** What became of a phase. */
export interface Phase {
  counts: Counts;
  times: Times;
}

/** How long a phase may live on when its tests have ended: what stays open for longer was forgotten. */
export const lingering = 10_000;

export const fatal: Counts = { ...nothing, failed: 1 };

export interface PhaseOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Words before the command, where it is to run in other namespaces. */
  before?: readonly string[];
  /** Only tests whose title holds this. */
  grep?: string | undefined;
  /** Is given the output of tests that run beside others, file by file. Without it, that is printed. */
  print?: ((output: string) => void) | undefined;
}

export function joined(phases: readonly Phase[]): Phase {
  return {
    counts: phases.map(({ counts }) => counts).reduce(sum, nothing),
    times: Object.assign({}, ...phases.map(({ times }) => times)),
  };
}

/** Runs one phase over `files`, in a process of its own. One that ends without a result counts as one failure. */
export function runPhase(files: readonly string[], { env, signal, before = [], grep }: PhaseOptions): Promise<Phase> {
  return new Promise((resolve) => {
    let result: Phase | undefined;
    let forgotten = false;
    let timer: NodeJS.Timeout | undefined;
    const options = grep === undefined ? [] : [`--grep=${grep}`];
    const phase = [process.execPath, join(import.meta.dirname, 'phase.ts'), ...options, ...files];
    const [program = '', ...words] = [...before, ...phase];
    const child = spawn(program, words, { cwd: checkout, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.on('message', (message) => {
      result = message as Phase;
      timer = setTimeout(() => {
        forgotten = true;
        child.kill('SIGKILL');
      }, lingering);
    });
    child.on('exit', (code, end) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      const { counts, times } = result ?? { counts: nothing, times: {} };
      if (signal.aborted) return resolve({ counts, times });
      if (result === undefined) {
        process.stdout.write(`The tests ended without a result (${end ?? `exit code ${code}`}).\n`);
        return resolve({ counts: fatal, times });
      }
      if (!forgotten) return resolve({ counts, times });
      process.stdout.write('The tests left something open, so that their process did not end.\n');
      resolve({ counts: { ...counts, failed: counts.failed + 1 }, times });
    });
  });
}
