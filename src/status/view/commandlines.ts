/** Commands to copy, broken into lines that a shell puts together again. */
import { displayWidth } from '#src/drawing/columns.ts';

/**
 * @param command for a POSIX shell, escaped
 * @param width undefined breaks nothing; a word that is wider stays whole
 */
export function commandLines(command: string, width: number | undefined): string[] {
  if (width === undefined || displayWidth(command) <= width) return [command];
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(command)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > width - 2) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** Splits at blanks that stand in no quotes. */
function wordsOf(command: string): string[] {
  return command.match(/(?:\$?'(?:\\.|[^'\\])*'|[^\s'])+/g) ?? [command];
}
