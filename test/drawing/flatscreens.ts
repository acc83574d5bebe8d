/** Random words for the properties of screens, and whether a flat table on a screen tells all that it should. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { printable } from '#src/terminal/escape.ts';

const words = ['data', 'db', 'storage', 'logs', 'wal', 'mongo', 'products', 'replica', 'eu', 'production', 'a', 'b'];

/** Names of few words, so that many begin and end alike. */
export const anyName = (most: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join('-').slice(0, most).replace(/-$/, ''));

export const sentence = fc
  .array(fc.constantFrom(...words, 'no', 'space', 'left', 'registry.example.com/team/image@sha256:0123456789abcdef'), {
    minLength: 1,
    maxLength: 30,
  })
  .map((parts) => parts.join(' '));

/** The widths of terminals that screens are tried on. */
export const widths = [60, 80, 100, 120, 200];

/** What a screen must tell of a row of a table, in this order. */
export interface RowTold {
  /** What may never be cut, and tells the row from the others. */
  names: readonly string[];
  /** A verdict, with its reason. */
  sentence: string;
}

/** @param width in columns; undefined for a pipe, where each row is one line */
export function assertTold(rows: readonly RowTold[], screen: string, width: number | undefined): void {
  const lines = screen.trimEnd().split('\n');
  if (width === undefined) assert.ok(lines.length <= rows.length + 1, `not one line for each row:\n${screen}`);
  else for (const line of lines) assert.ok(stringWidth(line) <= width, `${width} columns: ${line}`);
  const text = squeezed(screen);
  let from = 0;
  for (const { names, sentence } of rows) {
    for (const each of [...names, sentence]) {
      const piece = squeezed(printable(each));
      const found = text.indexOf(piece, from);
      assert.ok(found >= from, `${width} columns: not whole, or not in its place: ${each}\n${screen}`);
      from = found + piece.length;
    }
    // Names of 40 characters or fewer stand on one line.
    if (width === undefined || width < 80) continue;
    for (const name of names.filter(({ length }) => length <= 40)) {
      assert.ok(
        lines.some((line) => line.split(/ {2,}/).includes(name)),
        `${width} columns: broken: ${name}\n${screen}`,
      );
    }
  }
}

/** Without blanks, which break a text over several lines, and without what stands between a beginning and the rest. */
function squeezed(text: string): string {
  return text.replaceAll(/[\s:;,]/g, '');
}
