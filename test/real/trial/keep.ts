/** Keeps what is known of a history that was not as it should be. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl, sts } from '../../e2e/kubectl.ts';
import { checkout } from '../../runner/files.ts';
import { pods, setName } from './database.ts';
import type { Played } from './play.ts';

/** @returns lines that say where it is, and how to see it again */
export async function keep(name: string, namespace: string, known: Played | Error): Promise<string[]> {
  const folder = join(checkout, 'dist', 'trial', name);
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  if (known instanceof Error) write('error.txt', known.stack ?? known.message);
  else {
    write('history.json', JSON.stringify(known.history, undefined, 1));
    write('rolls.txt', known.rolls.join('\n'));
    write('clients.log', known.log);
  }
  const inNamespace = ['-n', namespace];
  const looks = {
    'events.txt': kubectl(['get', 'events', ...inNamespace, '--sort-by=.lastTimestamp']),
    'pods.yaml': kubectl(['get', 'pods', ...inNamespace, '-o', 'yaml']),
    'status.txt': sts(['status', setName, ...inNamespace]).then(({ stdout, stderr }) => stdout + stderr),
    ...Object.fromEntries(pods.map((pod) => [`${pod}.log`, kubectl(['logs', pod, ...inNamespace])])),
  };
  for (const [file, look] of Object.entries(looks)) write(file, await look.catch((error: Error) => error.message));
  return [`kept in ${folder}`, `again: npm run trial -- --history ${name}`];
}
