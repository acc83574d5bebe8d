/** Asks the person for a line of text. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Host } from './host.ts';
import { interrupt } from './interruption.ts';

/** Questions go to standard error, since standard output is for data. */
export type PromptHost = Pick<Host, 'emit' | 'kill' | 'pid' | 'platform' | 'stderr' | 'stdin'>;

/**
 * Asks a question. On a terminal the answer is a line; from a pipe it is the first word, as in kubectl.
 *
 * @param signal withdraws the question
 * @returns undefined if the input ends first or the question is withdrawn
 */
export async function askFor(question: string, host: PromptHost, signal?: AbortSignal): Promise<string | undefined> {
  if (signal?.aborted) return undefined;
  const { stdin, stderr } = host;
  if (!stdin.isTTY) stderr.write(question);
  const answer = await (stdin.isTTY ? line(host, stderr, question, signal) : firstWord(stdin));
  if (answer === undefined || !stdin.isTTY) stderr.write('\n');
  return answer;
}

/** Asks a question on a terminal, and does not show the answer. Undefined if standard input is no terminal. */
export async function askForSecret(question: string, host: PromptHost): Promise<string | undefined> {
  const { stdin, stderr } = host;
  if (!stdin.isTTY) return undefined;
  stderr.write(question);
  const answer = await line(host, new Writable({ write: (_chunk, _encoding, done) => done() }), '');
  stderr.write('\n');
  return answer;
}

async function line(
  host: PromptHost,
  echo: NodeJS.WritableStream,
  question: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const reader = createInterface({ input: host.stdin, output: echo, terminal: true });
  // In raw mode, in which readline reads keys, Ctrl-C sends no signal by itself.
  reader.once('SIGINT', () => interrupt(host));
  const close = () => reader.close();
  signal?.addEventListener('abort', close);
  try {
    const ended = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)));
    return await Promise.race([reader.question(question), ended]);
  } finally {
    signal?.removeEventListener('abort', close);
    reader.close();
  }
}

async function firstWord(input: NodeJS.ReadStream): Promise<string | undefined> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    text += String(chunk);
    const [, word] = /^\s*(\S+)\s/.exec(text) ?? [];
    if (word !== undefined) return word;
  }
  return text.trim() || undefined;
}
