/** The fields that all documents for programs have in common. docs/output.md describes their shape. */
import { deletionOf } from '#src/objects/deletion.ts';
import type { Absence, Lookup } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Named } from '#src/objects/types.ts';

export const apiVersion = 'kubectl-sts/v1';

export type Fields = Record<string, unknown>;

/** The fields without those that are undefined or null: a document leaves out a field that has no value. */
export function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** An object that was looked up by name: the name, the state, and the object's fields where it was found. */
export function looked<T>(name: string, lookup: Lookup<T>, fields: (object: T) => Fields): Fields {
  return { name, state: stateWord(lookup.state), ...(lookup.state === 'found' ? fields(lookup.object) : {}) };
}

const stateWords: Record<Absence | 'found', string> = {
  found: 'found',
  missing: 'missing',
  forbidden: 'forbidden',
  'not given': 'notGiven',
};

export function stateWord(state: Absence | 'found'): string {
  return stateWords[state];
}

/**
 * The fields that tell an object from an earlier or later one of the same name, and what holds it while it is being
 * deleted.
 */
export function identity(object: Named): Fields {
  const { uid, creationTimestamp, deletionTimestamp } = object.metadata;
  const { since, finalizers = [] } = deletionOf(object) ?? {};
  return present({
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletedSince: since === undefined ? undefined : formatTime(since),
    finalizers: finalizers.length > 0 ? finalizers : undefined,
  });
}

/** Undefined for infinity, which JSON does not have: as a double, the quantity `1e999` is infinite. */
export function finite(number: number | undefined): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
