import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The last lines of a log, for the message of a failed start. */
export async function tail(file: string, lines = 15): Promise<string> {
  if (!existsSync(file)) return '(there is no such file)';
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-lines).join('\n') || '(it is empty)';
}
