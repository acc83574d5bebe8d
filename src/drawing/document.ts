/** What all parts of a document for programs have in common. */
import type { Absence, Lookup } from '#src/objects/snapshot.ts';
import type { Named } from '#src/objects/types.ts';

export type Fields = Record<string, unknown>;

/** `fields` without those that have nothing to say: a program asks whether a field is there, never what null means. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** An object that was looked for: its name, whether it was found or why not, and what it says when it was. */
export function looked<T>(name: string, lookup: Lookup<T>, fields: (object: T) => Fields): Fields {
  return { name, state: stateWord(lookup.state), ...(lookup.state === 'found' ? fields(lookup.object) : {}) };
}

export function stateWord(state: Absence | 'found'): string {
  return state === 'not given' ? 'notGiven' : state;
}

/** How an object is told from another one that had, or will have, its name. */
export function identity({ metadata }: Named): Fields {
  const { uid, creationTimestamp, deletionTimestamp } = metadata;
  return present({ uid, creationTimestamp, deletionTimestamp });
}

/** JSON has no infinity, which is what a double makes of the quantity `1e999`. */
export function finite(number: number | undefined): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
