/** `kubectl_complete-sts`, which kubectl asks for the choices at the end of a line. */
import { Parser } from '@oclif/core';
import type { Client } from '#src/kube/client.ts';
import { type ConnectionOptions, withFields } from '#src/kube/config/connectionoptions.ts';
import { loadKubeconfig } from '#src/kube/config/kubeconfig.ts';
import { ConfigError, ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Named } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { CommandDefinition } from './arguments.ts';
import { type Completion, complete } from './completion.ts';
import { connected } from './connected.ts';
import { connectionOf } from './connection.ts';
import type { Deps } from './deps.ts';
import { connectionFlags } from './flags.ts';

/** Seconds that a person who pressed Tab waits at most. */
const patience = '2s';

/** cobra's ShellCompDirectiveNoFileComp, and its default, which offers files (https://pkg.go.dev/github.com/spf13/cobra). */
const noFiles = ':4';
const files = ':0';

/**
 * The choices, one a line, and what else to offer. A cluster that cannot be asked gives no choices and no message: a
 * message would stand in the middle of the command line.
 *
 * @param words behind `kubectl sts`; the last is the one that is being written
 */
export async function completions(
  words: readonly string[],
  commands: Readonly<Record<string, CommandDefinition>>,
  deps: Deps,
): Promise<string> {
  const partial = words.at(-1) ?? '';
  const completion = complete(words.slice(0, -1), partial, commands);
  if (completion.wanted.kind === 'files') return `${files}\n`;
  const choices = await choicesOf(completion, deps);
  const fitting = choices.map((choice) => completion.prefix + choice).filter((choice) => choice.startsWith(partial));
  return [...fitting.map((choice) => printable(choice)), noFiles].map((line) => `${line}\n`).join('');
}

async function choicesOf({ wanted, argv }: Completion, deps: Deps): Promise<readonly string[]> {
  if (wanted.kind === 'these') return wanted.choices;
  if (wanted.kind === 'nothing' || wanted.kind === 'files') return [];
  try {
    const options = await connectionIn(argv);
    if (wanted.kind === 'contexts') return [...loadKubeconfig(options.kubeconfig, deps.host.env).contexts.keys()];
    const everywhere = argv.includes('--all-namespaces');
    const names = await namesOf(wanted.kind, options, everywhere, deps);
    return 'but' in wanted ? names.filter((name) => !wanted.but.includes(name)) : names;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ConnectionError) return [];
    throw error;
  }
}

/** The connection that the flags on the line lead to: read by oclif, as when the command runs. */
async function connectionIn(argv: readonly string[]): Promise<ConnectionOptions> {
  const own = argv.filter((word) => Object.hasOwn(connectionFlags, /^--([^=]+)/.exec(word)?.[1] ?? ''));
  const { flags } = await Parser.parse([...own], { flags: connectionFlags });
  return withFields(connectionOf(flags), { requestTimeout: patience });
}

const resourceOf = {
  sets: resources.statefulSets,
  services: resources.services,
  namespaces: resources.namespaces,
} as const;

async function namesOf(
  kind: keyof typeof resourceOf,
  options: ConnectionOptions,
  everywhere: boolean,
  deps: Deps,
): Promise<string[]> {
  const read = async (client: Client) => {
    const list = await client.list<Named>(resourceOf[kind], everywhere ? undefined : client.namespace);
    return list instanceof StatusError ? [] : list.map(({ metadata }) => metadata.name);
  };
  return connected(options, deps, { err() {}, errColour: false }, read, false);
}
