/** The revisions of a StatefulSet that the controller gives to its pods. */
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { wantedOrdinals } from '../identity.ts';
import { revisionOf } from './pods.ts';

/**
 * The first ordinal that a rolling update replaces. The partition counts from `ordinals.start`: with start 5 and
 * partition 2, pods 5 and 6 stay as they are.
 */
export function firstUpdated(set: StatefulSet): number {
  return wantedOrdinals(set).start + (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0);
}

/**
 * The revision in which the controller creates the pod of an ordinal.
 * Source: `newVersionedStatefulSetPod`, stateful_set_utils.go.
 */
export function revisionAt(set: StatefulSet, ordinal: number): string | undefined {
  const { currentRevision, updateRevision } = set.status ?? {};
  return ordinal < firstUpdated(set) ? (currentRevision ?? updateRevision) : updateRevision;
}

/** Which of its set's revisions a pod has; `unlabelled` if the pod does not say, `unknown` if the set does not. */
export type RevisionStanding = 'update' | 'current' | 'neither' | 'unlabelled' | 'unknown';

export function revisionStanding({ status }: StatefulSet, pod: Pod): RevisionStanding {
  const revision = revisionOf(pod);
  if (revision === undefined) return 'unlabelled';
  if (status?.updateRevision === undefined) return 'unknown';
  if (revision === status.updateRevision) return 'update';
  return revision === status.currentRevision ? 'current' : 'neither';
}

export function isOrdered({ spec }: StatefulSet): boolean {
  return spec?.podManagementPolicy !== 'Parallel';
}

/** Whether the controller leaves it to a person to delete outdated pods. */
export function isOnDelete({ spec }: StatefulSet): boolean {
  return spec?.updateStrategy?.type === 'OnDelete';
}

/** Whether the pod has an older revision. A pod without the label does, as for the controller. */
export function isOutdated(set: StatefulSet, pod: Pod): boolean {
  const standing = revisionStanding(set, pod);
  return standing !== 'update' && standing !== 'unknown';
}
