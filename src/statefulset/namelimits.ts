/**
 * What the length of a set's name does to the set and its pods. The API server measures the set, and then each pod that
 * the controller makes.
 */
import type { StatefulSet } from '#src/objects/types.ts';
import { templateNames } from './storage.ts';

/** The longest value of a label, and the longest label of a DNS name (`LabelValueMaxLength`, `DNS1123LabelMaxLength`). */
export const longestLabel = 63;

/** Whether the API server refuses an object with a label of this value. */
export function isRefusedLabel(value: string | undefined): boolean {
  return value !== undefined && value.length > longestLabel;
}

/** The hash in a revision's name is a number of 32 bits in decimal digits (`HashControllerRevision`). */
const longestHash = 10;

/** With the name of such a set, a hyphen and a hash, the label `controller-revision-hash` of a pod is never too long. */
export const longestSafeName = longestLabel - 1 - longestHash;

/** A name in a set that has to be a label of a DNS name, or the API server takes no such set. */
export type MeasuredField = 'name' | 'serviceName' | 'claimTemplate';

export type NameFault =
  | { kind: 'set refused'; field: MeasuredField; length: number }
  /**
   * The API server takes no pod of the set, because the label `controller-revision-hash` is too long. `certain`: whatever
   * the hash is, or by the hash of the update revision. `likely`: the hash is not known, and nine of ten are that long.
   * `later`: the update revision fits, and the next one may not.
   */
  | { kind: 'pods refused'; certainty: 'certain' | 'likely' | 'later'; length: number };

/** The names of claims need no measuring: where the names that they consist of are taken, they have up to 138 characters. */
export function nameFaults(set: StatefulSet): NameFault[] {
  const { metadata, spec, status } = set;
  const lengths: [MeasuredField, number][] = [
    ['name', metadata.name.length],
    ['serviceName', spec?.serviceName?.length ?? 0],
    ['claimTemplate', longestOf(templateNames(set))],
  ];
  const refused = lengths.filter(([, length]) => length > longestLabel);
  if (refused.length > 0) return refused.map(([field, length]) => ({ kind: 'set refused', field, length }));
  const { length } = metadata.name;
  return length > longestSafeName ? [{ kind: 'pods refused', certainty: certaintyOf(length, status), length }] : [];
}

/** How many characters the longest text has. There may be any number of texts. */
export function longestOf(texts: readonly string[]): number {
  return texts.reduce((longest, { length }) => Math.max(longest, length), 0);
}

function certaintyOf(length: number, status: StatefulSet['status']): 'certain' | 'likely' | 'later' {
  const revision = status?.updateRevision;
  if (revision !== undefined && revision !== '') return isRefusedLabel(revision) ? 'certain' : 'later';
  // Every hash has a digit.
  return length + 1 + 1 > longestLabel ? 'certain' : 'likely';
}
