/** How long a program runs, and how much processor time and memory it takes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goEnvironment, toolchain } from '../stand/go.ts';

export interface Command {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
}

export interface Measured {
  /** Of the wall. */
  seconds: number;
  /** Seconds of all processors. */
  processor: number;
  /** Peak resident memory, with what it shares with others. */
  bytes: number;
  /** Peak of its own memory; 0 where the system does not tell. */
  private: number;
}

export type Measure = (command: Command) => Promise<Measured>;

/** Builds the small program that runs the others and watches them. */
export async function measuring(folder: string): Promise<Measure> {
  await toolchain();
  const watcher = join(folder, 'measure');
  const module = join(import.meta.dirname, 'measure');
  await promisify(execFile)('go', ['build', '-o', watcher, '.'], { cwd: module, env: goEnvironment() });
  return async ({ program, args, env }) => {
    const { stdout, stderr } = await promisify(execFile)(watcher, [program, ...args], { env });
    const { code, ...measured } = JSON.parse(stdout) as Measured & { code: number };
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
    return measured;
  };
}

/** Runs the commands in turn, so that whatever else the machine does meets all of them alike. */
export async function alternating<Name extends string>(
  measure: Measure,
  rounds: number,
  commands: Record<Name, Command>,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(commands) as Name[];
  const runs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Measured[]>;
  for (const name of names) await measure(commands[name]); // fills caches: of files, and kubectl's of the API
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) runs[name].push(await measure(commands[name]));
  }
  return runs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}
