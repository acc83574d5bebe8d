/** Questions to the person. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface PromptStreams {
  input: NodeJS.ReadStream;
  /** Where the question goes: not where the data goes. */
  output: NodeJS.WriteStream;
}

/**
 * A line that the person types; of what comes from a pipe the first word, as kubectl takes it.
 *
 * @param signal takes the question back
 * @returns undefined when the input ends first, or the question is taken back
 */
export async function askFor(
  question: string,
  { input, output }: PromptStreams,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!input.isTTY) output.write(question);
  const answer = await (input.isTTY ? line(input, output, question, signal) : firstWord(input));
  if (answer === undefined || !input.isTTY) output.write('\n');
  return answer;
}

/** The same, without showing what is typed. Only of a terminal. */
export async function askForSecret(question: string, { input, output }: PromptStreams): Promise<string | undefined> {
  if (!input.isTTY) return undefined;
  output.write(question);
  const answer = await line(input, new Writable({ write: (_chunk, _encoding, done) => done() }), '');
  output.write('\n');
  return answer;
}

async function line(
  input: NodeJS.ReadStream,
  echo: NodeJS.WritableStream,
  question: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const reader = createInterface({ input, output: echo, terminal: true });
  // Ctrl-C is the terminal's to send only while it is not read key by key.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
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
