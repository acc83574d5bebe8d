/** How grave words are: views choose a tone, and a terminal shows it as a colour. */
import type { Colour } from '#src/terminal/paint.ts';

/** `good`: as it should be. `warning`: under way, or in doubt. `bad`: wrong. `faint`: of little weight. */
export type Tone = 'good' | 'warning' | 'bad' | 'faint';

export const tones: Record<Tone, Colour> = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim' };

/** The gravest tone has the lowest rank. */
const ranks: Record<Tone, number> = { bad: 0, warning: 1, faint: 2, good: 3 };

/** The gravest of several tones; undefined where none of the words has a tone. */
export function gravest(words: readonly { tone?: Tone }[]): Tone | undefined {
  return words.flatMap(({ tone }) => tone ?? []).sort((a, b) => ranks[a] - ranks[b])[0];
}
