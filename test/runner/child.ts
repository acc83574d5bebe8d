import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { addTimes, type Counts, nothing, sum, type Times } from './counts.ts';
import { checkout } from './files.ts';
import { afterLastTest, endOf, heldOutput, howEnded, lingering, toStdout } from './output.ts';
import { inParallel } from './queue.ts';

/** What became of a phase. */
export interface Phase {
  counts: Counts;
  times: Times;
  /** What has failed, each in a few lines. */
  failures: readonly string[];
}

/** What counts as one failure without being a test. */
export function failedPhase(reason: string): Phase {
  return { counts: { ...nothing, failed: 1 }, times: {}, failures: [reason] };
}

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
  { atATime = availableParallelism(), progress, print = toStdout, ...options }: SideBySideOptions,
): Promise<Phase> {
  const running = new Set<readonly string[]>();
  const phases: Phase[] = [];
  const jobs = groups.filter((group) => group.length > 0);
  await inParallel(jobs, atATime, options.signal, () => ({
    async run(files) {
      running.add(files);
      progress?.([...running], phases.length);
      phases.push(await runPhase(files, { ...options, print }));
      running.delete(files);
      progress?.([...running], phases.length);
    },
  }));
  return joined(phases);
}

export function joined(phases: readonly Phase[]): Phase {
  return {
    counts: phases.map(({ counts }) => counts).reduce(sum, nothing),
    times: phases.map(({ times }) => times).reduce(addTimes, {}),
    failures: phases.flatMap(({ failures }) => failures),
  };
}

/** Runs one phase over `files`, in a process of its own. One that ends without a result counts as one failure. */
export async function runPhase(
  files: readonly string[],
  { env, signal, before = [], grep, print }: PhaseOptions,
): Promise<Phase> {
  const options = grep === undefined ? [] : [`--grep=${grep}`];
  const phase = [process.execPath, join(import.meta.dirname, 'phase.ts'), ...options, ...files];
  const [program = '', ...words] = [...before, ...phase];
  const out = print ? 'pipe' : 'inherit';
  const child = spawn(program, words, { cwd: checkout, env, stdio: ['inherit', out, out, 'ipc'] });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  let result: Phase | undefined;
  let timer: NodeJS.Timeout | undefined;
  child.on('message', (message) => {
    result = message as Phase;
    timer = setTimeout(() => child.kill('SIGKILL'), lingering);
  });
  const isHeld = await endOf(child);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  const fault = signal.aborted ? undefined : faultOf(child, result, isHeld);
  const lines = fault === undefined ? [] : [`${fault}: ${files.join(' ')}`];
  const write = print ?? toStdout;
  write(said + lines.map((line) => `${line}\n`).join(''));
  return joined([result ?? joined([]), ...lines.map(failedPhase)]);
}

function faultOf(child: ChildProcess, result: Phase | undefined, isHeld: boolean): string | undefined {
  if (result === undefined) return `The tests ended without a result (${howEnded(child)})`;
  if (isHeld) return heldOutput;
  return child.exitCode === (result.counts.failed > 0 ? 1 : 0) ? undefined : afterLastTest(child);
}
