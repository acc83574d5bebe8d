/** What the demo prints, runs and asks, and its end by Ctrl-C. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { wrapped } from '#src/drawing/columns.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How long a person may look at a screen before the next one comes, in milliseconds. */
const look = process.stdout.isTTY ? 1_500 : 0;

export const interruption = new AbortController();

/** Ctrl-C ends the demo after the command that runs, and lets it delete what it made. So does a terminal that is closed. */
export function heedCtrlC(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

export function say(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** Says what comes next, in lines that fit on every terminal. */
export function tell(text: string): void {
  const lines = wrapped(text, 80).map((line) => line.trimStart());
  say(`\n${lines.join('\n')}`);
}

/** Prints a command as a person types it, and runs it. Its output goes where the demo's goes. */
export async function show(
  command: string,
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  interruption.signal.throwIfAborted();
  say(`\n$ ${command}`);
  const code = await exitCodeOf(program, words, env);
  if (code !== 0 && !interruption.signal.aborted) {
    say(`(exit code ${code})`);
    process.exitCode = 1;
  }
  await pause(look);
}

/** Runs a command without a word. @throws where it fails, with what it said */
export async function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  // In a group of its own: another Ctrl-C must not end the deletion of what the demo has made.
  const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${words.join(' ')}: ${said.err.trim()}`);
  return said.out;
}

function exitCodeOf(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(program, words, { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

/** Until so many milliseconds are over, or Ctrl-C. */
async function pause(milliseconds: number): Promise<void> {
  const { signal } = interruption;
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}

/** @returns whether the person says yes; Ctrl-C and the end of the input are a no */
export async function agrees(question: string): Promise<boolean> {
  const { signal } = interruption;
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  asking.on('SIGINT', () => interruption.abort());
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `, { signal })).trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    asking.close();
  }
}
