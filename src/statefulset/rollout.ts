/**
 * How far a StatefulSet is with its latest change. Each pod's label `controller-revision-hash` is compared with
 * `status.updateRevision`, since up to Kubernetes 1.36 `status.currentRevision` never advances under OnDelete.
 * Source: `updateStatefulSet`, pkg/controller/statefulset/stateful_set_control.go, Kubernetes 1.36 and 1.37.
 */
import { isRunningAndReady, isTrouble, podStatus, unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { isWanted, ordinalOf, wantedOrdinals } from './identity.ts';

/** Which of its set's revisions a pod has; `unlabelled` if the pod does not say, `unknown` if the set does not. */
export type RevisionStanding = 'update' | 'current' | 'neither' | 'unlabelled' | 'unknown';

/** A pod that is not Running and Ready. The controller of an OrderedReady set waits for it. */
export interface Blocker {
  pod: string;
  /** kubectl's word for its state; `not ready` if it is Running; empty if it has no status. */
  word: string;
  /** Whether something is wrong with the pod that time alone does not mend. */
  trouble: boolean;
}

export type Rollout =
  /** The set comes from a manifest. */
  | { state: 'no status' }
  | { state: 'deleting' }
  /** The controller has not yet seen the latest change to the set. */
  | { state: 'unseen' }
  /**
   * A pod is broken, and the controller of an OrderedReady set waits for it before it replaces any pod, so that the
   * update never ends (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
   */
  | {
      state: 'stuck';
      blocker: Blocker;
      cause: 'broken in an older revision' | 'broken in the update revision';
      /** A claim of the pod that is being deleted: its data would be lost with the pod. */
      endangered?: string;
    }
  | { state: 'scaling'; pods: number; wanted: number; blocker: Blocker | undefined }
  | { state: 'updating'; updated: number; target: number; blocker: Blocker | undefined }
  /** OnDelete: the controller replaces a pod only once it is deleted. */
  | { state: 'waits for deletion'; updated: number; wanted: number; blocker: Blocker | undefined }
  | { state: 'not ready'; blocker: Blocker | undefined }
  /** Everything is as wanted. `heldBack` pods below the partition keep the older revision. */
  | { state: 'done'; heldBack: number };

/** @param pods the set's pods; undefined if they could not be read, and then the set's status decides */
export function rollout(set: StatefulSet, pods: readonly Pod[] | undefined): Rollout {
  const { metadata, status } = set;
  if (metadata.deletionTimestamp) return { state: 'deleting' };
  if (status === undefined) return { state: 'no status' };
  // A set that was just created has a status, but the controller has not seen it yet.
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1)) return { state: 'unseen' };
  return pods === undefined ? fromStatus(set) : fromPods(set, pods);
}

export function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash'];
}

export function revisionStanding({ status }: StatefulSet, pod: Pod): RevisionStanding {
  const revision = revisionOf(pod);
  if (revision === undefined) return 'unlabelled';
  if (status?.updateRevision === undefined) return 'unknown';
  if (revision === status.updateRevision) return 'update';
  return revision === status.currentRevision ? 'current' : 'neither';
}

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
export function nextRevision(set: StatefulSet, ordinal: number): string | undefined {
  const isHeldBack = !isOnDelete(set) && ordinal < firstUpdated(set);
  return isHeldBack ? set.status?.currentRevision : set.status?.updateRevision;
}

export function isOrdered(set: StatefulSet): boolean {
  return set.spec?.podManagementPolicy !== 'Parallel';
}

function isOnDelete(set: StatefulSet): boolean {
  return set.spec?.updateStrategy?.type === 'OnDelete';
}

/** Describes a pod that is not Running and Ready. */
export function blockerOf(pod: Pod): Blocker {
  const { word } = podStatus(pod);
  return {
    pod: pod.metadata.name,
    word: word === 'Running' ? 'not ready' : word,
    trouble: unscheduledMessage(pod) !== undefined || (isTrouble(word) && !hasEnded(pod)),
  };
}

/** Whether the pod has ended. The controller replaces such a pod, whatever its revision (`processReplica`). */
function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

function fromPods(set: StatefulSet, all: readonly Pod[]): Rollout {
  const range = wantedOrdinals(set);
  const wanted = range.end - range.start;
  const placed = all
    .map((pod) => ({ pod, ordinal: ordinalOf(pod.metadata.name) }))
    // The controller ignores a pod without an ordinal.
    .filter(({ ordinal }) => ordinal >= 0)
    .sort((a, b) => a.ordinal - b.ordinal);
  const inRange = placed.filter(({ ordinal }) => isWanted(range, ordinal));
  const living = inRange.map(({ pod }) => pod);
  const firstUnready = living.find((pod) => !isRunningAndReady(pod));
  const unready = firstUnready && blockerOf(firstUnready);
  // In a Parallel set, no pod waits for another.
  const blocker = isOrdered(set) ? unready : undefined;

  const from = isOnDelete(set) ? range.start : firstUpdated(set);
  const targets = inRange.filter(({ ordinal }) => ordinal >= from).map(({ pod }) => pod);
  const outdated = targets.filter((pod) => isOutdated(set, pod));

  if (firstUnready && blocker?.trouble && !isOnDelete(set)) {
    if (outdated.includes(firstUnready)) return { state: 'stuck', blocker, cause: 'broken in an older revision' };
    const underWay = set.status?.currentRevision !== set.status?.updateRevision;
    if (underWay && revisionStanding(set, firstUnready) === 'update') {
      return { state: 'stuck', blocker, cause: 'broken in the update revision' };
    }
  }
  // The controller scales before it updates.
  if (placed.length !== wanted || living.length !== wanted) {
    return { state: 'scaling', pods: placed.length, wanted, blocker };
  }
  if (outdated.length > 0) {
    const updated = targets.length - outdated.length;
    if (isOnDelete(set)) return { state: 'waits for deletion', updated, wanted, blocker: unready };
    return { state: 'updating', updated, target: targets.length, blocker };
  }
  if (unready) return { state: 'not ready', blocker: unready };
  return { state: 'done', heldBack: living.filter((pod) => isOutdated(set, pod)).length };
}

/** Whether the pod has an older revision. A pod without the label does, as for the controller. */
function isOutdated(set: StatefulSet, pod: Pod): boolean {
  const standing = revisionStanding(set, pod);
  return standing !== 'update' && standing !== 'unknown';
}

/** Without the pods: by the numbers that the controller counted. */
function fromStatus(set: StatefulSet): Rollout {
  const { status } = set;
  const range = wantedOrdinals(set);
  const wanted = range.end - range.start;
  const pods = status?.replicas ?? 0;
  const updated = status?.updatedReplicas ?? 0;
  const target = isOnDelete(set) ? wanted : Math.max(0, range.end - firstUpdated(set));
  if (pods !== wanted) return { state: 'scaling', pods, wanted, blocker: undefined };
  if (updated < target) {
    if (isOnDelete(set)) return { state: 'waits for deletion', updated, wanted, blocker: undefined };
    return { state: 'updating', updated, target, blocker: undefined };
  }
  if ((status?.readyReplicas ?? 0) < wanted) return { state: 'not ready', blocker: undefined };
  return { state: 'done', heldBack: wanted - target };
}
