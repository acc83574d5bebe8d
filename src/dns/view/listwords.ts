/** Lists in sentences. */

const most = 3;

/** `a, b and c`; of more than three words, `a, b and 2 more`. */
export function all(words: readonly string[]): string {
  const shown = words.length > most ? [...words.slice(0, most - 1), `${words.length - most + 1} more`] : words;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
