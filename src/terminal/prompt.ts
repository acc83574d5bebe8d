/** Questions to the person. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Host } from './host.ts';

/** The question goes to standard error, which is not where the data goes. */
export type PromptHost = Pick<Host, 'kill' | 'pid' | 'stderr' | 'stdin'>;

/**
 * A line that the person types; of what comes from a pipe the first word, as kubectl takes it.
 *
 * @param signal takes the question back
 * @returns undefined when the input ends first, or the question is taken back
 */
export async function askFor(question: string, host: PromptHost, signal?: AbortSignal): Promise<string | undefined> {
  const { stdin, stderr } = host;
  if (!stdin.isTTY) stderr.write(question);
  const answer = await (stdin.isTTY ? line(host, stderr, question, signal) : firstWord(stdin));
  if (answer === undefined || !stdin.isTTY) stderr.write('\n');
  return answer;
}

/** The same, without showing what is typed. Only of a terminal. */
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
  // Ctrl-C is the terminal's to send only while it is not read key by key.
  reader.once('SIGINT', () => host.kill(host.pid, 'SIGINT'));
  const close = () => reader.close();
  signal?.addEventListener('abort', close);
  if (signal?.aborted) close();
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
