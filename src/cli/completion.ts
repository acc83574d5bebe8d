/** What a shell may offer at the end of a command line: which kind of thing is wanted there. */
import { type CommandDefinition, type FlagDefinition, readArguments } from './arguments.ts';

export type Wanted =
  | { kind: 'these'; choices: readonly string[] }
  | { kind: 'files' }
  | { kind: 'contexts' }
  | { kind: 'namespaces' }
  /** Names of StatefulSets or Services that are not on the line yet. */
  | { kind: 'sets' | 'services'; but: readonly string[] }
  | { kind: 'nothing' };

export interface Completion {
  wanted: Wanted;
  /** Stands before each choice: `--output=`. */
  prefix: string;
  /** The flags that are on the line, in the form that oclif's parser takes: they say which cluster is asked. */
  argv: readonly string[];
}

type Commands = Readonly<Record<string, CommandDefinition & { hidden?: boolean }>>;

const nothing: Completion = { wanted: { kind: 'nothing' }, prefix: '', argv: [] };

/**
 * @param words behind `kubectl sts`, without the last
 * @param partial the last, as far as it is written; empty when it is not begun
 */
export function complete(words: readonly string[], partial: string, commands: Commands): Completion {
  const name = words.find((word) => Object.hasOwn(commands, word));
  const flags = name === undefined ? [] : Object.values(commands[name]?.flags ?? {});
  const before = words.at(-1) ?? '';
  const open = flags.find(
    (flag) => flag.type === 'option' && (before === `--${flag.name}` || before === `-${flag.char}`),
  );
  // The value of a flag is no part of the line yet.
  const argv = argvOf(open ? words.slice(0, -1) : words, commands);
  if (argv === undefined) return nothing;
  if (open) return { wanted: wantedBy(open), prefix: '', argv };

  const [, assigned] = /^--([^=]+)=/.exec(partial) ?? [];
  if (assigned !== undefined) {
    const flag = flags.find((one) => one.name === assigned);
    return flag ? { wanted: wantedBy(flag), prefix: `--${assigned}=`, argv } : nothing;
  }
  if (partial.startsWith('-')) {
    const choices = [...flags.map((flag) => `--${flag.name}`), '--help'];
    return { wanted: { kind: 'these', choices }, prefix: '', argv };
  }
  if (name === undefined) {
    const shown = Object.keys(commands).filter((one) => !commands[one]?.hidden);
    return { wanted: { kind: 'these', choices: [...shown, 'help'] }, prefix: '', argv };
  }
  const args = commands[name]?.args ?? {};
  const kind = 'NAME' in args ? 'sets' : 'SERVICE' in args ? 'services' : undefined;
  return { wanted: kind ? { kind, but: words } : { kind: 'nothing' }, prefix: '', argv };
}

function argvOf(words: readonly string[], commands: Commands): readonly string[] | undefined {
  const read = readArguments(words, commands);
  if (read.kind === 'run') return read.argv;
  return read.kind === 'help' ? [] : undefined;
}

/** By the name of the flag, or by what its help shows of its value. */
function wantedBy({ name, options, helpValue }: FlagDefinition): Wanted {
  if (options !== undefined) return { kind: 'these', choices: options };
  if (name === 'namespace') return { kind: 'namespaces' };
  if (name === 'context') return { kind: 'contexts' };
  return helpValue === '<file>' || helpValue === '<dir>' ? { kind: 'files' } : { kind: 'nothing' };
}
