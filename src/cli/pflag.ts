/**
 * Splits a command line into flags with their values, and words, as kubectl does.
 * Source: `parseLongArg` and `parseSingleShortArg`, flag.go of pflag 1.0.9, and its errors.go.
 */
import { printable } from '#src/terminal/escape.ts';
import type { FlagDefinition } from './definitions.ts';
import { invalidValue } from './flagvalues.ts';

/** One flag on the command line, with the value that it was given or implies. */
export interface Setting {
  flag: FlagDefinition;
  value: string;
}

export interface SplitLine {
  settings: readonly Setting[];
  words: readonly string[];
  /** How many words of the command line were read. */
  read: number;
}

/** Why the command line cannot be read, in pflag's words. Text from the command line is escaped. */
export interface Unreadable {
  error: string;
}

/**
 * @param flags all flags that may stand on the line
 * @param extent `until a word` reads up to and including the first word that is no flag and no value of a flag, and
 *   leaves it to a second reading, with the flags of the command, to refuse values
 */
export function splitLine(
  argv: readonly string[],
  flags: readonly FlagDefinition[],
  extent: 'until a word' | 'to the end',
): SplitLine | Unreadable {
  const settings: Setting[] = [];
  const words: string[] = [];
  let read = 0;
  while (read < argv.length && (extent === 'to the end' || words.length === 0)) {
    const word = argv[read++] ?? '';
    if (word === '--') {
      // A word behind it is never the command.
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
    const error = extent === 'to the end' ? given.settings.map(invalidSetting).find(Boolean) : undefined;
    if (error !== undefined) return { error };
    settings.push(...given.settings);
    if (given.tookNext) read++;
  }
  return { settings, words, read };
}

/** The value that each flag was set to last, by the flag's name. */
export function lastValues(settings: readonly Setting[]): ReadonlyMap<string, string> {
  return new Map(settings.map(({ flag, value }) => [flag.name, value]));
}

function invalidSetting({ flag, value }: Setting): string | undefined {
  return invalidValue(flag, value);
}

/** The flags in one word of the command line. */
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

/** One or more short flags in one word. Only the last one can take a value: `-Aw`, `-Awojson`, `-n=shop`. */
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

/** The value of a flag that is given without one; undefined if the flag needs a value. */
function impliedValue({ type, implied }: FlagDefinition): string | undefined {
  return type === 'boolean' ? 'true' : implied;
}
