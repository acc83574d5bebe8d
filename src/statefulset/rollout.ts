/**
 * How far a StatefulSet is with what was last asked of it. Judged pod by pod, by the label `controller-revision-hash`
 * against `status.updateRevision`: under OnDelete `status.currentRevision` never advances.
 * Source: `updateStatefulSet`, pkg/controller/statefulset/stateful_set_control.go, Kubernetes 1.36.
 */
import { isRunningAndReady, isTrouble, podStatus, unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { isWanted, ordinalOf, wantedOrdinals } from './identity.ts';

/** A pod against its set's revisions; `unlabelled` where the pod does not say, `unknown` where the set does not. */
export type RevisionStanding = 'update' | 'current' | 'neither' | 'unlabelled' | 'unknown';

/** A pod that is not Running and Ready; where pods go in order, the controller waits for it. */
export interface Blocker {
  pod: string;
  /** kubectl's word for its state; `not ready` of one that is Running; empty where the pod has no status. */
  word: string;
  /** Whether the pod will not get on by itself. */
  trouble: boolean;
}

export type Rollout =
  /** A manifest. */
  | { state: 'no status' }
  | { state: 'deleting' }
  /** The controller has not seen the newest change to the set. */
  | { state: 'unseen' }
  /**
   * A pod is broken in an older revision than the one asked for, and the controller of an OrderedReady set waits for it
   * before it replaces any: the update never comes (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
   */
  | {
      state: 'stuck';
      blocker: Blocker;
      cause: 'broken in an older revision' | 'broken in the update revision';
      /** A claim of that pod which is being deleted: its data would go with the pod. */
      endangered?: string;
    }
  | { state: 'scaling'; pods: number; wanted: number; blocker: Blocker | undefined }
  | { state: 'updating'; updated: number; target: number; blocker: Blocker | undefined }
  /** OnDelete: the controller replaces no pod by itself. */
  | { state: 'waits for deletion'; updated: number; wanted: number; blocker: Blocker | undefined }
  | { state: 'not ready'; blocker: Blocker | undefined }
  /** All as asked; `heldBack` pods stay in the older revision behind the partition. */
  | { state: 'done'; heldBack: number };

/** @param pods the set's pods; undefined where they could not be read, so that only the set's own status speaks */
export function rollout(set: StatefulSet, pods: readonly Pod[] | undefined): Rollout {
  const { metadata, status } = set;
  if (metadata.deletionTimestamp) return { state: 'deleting' };
  if (status === undefined) return { state: 'no status' };
  // A set that was just made has a status, but no controller has looked at it yet.
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
 * The first ordinal that a rolling update replaces. A partition counts from `ordinals.start`: start 5 and partition 2
 * keep pods 5 and 6 as they are.
 */
export function firstUpdated(set: StatefulSet): number {
  return wantedOrdinals(set).start + (set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0);
}

/**
 * The revision in which the controller makes the pod of an ordinal anew.
 * Source: `newVersionedStatefulSetPod`, stateful_set_utils.go. (A rolling update without parameters has them by default.)
 */
export function nextRevision(set: StatefulSet, ordinal: number): string | undefined {
  const isHeldBack = !isOnDelete(set) && ordinal < firstUpdated(set);
  return isHeldBack ? set.status?.currentRevision : set.status?.updateRevision;
}

export function isOrdered(set: StatefulSet): boolean {
  return set.spec?.podManagementPolicy !== 'Parallel';
}

export function isOnDelete(set: StatefulSet): boolean {
  return set.spec?.updateStrategy?.type === 'OnDelete';
}

/** What there is to say of a pod that is not Running and Ready. */
export function blockerOf(pod: Pod): Blocker {
  const { word } = podStatus(pod);
  return {
    pod: pod.metadata.name,
    word: word === 'Running' ? 'not ready' : word,
    trouble: unscheduledMessage(pod) !== undefined || (isTrouble(word) && !hasEnded(pod)),
  };
}

/** The controller replaces a pod that has ended, whatever its revision (`processReplica`). */
function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

function fromPods(set: StatefulSet, all: readonly Pod[]): Rollout {
  const range = wantedOrdinals(set);
  const wanted = range.end - range.start;
  const placed = all
    .map((pod) => ({ pod, ordinal: ordinalOf(pod.metadata.name) }))
    // A pod without an ordinal the controller ignores.
    .filter(({ ordinal }) => ordinal >= 0)
    .sort((a, b) => a.ordinal - b.ordinal);
  const inRange = placed.filter(({ ordinal }) => isWanted(range, ordinal));
  const living = inRange.map(({ pod }) => pod);
  const firstUnready = living.find((pod) => !isRunningAndReady(pod));
  const unready = firstUnready && blockerOf(firstUnready);
  // The pods of a Parallel set wait for no other.
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
  // Scaling goes before updating.
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

/** A pod without the label counts as outdated, as it does to the controller. */
function isOutdated(set: StatefulSet, pod: Pod): boolean {
  const standing = revisionStanding(set, pod);
  return standing !== 'update' && standing !== 'unknown';
}

/** Without the pods: what the controller itself counted. */
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
