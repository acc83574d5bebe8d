/** Quotes words for a shell, in commands that a person is to run. */
import { printable } from './escape.ts';

/** A word as a POSIX shell takes it (2024, for `$'…'`). Nothing in it can act on a terminal. */
export function shellQuoted(word: string): string {
  if (printable(word) !== word) {
    const escaped = word.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
    return `$'${printable(escaped)}'`;
  }
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
