/** Answers `kubectl_complete-sts`, which kubectl asks what may follow on a command line. */
import { Parser } from '@oclif/core';
import type { Client } from '#src/kube/client.ts';
import { type ConnectionOptions, withFields } from '#src/kube/config/connectionoptions.ts';
import { loadKubeconfig } from '#src/kube/config/kubeconfig.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Completion, complete } from './completion.ts';
import { connected } from './connected.ts';
import { connectionOf } from './connection.ts';
import type { CommandDefinitions } from './definitions.ts';
import type { Deps } from './deps.ts';
import { connectionFlags } from './flags.ts';

/** How long a person who pressed Tab waits for the answer at most: with the start, less than a second. */
const patience = '850ms';

/**
 * cobra's ShellCompDirectiveNoFileComp, and its default, which offers files
 * (https://pkg.go.dev/github.com/spf13/cobra).
 */
const noFiles = ':4';
const files = ':0';

/**
 * The choices, one a line, and last cobra's directive. Nothing is offered if the choices cannot be had, for whatever
 * reason: a message would stand in the middle of the line that the person types.
 *
 * @param words behind `kubectl sts`. The last one is still being typed.
 */
export async function completions(words: readonly string[], commands: CommandDefinitions, deps: Deps): Promise<string> {
  const partial = words.at(-1) ?? '';
  const completion = complete(words.slice(0, -1), partial, commands);
  if (completion.wanted.kind === 'files') return `${files}\n`;
  const choices = await choicesOf(completion, deps).catch(() => []);
  const fitting = choices.map((choice) => completion.prefix + choice).filter((choice) => choice.startsWith(partial));
  return [...fitting.map((choice) => printable(choice)), noFiles].map((line) => `${line}\n`).join('');
}

async function choicesOf({ wanted, flags }: Completion, deps: Deps): Promise<readonly string[]> {
  switch (wanted.kind) {
    case 'these':
      return wanted.choices;
    case 'nothing':
    case 'files':
      return [];
    case 'contexts': {
      const { kubeconfig } = await connectionIn(flags);
      const { contexts } = await loadKubeconfig(kubeconfig, deps.host.env);
      return [...contexts.keys()];
    }
    case 'namespaces':
      return namesOf(wanted.kind, flags, deps);
    case 'sets':
    case 'services': {
      const names = await namesOf(wanted.kind, flags, deps);
      return names.filter((name) => !wanted.but.includes(name));
    }
  }
}

/**
 * The connection that the flags on the line lead to. oclif parses them here as it does when the command runs, so that a
 * flag never means anything else: with another reading of `--insecure-skip-tls-verify=false`, Tab once sent the token
 * to a server that was not verified.
 */
async function connectionIn(flags: readonly string[]): Promise<ConnectionOptions> {
  const own = flags.filter((word) => Object.hasOwn(connectionFlags, /^--([^=]+)/.exec(word)?.[1] ?? ''));
  const parsed = await Parser.parse([...own], { flags: connectionFlags });
  return withFields(connectionOf(parsed.flags), {
    requestTimeout: patience,
    // These only add messages and failures.
    verbosity: 0,
    warningsAsErrors: false,
    matchServerVersion: false,
  });
}

const resourceOf = {
  sets: resources.statefulSets,
  services: resources.services,
  namespaces: resources.namespaces,
} as const;

async function namesOf(kind: keyof typeof resourceOf, flags: readonly string[], deps: Deps): Promise<string[]> {
  const everywhere = flags.includes('--all-namespaces');
  const read = async (client: Client) => {
    const names = await client.names(resourceOf[kind], everywhere ? undefined : client.namespace);
    return names instanceof StatusError ? [] : [...new Set(names)];
  };
  return connected(await connectionIn(flags), deps, 'silent', read);
}
