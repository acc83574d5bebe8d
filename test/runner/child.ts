import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { addTimes, type Counts, nothing, sum, type Times } from './counts.ts';
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
  /** Gets the whole output of the process when it has ended. Without it, the output is printed as it comes. */
  print?: ((output: string) => void) | undefined;
}

export interface SideBySideOptions extends PhaseOptions {
  /** How many processes run at a time: as many as there are processors, unless given. */
  atATime?: number;
  /** Gets the groups that are running, and the number of those that are done, whenever these change. */
  progress?: ((running: readonly (readonly string[])[], done: number) => void) | undefined;
}

/**
 * Runs each group of files in a process of its own, several at a time, in their order. Files that share something outside
 * of their process, such as dist/, are given as one group.
 */
export async function runSideBySide(
  groups: readonly (readonly string[])[],
  {
    atATime = availableParallelism(),
    progress,
    print = (output) => process.stdout.write(output),
    ...options
  }: SideBySideOptions,
): Promise<Phase> {
  const waiting = groups.filter((group) => group.length > 0);
  const running = new Set<readonly string[]>();
  const phases: Phase[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !options.signal.aborted; next = waiting.shift()) {
      running.add(next);
      progress?.([...running], phases.length);
      phases.push(await runPhase(next, { ...options, print }));
      running.delete(next);
      progress?.([...running], phases.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, waiting.length) }, work));
  return joined(phases);
}

export function joined(phases: readonly Phase[]): Phase {
  return {
    counts: phases.map(({ counts }) => counts).reduce(sum, nothing),
    times: phases.map(({ times }) => times).reduce(addTimes, {}),
  };
}

/** Runs one phase over `files`, in a process of its own. One that ends without a result counts as one failure. */
export function runPhase(
  files: readonly string[],
  { env, signal, before = [], grep, print }: PhaseOptions,
): Promise<Phase> {
  return new Promise((resolve) => {
    let result: Phase | undefined;
    let forgotten = false;
    let timer: NodeJS.Timeout | undefined;
    const options = grep === undefined ? [] : [`--grep=${grep}`];
    const phase = [process.execPath, join(import.meta.dirname, 'phase.ts'), ...options, ...files];
    const [program = '', ...words] = [...before, ...phase];
    const out = print ? 'pipe' : 'inherit';
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
      print?.((await said).join(''));
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
