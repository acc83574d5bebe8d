/** Objects that are being deleted: since when, and what holds them. */
import { timeOf } from './time.ts';
import type { Named } from './types.ts';

/** When the grace period of an object that is being deleted is over, in milliseconds since the epoch. */
export function endOf({ metadata }: Named): number | undefined {
  return timeOf(metadata.deletionTimestamp);
}

/** When the deletion was asked for: a pod's deletionTimestamp lies its grace period later. */
export function deletedSince(object: Named): number | undefined {
  const end = endOf(object);
  return end === undefined ? undefined : end - (object.metadata.deletionGracePeriodSeconds ?? 0) * 1_000;
}

export interface Deletion {
  /** Milliseconds since the epoch. */
  since: number | undefined;
  /** They hold the object until their controllers take them away. */
  finalizers: readonly string[];
}

/** Undefined for an object that is not being deleted. */
export function deletionOf(object: Named): Deletion | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp === undefined ? undefined : { since: deletedSince(object), finalizers };
}
