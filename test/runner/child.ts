import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Counts, nothing, sum, type Times } from './counts.ts';
import { checkout } from './files.ts';

/** What became of a phase. */
export interface Phase {
  counts: Counts;
  times: Times;
}

/** How long a phase may live on when its tests have ended: what stays open for longer was forgotten. */
const lingering = 10_000;

const fatal: Counts = { ...nothing, failed: 1 };

export interface PhaseOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Words before the command, where it is to run in other namespaces. */
  before?: readonly string[];
  /** Only tests whose title holds this. */
  grep?: string | undefined;
  /** Print all that the process says once it has ended, and not as it comes. */
  whole?: boolean;
}

/** Files in a process: a process takes a second to start. */
const batch = 12;

/**
 * Runs `files` in as many processes at a time as there are processors. Files that share something outside of their
 * process, such as dist/, are given as one group and stay in one process.
 */
export async function runSideBySide(groups: readonly (readonly string[])[], options: PhaseOptions): Promise<Phase> {
  const waiting = groups.flatMap((group) => (group.length > 0 ? [group] : []));
  const phases: Phase[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !options.signal.aborted; next = waiting.shift()) {
      phases.push(await runPhase(next, { ...options, whole: true }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, work));
  return {
    counts: phases.map(({ counts }) => counts).reduce(sum, nothing),
    times: Object.assign({}, ...phases.map(({ times }) => times)),
  };
}

/** Batches of files of about the same number, each with files of all folders: none has all that is slow. */
export function batches(files: readonly string[]): string[][] {
  const count = Math.max(Math.ceil(files.length / batch), 1);
  return Array.from({ length: count }, (_, at) => files.filter((_file, position) => position % count === at));
}

/** Runs one phase over `files`, in a process of its own. One that ends without a result counts as one failure. */
export function runPhase(
  files: readonly string[],
  { env, signal, before = [], grep, whole = false }: PhaseOptions,
): Promise<Phase> {
  return new Promise((resolve) => {
    let result: Phase | undefined;
    let forgotten = false;
    let timer: NodeJS.Timeout | undefined;
    const options = grep === undefined ? [] : [`--grep=${grep}`];
    const phase = [process.execPath, join(import.meta.dirname, 'phase.ts'), ...options, ...files];
    const [program = '', ...words] = [...before, ...phase];
    const out = whole ? 'pipe' : 'inherit';
    const child = spawn(program, words, { cwd: checkout, env, stdio: ['inherit', out, out, 'ipc'] });
    const said = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.on('message', (message) => {
      result = message as Phase;
      timer = setTimeout(() => {
        forgotten = true;
        child.kill('SIGKILL');
      }, lingering);
    });
    child.on('exit', async (code, end) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      process.stdout.write((await said).join(''));
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
