/** Which commands are similar to a word, so that the person may have meant one of them. */

/**
 * Whether the command begins with the word, or differs from it in at most two characters.
 * Source: `SuggestionsFor`, command.go of cobra.
 */
export function isSimilar(typed: string, command: string): boolean {
  return command.startsWith(typed) || distance(typed, command) <= 2;
}

/** Levenshtein's distance: how many characters to insert, delete or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, char] of [...from].entries()) {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column++) {
      const [above = 0, aboveLeft = 0, left = 0] = [row[column], row[column - 1], next[column - 1]];
      next.push(char === to[column - 1] ? aboveLeft : Math.min(above, aboveLeft, left) + 1);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
