/** The form in which oclif's parser is given the flags: one word each, `--NAME=VALUE`, `--NAME` or `--no-NAME`. */
import { isTrue } from './flagvalues.ts';
import type { Setting } from './pflag.ts';

/** The word for one setting; none if the setting changes nothing. */
export function flagWords({ flag, value }: Setting): string[] {
  const { name, type, allowNo, multiple, integer } = flag;
  if (type === 'boolean') return isTrue(value) ? [`--${name}`] : allowNo ? [`--no-${name}`] : [];
  if (value === '' && !multiple) return [];
  return [`--${name}=${integer ? Number(value) : sheltered(value)}`];
}

// No argument of a process can hold this character.
const shelter = '\u0000';

/** oclif refuses a value that looks like one of the command's flags: `--token=-abc`. */
function sheltered(value: string): string {
  return value.startsWith('-') ? shelter + value : value;
}

/** The value as the person typed it, from the value that oclif's parser hands on. */
export function unsheltered(value: string): string {
  return value.startsWith(shelter) ? value.slice(shelter.length) : value;
}
