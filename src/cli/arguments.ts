/**
 * The command line as kubectl reads it, in the form that oclif's parser takes.
 *
 * kubectl's is cobra 1.10.2 and pflag 1.0.9: `Find` and `SuggestionsFor` of command.go, `parseLongArg` and
 * `parseSingleShortArg` of flag.go, errors.go. One thing is laxer than there: any flag may stand before the command.
 */
import { printable } from '#src/terminal/escape.ts';
import { isSimilar } from './similar.ts';

/** What oclif.manifest.json tells of a flag. */
export interface FlagDefinition {
  name: string;
  /** `boolean` or `option`. */
  type: string;
  char?: string;
  /** Of a boolean that is true unless it is refused. */
  allowNo?: boolean;
  /** Takes each value that is given, not the last one only. */
  multiple?: boolean;
  options?: readonly string[];
  /** Takes whole numbers of 32 bits only. */
  integer?: boolean;
  /** The value that it has when it is given without one; any other then needs the `=` (pflag's NoOptDefVal). */
  implied?: string;
  /** Takes no blank value. */
  refusesEmpty?: boolean;
  /** Shown in the help. */
  helpValue?: string | readonly string[];
}

/** What it tells of a command. */
export interface CommandDefinition {
  flags: Readonly<Record<string, FlagDefinition>>;
  args: Readonly<Record<string, { multiple?: boolean }>>;
}

export type Arguments =
  | {
      kind: 'run';
      command: string;
      /** For oclif's parser: each flag as one word that begins with `--`, then `--`, then all other words. */
      argv: readonly string[];
      /** What each flag was set to at last, by its name. */
      values: ReadonlyMap<string, string>;
      /** Of the log: the value of `-v`. */
      verbosity: number;
    }
  /** A shell asks for the choices at the end of a line: the words so far, the last of which is being written. */
  | { kind: 'complete'; words: readonly string[] }
  | { kind: 'help'; command: string | undefined }
  /** In kubectl's words, ready to print: what came from the command line is escaped. */
  | { kind: 'error'; message: string };

const program = 'kubectl sts';
/** What the script kubectl_complete-sts calls. */
const completionCommand = '__complete';
const help: FlagDefinition = { name: 'help', char: 'h', type: 'boolean' };
const version: FlagDefinition = { name: 'version', type: 'boolean' };

/**
 * @param argv the words behind `kubectl sts`
 * @param commands by their names; `--version` without a command runs the one of that name
 */
export function readArguments(
  argv: readonly string[],
  commands: Readonly<Record<string, CommandDefinition>>,
): Arguments {
  if (argv[0] === completionCommand) return { kind: 'complete', words: argv.slice(1) };
  // Before the command is known, a flag is any command's that has it.
  const known = [help, version, ...Object.values(commands).flatMap(({ flags }) => Object.values(flags))];
  const before = readFlags(argv, known, 'until a word');
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
  commands: Readonly<Record<string, CommandDefinition>>,
): Arguments {
  const all = readFlags(argv, known, 'to the end');
  if ('error' in all) return usageError(all.error);
  const asksVersion = truths.includes(lastValues(all.settings).get(version.name) ?? '');
  return asksVersion ? readArguments([version.name], commands) : { kind: 'help', command: undefined };
}

function readCommand(name: string, { flags, args }: CommandDefinition, argv: readonly string[]): Arguments {
  const all = readFlags(argv, [help, ...Object.values(flags)], 'to the end');
  if ('error' in all) return usageError(all.error, name);
  const { settings, words } = all;
  const values = lastValues(settings);
  if (truths.includes(values.get(help.name) ?? '')) return { kind: 'help', command: name };

  const places = Object.values(args);
  if (words.length > places.length && !places.some(({ multiple }) => multiple)) {
    return { kind: 'error', message: `error: extra arguments: [${printable(words.join(' '))}]` };
  }
  const last = new Map(settings.map((setting) => [setting.flag, setting]));
  const counting = settings.filter((setting) => setting.flag.multiple || last.get(setting.flag) === setting);
  const unsupported = counting.find((setting) => !isSupported(setting));
  if (unsupported) return { kind: 'error', message: unsupportedMessage(unsupported) };
  return {
    kind: 'run',
    command: name,
    argv: [...counting.flatMap(flagWords), '--', ...words],
    values,
    verbosity: Number(values.get('v') ?? 0),
  };
}

interface Setting {
  flag: FlagDefinition;
  value: string;
}

interface Settings {
  settings: readonly Setting[];
  words: readonly string[];
  /** How many words of the command line that took. */
  read: number;
}

/** Why the command line cannot be read, in pflag's words. */
interface Unreadable {
  error: string;
}

function readFlags(
  argv: readonly string[],
  flags: readonly FlagDefinition[],
  extent: 'until a word' | 'to the end',
): Settings | Unreadable {
  const settings: Setting[] = [];
  const words: string[] = [];
  let read = 0;
  while (read < argv.length && (extent === 'to the end' || words.length === 0)) {
    const word = argv[read++] ?? '';
    if (word === '--') {
      // No command stands behind it.
      if (extent === 'to the end') words.push(...argv.slice(read));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const next = argv[read];
    const given = word.startsWith('--') ? longFlag(word, next, flags) : shortFlags(word, next, flags);
    if ('error' in given) return given;
    // Of what stands before the command, the command tells what is wrong.
    const error = extent === 'to the end' ? given.settings.map(invalid).find(Boolean) : undefined;
    if (error !== undefined) return { error };
    settings.push(...given.settings);
    if (given.tookNext) read++;
  }
  return { settings, words, read };
}

interface Given {
  settings: readonly Setting[];
  /** Whether the next word was the value. */
  tookNext: boolean;
}

function longFlag(word: string, next: string | undefined, flags: readonly FlagDefinition[]): Given | Unreadable {
  if (/^--[-=]/.test(word)) return { error: `bad flag syntax: ${printable(word)}` };
  const equals = word.indexOf('=');
  const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
  // WordSepNormalizeFunc, k8s.io/component-base/cli/flag
  const flag = flags.find((one) => one.name === name.replaceAll('_', '-'));
  if (flag === undefined) return { error: `unknown flag: --${printable(name)}` };
  const value = equals === -1 ? impliedValue(flag) : word.slice(equals + 1);
  if (value !== undefined) return { settings: [{ flag, value }], tookNext: false };
  if (next === undefined) return { error: `flag needs an argument: --${printable(name)}` };
  return { settings: [{ flag, value: next }], tookNext: true };
}

/** One or several in one word, of which only the last can take a value: `-Aw`, `-Awojson`, `-n=shop`. */
function shortFlags(word: string, next: string | undefined, flags: readonly FlagDefinition[]): Given | Unreadable {
  const settings: Setting[] = [];
  for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
    const [char = ''] = rest;
    const place = `'${printable(char)}' in -${printable(rest)}`;
    const flag = flags.find((one) => one.char === char);
    if (flag === undefined) return { error: `unknown shorthand flag: ${place}` };
    const implied = impliedValue(flag);
    const joined = rest.length > 2 && rest[1] === '=';
    if (!joined && implied !== undefined) {
      settings.push({ flag, value: implied });
      continue;
    }
    const value = joined ? rest.slice(2) : rest.slice(1) || next;
    if (value === undefined) return { error: `flag needs an argument: ${place}` };
    return { settings: [...settings, { flag, value }], tookNext: rest.length === 1 };
  }
  return { settings, tookNext: false };
}

/** What a flag is set to that is given without a value; undefined where it needs one. */
function impliedValue({ type, implied }: FlagDefinition): string | undefined {
  return type === 'boolean' ? 'true' : implied;
}

// ParseBool of Go's strconv
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Why a flag's type has no such value, in pflag's words. */
function invalid({ flag, value }: Setting): string | undefined {
  const fault = faultOf(flag, value);
  if (fault === undefined) return undefined;
  const names = flag.char ? `-${flag.char}, --${flag.name}` : `--${flag.name}`;
  return `invalid argument ${quoted(value)} for "${names}" flag: ${fault}`;
}

function faultOf({ type, integer, refusesEmpty }: FlagDefinition, value: string): string | undefined {
  if (type === 'boolean') return notBoolean(value);
  if (integer) return notInteger(value);
  return refusesEmpty && value.trim() === '' ? 'it is empty' : undefined;
}

function notBoolean(value: string): string | undefined {
  if ([...truths, ...falsehoods].includes(value)) return undefined;
  return `strconv.ParseBool: parsing ${quoted(value)}: invalid syntax`;
}

function notInteger(value: string): string | undefined {
  const fault = !/^[+-]?\d+$/.test(value)
    ? 'invalid syntax'
    : Number(value) !== (Number(value) | 0)
      ? 'value out of range'
      : '';
  return fault === '' ? undefined : `strconv.ParseInt: parsing ${quoted(value)}: ${fault}`;
}

/** An empty value is none, as in kubectl; but not where one may be left out: `--dry-run=$MODE` must not run. */
function isSupported({ flag, value }: Setting): boolean {
  return !flag.options || flag.options.includes(value) || (value === '' && impliedValue(flag) === undefined);
}

/** `NoCompatiblePrinterError` of k8s.io/cli-runtime for -o; else as `GetDryRunStrategy` of k8s.io/kubectl. */
function unsupportedMessage({ flag: { name, options = [] }, value }: Setting): string {
  if (name === 'output') {
    const allowed = options.toSorted().join(',');
    return `error: unable to match a printer suitable for the output format ${quoted(value)}, allowed formats are: ${allowed}`;
  }
  const allowed = options.map((option) => `"${option}"`).join(', ');
  return `error: Invalid ${name} value (${printable(value)}). Must be one of ${allowed}.`;
}

function lastValues(settings: readonly Setting[]): ReadonlyMap<string, string> {
  return new Map(settings.map(({ flag, value }) => [flag.name, value]));
}

/** One setting for oclif's parser, or none where it changes nothing. */
function flagWords({ flag, value }: Setting): string[] {
  const { name, type, allowNo, multiple, integer } = flag;
  if (type === 'boolean') return truths.includes(value) ? [`--${name}`] : allowNo ? [`--no-${name}`] : [];
  if (value === '' && !multiple) return [];
  return [`--${name}=${integer ? Number(value) : sheltered(value)}`];
}

// No argument of a process can hold it.
const shelter = '\u0000';

/** oclif takes no value that looks like one of the command's flags: `--token=-abc`. */
function sheltered(value: string): string {
  return value.startsWith('-') ? shelter + value : value;
}

/** A flag's value as the person gave it, of what oclif's parser hands on. */
export function unsheltered(value: string): string {
  return value.startsWith(shelter) ? value.slice(shelter.length) : value;
}

function usageError(error: string, command?: string): Arguments {
  return { kind: 'error', message: `error: ${error}\n${usageHint(command)}` };
}

/** kubectl's last line of an error in the arguments. */
export function usageHint(command?: string): string {
  return `See '${[program, command].filter(Boolean).join(' ')} --help' for usage.`;
}

function unknownCommand(name: string, commands: readonly string[]): Arguments {
  const message = `unknown command ${quoted(name)} for "${program}"`;
  const similar = commands.filter((command) => isSimilar(name.toLowerCase(), command)).sort();
  if (similar.length === 0) return usageError(message);
  const list = similar.map((command) => `\t${command}`).join('\n');
  return { kind: 'error', message: `error: ${message}\n\nDid you mean this?\n${list}` };
}

/** As Go's %q, for what a person types. */
function quoted(text: string): string {
  return printable(JSON.stringify(text));
}
