/** What a program wrote on a terminal, taken apart by its colours. */
import type { Colour } from '#src/terminal/paint.ts';

/** Characters side by side in one colour. */
export interface Run {
  /** Counted from 0. */
  column: number;
  text: string;
  /** Undefined: as text is. */
  colour: Colour | undefined;
}

/** The SGR codes of ECMA-48 that `paint` writes; 0 ends them. */
const colours: Readonly<Record<string, Colour | undefined>> = {
  0: undefined,
  2: 'dim',
  31: 'red',
  32: 'green',
  33: 'yellow',
};

/**
 * Reads lines with colours, where every character is one column wide. Two blanks or more end a run.
 *
 * @throws on any other escape sequence
 */
export function readAnsi(text: string): Run[][] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(readLine);
}

function readLine(line: string): Run[] {
  const runs: Run[] = [];
  let column = 0;
  let colour: Colour | undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the same
    const [, code] = /^\u001b\[(\d+)m$/.exec(part) ?? [];
    if (code !== undefined) {
      if (!Object.hasOwn(colours, code)) throw new Error(`unknown colour ${code}`);
      colour = colours[code];
      continue;
    }
    if (/\p{Cc}/u.test(part)) throw new Error(`unknown control character in ${JSON.stringify(part)}`);
    for (const { 0: words, index } of part.matchAll(/\S+(?: \S+)*/g)) {
      runs.push({ column: column + [...part.slice(0, index)].length, text: words, colour });
    }
    column += [...part].length;
  }
  return runs;
}
