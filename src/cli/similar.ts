/** Finds the commands, flags and values that a person may have meant by a word. */

/**
 * Whether the command begins with the word, or differs from it in at most two characters.
 * Source: `SuggestionsFor`, command.go of cobra.
 */
export function isSimilar(typed: string, command: string): boolean {
  return command.startsWith(typed) || distance(typed, command) <= 2;
}

/**
 * The names that differ least from the word: in at most two characters, and in at most half of the word's. If there are
 * none, the names that begin with the word.
 */
export function nearest(typed: string, names: readonly string[]): string[] {
  const limit = Math.min(2, Math.floor(typed.length / 2));
  const distances = new Map(names.map((name) => [name, distance(typed, name)]));
  const least = Math.min(...distances.values());
  const begun = (name: string) => typed.length > 1 && name.startsWith(typed);
  return [...distances.keys()].filter((name) => (least <= limit ? distances.get(name) === least : begun(name))).sort();
}

/** cobra's words below an error. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `\n\nDid you mean this?\n${names.map((name) => `\t${name}`).join('\n')}`;
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
