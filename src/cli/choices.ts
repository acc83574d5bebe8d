/** `kubectl_complete-sts`, which kubectl asks for the choices at the end of a line. */

import type { Client } from '#src/kube/client.ts';
import type { ConnectionFlags } from '#src/kube/config/connectionflags.ts';
import { ConfigError, ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Named } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { CommandDefinition } from './arguments.ts';
import { type Completion, complete } from './completion.ts';

/** Seconds that a person who pressed Tab waits at most. */
const patience = '2s';

/** cobra's ShellCompDirectiveNoFileComp, and its default, which offers files (https://pkg.go.dev/github.com/spf13/cobra). */
const noFiles = ':4';
const files = ':0';

/**
 * The choices, one a line, and what else to offer. What cannot be asked gives none: nobody wants to read of it here.
 *
 * @param words behind `kubectl sts`; the last is the one that is being written
 * @param version the plugin's
 */
export async function completions(
  words: readonly string[],
  commands: Readonly<Record<string, CommandDefinition>>,
  version: string,
): Promise<string> {
  const partial = words.at(-1) ?? '';
  const completion = complete(words.slice(0, -1), partial, commands);
  if (completion.wanted.kind === 'files') return `${files}\n`;
  const choices = await choicesOf(completion, version);
  const fitting = choices.map((choice) => completion.prefix + choice).filter((choice) => choice.startsWith(partial));
  return [...fitting.map((choice) => printable(choice)), noFiles].map((line) => `${line}\n`).join('');
}

async function choicesOf({ wanted, values }: Completion, version: string): Promise<readonly string[]> {
  if (wanted.kind === 'these') return wanted.choices;
  if (wanted.kind === 'nothing' || wanted.kind === 'files') return [];
  const flags: ConnectionFlags = { ...Object.fromEntries(values), 'request-timeout': patience };
  try {
    if (wanted.kind === 'contexts') {
      const { loadKubeconfig } = await import('#src/kube/config/kubeconfig.ts');
      return [...loadKubeconfig(flags.kubeconfig, process.env).contexts.keys()];
    }
    const names = await namesOf(wanted.kind, flags, values.get('all-namespaces') === 'true', version);
    return 'but' in wanted ? names.filter((name) => !wanted.but.includes(name)) : names;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ConnectionError) return [];
    throw error;
  }
}

async function namesOf(
  kind: 'sets' | 'services' | 'namespaces',
  flags: ConnectionFlags,
  everywhere: boolean,
  version: string,
): Promise<string[]> {
  const [{ connected }, { resources }] = await Promise.all([
    import('./connected.ts'),
    import('#src/kube/resources.ts'),
  ]);
  let names: string[] = [];
  const read = async (client: Client) => {
    const resource = { sets: resources.statefulSets, services: resources.services, namespaces: resources.namespaces };
    const list = await client.list<Named>(resource[kind], everywhere ? undefined : client.namespace);
    names = list instanceof StatusError ? [] : list.map(({ metadata }) => metadata.name);
  };
  await connected(flags, version, { err() {} }, read, false);
  return names;
}
