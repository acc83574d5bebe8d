/** Keeps what is known of a history that was not as it should be. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubectl, sts } from '../../e2e/kubectl.ts';
import type { Ran } from '../../e2e/ran.ts';
import { checkout } from '../../runner/files.ts';
import { clientsPod, logsOfClients } from './clients.ts';
import { pods, setName } from './database.ts';
import type { Played } from './play.ts';

/** Who is asked, and where the folder of the history is made; a test has others. */
export interface Keeping {
  into: string;
  kubectl(words: readonly string[]): Promise<string>;
  sts(words: readonly string[]): Promise<Pick<Ran, 'stdout' | 'stderr'>>;
}

const onStand: Keeping = { into: join(checkout, 'dist', 'trial'), kubectl, sts };

/** @returns lines that say where it is, and how to see it again */
export async function keep(
  name: string,
  namespace: string,
  known: Played | Error,
  { into, kubectl, sts }: Keeping = onStand,
): Promise<string[]> {
  const folder = join(into, name);
  mkdirSync(folder, { recursive: true });
  const inNamespace = ['-n', namespace];
  const log = (pod: string, ...words: string[]) => kubectl(['logs', pod, ...inNamespace, ...words]);
  const files: Record<string, string | Promise<string>> = {
    ...(known instanceof Error ? ofBroken(name, known, inNamespace, kubectl) : ofPlayed(known)),
    'events.txt': kubectl(['get', 'events', ...inNamespace, '--sort-by=.lastTimestamp']),
    'pods.yaml': kubectl(['get', 'pods', ...inNamespace, '-o', 'yaml']),
    'status.txt': sts(['status', setName, ...inNamespace]).then(({ stdout, stderr }) => stdout + stderr),
    ...Object.fromEntries(pods.map((pod) => [`${pod}.log`, log(pod)])),
    // Of the container before its last restart. Where it was never restarted, kubectl says so.
    ...Object.fromEntries(pods.map((pod) => [`${pod}.previous.log`, log(pod, '--previous')])),
  };
  const written = Object.entries(files).map(async ([file, text]) => {
    const found = await Promise.resolve(text).catch((error: Error) => error.message);
    writeFileSync(join(folder, file), found);
  });
  await Promise.all(written);
  return [`kept in ${folder}`, `again: npm run trial -- --history ${name}`];
}

function ofPlayed({ history, rolls, log, trouble }: Played): Record<string, string> {
  return {
    'history.json': JSON.stringify(history, undefined, 1),
    'rolls.txt': rolls.join('\n'),
    'clients.log': log,
    'clients.err': trouble,
  };
}

/** The clients of a history that was not played to its end are at work still, or their pod says nothing. */
function ofBroken(
  name: string,
  { stack, message }: Error,
  inNamespace: readonly string[],
  kubectl: Keeping['kubectl'],
): Record<string, string | Promise<string>> {
  const read = (files: string) => kubectl(['exec', ...inNamespace, clientsPod(name), '--', 'sh', '-c', `cat ${files}`]);
  return {
    'error.txt': stack ?? message,
    'clients.log': read(logsOfClients.log),
    'clients.err': read(logsOfClients.trouble),
  };
}
