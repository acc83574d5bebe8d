/** A cell of a table or a tree: words, and how grave they are. */
import type { Absence } from '#src/objects/snapshot.ts';
import type { Tone } from './tone.ts';

export interface Cell {
  text: string;
  tone?: Tone;
}

const absenceTones: Record<Absence, Tone> = { missing: 'bad', forbidden: 'warning', 'not given': 'faint' };

/** Says that an object is not at hand, and why. */
export function absence(state: Absence): Cell {
  return { text: state, tone: absenceTones[state] };
}
