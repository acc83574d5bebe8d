/**
 * Reads the command line as kubectl does, and puts it in the form that oclif's parser takes.
 *
 * Source: `Find` and `SuggestionsFor`, command.go of cobra 1.10.2. One thing is laxer than there: any flag may stand
 * before the command.
 */
import { printable } from '#src/terminal/escape.ts';
import type { CommandDefinition, CommandDefinitions, FlagDefinition } from './definitions.ts';
import { isTrue, quoted, unsupportedValue } from './flagvalues.ts';
import { flagWords } from './normalform.ts';
import { lastValues, splitLine } from './pflag.ts';
import { didYouMean, isSimilar } from './similar.ts';

export type Arguments =
  | {
      kind: 'run';
      command: string;
      /** For oclif's parser: each flag as one word that begins with `--`, then `--`, then all other words. */
      argv: readonly string[];
      /** The log level: the value of `-v`, 0 by default. */
      verbosity: number;
    }
  /** A shell asks what may follow on a line: the words so far. The last one is still being typed. */
  | { kind: 'complete'; words: readonly string[] }
  /** Without a command it is about all of them. */
  | { kind: 'help'; command: string | undefined; extent: HelpExtent }
  /** In kubectl's words, ready to print: text from the command line is escaped. */
  | { kind: 'error'; message: string };

/** Whether the help of a command fits one screen, or tells all. */
export type HelpExtent = 'common' | 'all';

/** How a person starts the plugin. */
export const program = 'kubectl sts';
/** The script kubectl_complete-sts runs this command. */
const completionCommand = '__complete';
const all: HelpExtent = 'all';
const help: FlagDefinition = { name: 'help', char: 'h', type: 'boolean', alsoTakes: [all] };
const version: FlagDefinition = { name: 'version', type: 'boolean' };

/**
 * @param argv the words behind `kubectl sts`
 * @param commands `--version` without a command runs the one that is called `version`
 */
export function readArguments(argv: readonly string[], commands: CommandDefinitions): Arguments {
  if (argv[0] === completionCommand) return { kind: 'complete', words: argv.slice(1) };
  const [first = ''] = argv;
  // Mostly the command stands first. Then no other command's flags are looked at: in the bundle they are not parsed yet.
  const chosen = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (chosen !== undefined) return readCommand(first, chosen, argv.slice(1));
  // Until the command is known, a flag may be that of any command.
  const known = [help, version, ...Object.values(commands).flatMap(({ flags }) => Object.values(flags))];
  const before = splitLine(argv, known, 'until a word');
  if ('error' in before) return usageError(before.error);
  const [name] = before.words;
  if (name === undefined) return readWithoutCommand(argv, known, commands);
  const others = argv.toSpliced(before.read - 1, 1);
  if (name === help.name) return readArguments(['--help', ...others], commands);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return command ? readCommand(name, command, others) : unknownCommand(name, Object.keys(commands));
}

function readWithoutCommand(
  argv: readonly string[],
  known: readonly FlagDefinition[],
  commands: CommandDefinitions,
): Arguments {
  const line = splitLine(argv, known, 'to the end');
  if ('error' in line) return usageError(line.error);
  const asksVersion = isTrue(lastValues(line.settings).get(version.name));
  return asksVersion ? readArguments([version.name], commands) : { kind: 'help', command: undefined, extent: 'common' };
}

function readCommand(name: string, { flags, args }: CommandDefinition, argv: readonly string[]): Arguments {
  const line = splitLine(argv, [help, ...Object.values(flags)], 'to the end');
  if ('error' in line) return usageError(line.error, name);
  const { settings, words } = line;
  const values = lastValues(settings);
  const wanted = values.get(help.name);
  if (wanted === all) return { kind: 'help', command: name, extent: all };
  if (isTrue(wanted)) return { kind: 'help', command: name, extent: 'common' };

  const places = Object.values(args);
  if (words.length > places.length && !places.some(({ multiple }) => multiple)) {
    return { kind: 'error', message: `error: extra arguments: [${printable(words.join(' '))}]` };
  }
  const last = new Map(settings.map((setting) => [setting.flag, setting]));
  const counting = settings.filter((setting) => setting.flag.multiple || last.get(setting.flag) === setting);
  const unsupported = counting.map(({ flag, value }) => unsupportedValue(flag, value)).find(Boolean);
  if (unsupported !== undefined) return { kind: 'error', message: unsupported };
  return {
    kind: 'run',
    command: name,
    argv: [...counting.flatMap(flagWords), '--', ...words],
    verbosity: Number(values.get('v') ?? 0),
  };
}

function usageError(error: string, command?: string): Arguments {
  return { kind: 'error', message: `error: ${error}\n${usageHint(command)}` };
}

/** The last line of kubectl's errors about the command line. */
export function usageHint(command?: string): string {
  return `See '${[program, command].filter(Boolean).join(' ')} --help' for usage.`;
}

function unknownCommand(name: string, commands: readonly string[]): Arguments {
  const message = `unknown command ${quoted(name)} for "${program}"`;
  const similar = commands.filter((command) => isSimilar(name.toLowerCase(), command)).sort();
  if (similar.length === 0) return usageError(message);
  return { kind: 'error', message: `error: ${message}${didYouMean(similar)}` };
}
