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
 * @returns undefined when the input ends first
 */
export async function askFor(question: string, { input, output }: PromptStreams): Promise<string | undefined> {
  output.write(question);
  const answer = await (input.isTTY ? line(input, output) : firstWord(input));
  if (answer === undefined || !input.isTTY) output.write('\n');
  return answer;
}

/** The same, without showing what is typed. Only of a terminal. */
export async function askForSecret(question: string, { input, output }: PromptStreams): Promise<string | undefined> {
  if (!input.isTTY) return undefined;
  output.write(question);
  const answer = await line(input, new Writable({ write: (_chunk, _encoding, done) => done() }));
  output.write('\n');
  return answer;
}

async function line(input: NodeJS.ReadStream, echo: NodeJS.WritableStream): Promise<string | undefined> {
  const reader = createInterface({ input, output: echo, terminal: true });
  // Ctrl-C is the terminal's to send only while it is not read key by key.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const ended = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)));
    return await Promise.race([reader.question(''), ended]);
  } finally {
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
