/** What stands in a cell of a table or a tree: words, and how grave they are. */
import type { Absence } from '#src/objects/snapshot.ts';
import type { Colour } from '#src/terminal/paint.ts';

/** What a cell means: well, on its way or doubtful, wrong, or of little weight. */
export type Tone = 'good' | 'warning' | 'bad' | 'faint';

export interface Cell {
  text: string;
  tone?: Tone;
}

export const tones: Record<Tone, Colour> = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim' };

const absenceTones: Record<Absence, Tone> = { missing: 'bad', forbidden: 'warning', 'not given': 'faint' };

export function absence(state: Absence): Cell {
  return { text: state, tone: absenceTones[state] };
}

const gravity = ['bad', 'warning', 'faint', 'good'] as const;

/** What several words come to together. */
export function gravest(cells: readonly Cell[]): Tone | undefined {
  return gravity.find((tone) => cells.some((cell) => cell.tone === tone));
}

/** Words with commas between them, leaving out what is empty. */
export function listed(...words: (string | undefined | false)[]): string {
  return words.filter((word) => word).join(', ');
}
