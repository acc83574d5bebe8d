/**
 * What the length of a set's name does to the set and its pods. The API server measures the set, and then each pod that
 * the controller makes.
 */
import type { StatefulSet } from '#src/objects/types.ts';

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

export type NameFault =
  /** The API server takes no such set: each of these names has to be a label of a DNS name. */
  | { kind: 'set refused'; field: 'name' | 'serviceName'; length: number }
  /**
   * The API server takes no pod of the set, because the label `controller-revision-hash` is too long. `certain`: whatever
   * the hash is, or by the hash of the update revision. `likely`: the hash is not known, and nine of ten are that long.
   * `later`: the update revision fits, and the next one may not.
   */
  | { kind: 'pods refused'; certainty: 'certain' | 'likely' | 'later'; length: number };

export function nameFaults({ metadata, spec, status }: StatefulSet): NameFault[] {
  const names = { name: metadata.name, serviceName: spec?.serviceName ?? '' };
  const refused = (['name', 'serviceName'] as const).filter((field) => names[field].length > longestLabel);
  const { length } = metadata.name;
  if (refused.length > 0) return refused.map((field) => ({ kind: 'set refused', field, length: names[field].length }));
  return length > longestSafeName ? [{ kind: 'pods refused', certainty: certaintyOf(length, status), length }] : [];
}

function certaintyOf(length: number, status: StatefulSet['status']): 'certain' | 'likely' | 'later' {
  const revision = status?.updateRevision;
  if (revision !== undefined && revision !== '') return isRefusedLabel(revision) ? 'certain' : 'later';
  // Every hash has a digit.
  return length + 1 + 1 > longestLabel ? 'certain' : 'likely';
}
