/** Decides what a shell may offer at the end of a command line. */
import { readArguments } from './arguments.ts';
import type { CommandDefinition, CommandDefinitions, FlagDefinition } from './definitions.ts';

/** The kind of thing that fits there. */
type Wanted =
  | { kind: 'these'; choices: readonly string[] }
  | { kind: 'files' }
  | { kind: 'contexts' }
  | { kind: 'namespaces' }
  /** Names of StatefulSets or Services. `but` are the words of the line: a name is offered once. */
  | { kind: 'sets' | 'services'; but: readonly string[] }
  | { kind: 'nothing' };

export interface Completion {
  wanted: Wanted;
  /** Stands before each choice: `--output=`. */
  prefix: string;
  /** The flags on the line, in the form that oclif's parser takes. They say which cluster to ask. */
  flags: readonly string[];
}

const nothing: Completion = { wanted: { kind: 'nothing' }, prefix: '', flags: [] };

/**
 * @param words behind `kubectl sts`, without the last one
 * @param partial the last word, as far as it is typed; empty if it is not begun
 */
export function complete(words: readonly string[], partial: string, commands: CommandDefinitions): Completion {
  const name = words.find((word) => Object.hasOwn(commands, word));
  const known = name === undefined ? [] : Object.values(commands[name]?.flags ?? {});
  const before = words.at(-1) ?? '';
  const open = known.find(
    ({ type, name, char }) => type === 'option' && (before === `--${name}` || before === `-${char}`),
  );
  // A flag that still waits for its value is not part of the line yet.
  const flags = flagsOn(open ? words.slice(0, -1) : words, commands);
  if (flags === undefined) return nothing;
  if (open) return { wanted: wantedBy(open), prefix: '', flags };

  const [, assigned] = /^--([^=]+)=/.exec(partial) ?? [];
  if (assigned !== undefined) {
    const flag = known.find((one) => one.name === assigned);
    return flag ? { wanted: wantedBy(flag), prefix: `--${assigned}=`, flags } : nothing;
  }
  if (partial.startsWith('-')) {
    const choices = [...known.map((flag) => `--${flag.name}`), '--help', '--help=all'];
    return { wanted: { kind: 'these', choices }, prefix: '', flags };
  }
  if (name === undefined) {
    const shown = Object.keys(commands).filter((one) => !commands[one]?.hidden);
    return { wanted: { kind: 'these', choices: [...shown, 'help'] }, prefix: '', flags };
  }
  return { wanted: wantedByArguments(commands[name]?.args ?? {}, words), prefix: '', flags };
}

/** Undefined for a line that is wrong already. */
function flagsOn(words: readonly string[], commands: CommandDefinitions): readonly string[] | undefined {
  const read = readArguments(words, commands);
  if (read.kind === 'run') return read.argv.slice(0, read.argv.indexOf('--'));
  return read.kind === 'help' ? [] : undefined;
}

/** What fits where no flag is, by the arguments of the command. */
function wantedByArguments(args: CommandDefinition['args'], words: readonly string[]): Wanted {
  if ('NAME' in args) return { kind: 'sets', but: words };
  if ('SERVICE' in args) return { kind: 'services', but: words };
  const choices = Object.values(args).flatMap(({ options = [] }) => options);
  const isOpen = choices.length > 0 && !choices.some((choice) => words.includes(choice));
  return isOpen ? { kind: 'these', choices } : { kind: 'nothing' };
}

/** What fits the value of a flag, by its name or by the placeholder in its help. */
function wantedBy({ name, options, helpValue }: FlagDefinition): Wanted {
  if (options !== undefined) return { kind: 'these', choices: options };
  if (name === 'namespace') return { kind: 'namespaces' };
  if (name === 'context') return { kind: 'contexts' };
  return helpValue === '<file>' || helpValue === '<dir>' ? { kind: 'files' } : { kind: 'nothing' };
}
