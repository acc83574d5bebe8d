/** Which values a flag takes, and kubectl's words for a value that it refuses. */
import { printable } from '#src/terminal/escape.ts';
import type { FlagDefinition } from './definitions.ts';
import { didYouMean, nearest } from './similar.ts';

// ParseBool of Go's strconv
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Whether the value sets a boolean flag to true. */
export function isTrue(value: string | undefined): boolean {
  return value !== undefined && truths.includes(value);
}

/** pflag's words for a value that the flag's type does not have; undefined if it has it. */
export function invalidValue(flag: FlagDefinition, value: string): string | undefined {
  const fault = faultOf(flag, value);
  if (fault === undefined) return undefined;
  const names = flag.char ? `-${flag.char}, --${flag.name}` : `--${flag.name}`;
  return `invalid argument ${quoted(value)} for "${names}" flag: ${fault}`;
}

function faultOf({ type, integer, refusesEmpty, alsoTakes }: FlagDefinition, value: string): string | undefined {
  if (alsoTakes?.includes(value)) return undefined;
  if (type === 'boolean') return booleanFault(value);
  if (integer) return integerFault(value);
  return refusesEmpty && value.trim() === '' ? 'it is empty' : undefined;
}

function booleanFault(value: string): string | undefined {
  if ([...truths, ...falsehoods].includes(value)) return undefined;
  return `strconv.ParseBool: parsing ${quoted(value)}: invalid syntax`;
}

function integerFault(value: string): string | undefined {
  const fault = !/^[+-]?\d+$/.test(value) ? 'invalid syntax' : is32Bits(value) ? undefined : 'value out of range';
  return fault && `strconv.ParseInt: parsing ${quoted(value)}: ${fault}`;
}

function is32Bits(value: string): boolean {
  return Number(value) === (Number(value) | 0);
}

/**
 * kubectl's words for a value that is not among the flag's choices; undefined if it is. An empty value counts as not
 * given, except where the flag may stand without one: `--dry-run=$MODE` with MODE unset must not run.
 *
 * `NoCompatiblePrinterError` of k8s.io/cli-runtime for -o, otherwise `GetDryRunStrategy` of k8s.io/kubectl.
 */
export function unsupportedValue({ name, options, implied }: FlagDefinition, value: string): string | undefined {
  if (options === undefined || options.includes(value) || (value === '' && implied === undefined)) return undefined;
  const suggestion = didYouMean(nearest(value, options));
  if (name === 'output') {
    const allowed = options.toSorted().join(',');
    return `error: unable to match a printer suitable for the output format ${quoted(value)}, allowed formats are: ${allowed}${suggestion}`;
  }
  const allowed = options.map((option) => `"${option}"`).join(', ');
  return `error: Invalid ${name} value (${printable(value)}). Must be one of ${allowed}.${suggestion}`;
}

/** A text of the command line as Go's %q quotes it. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}
