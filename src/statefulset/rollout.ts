/**
 * How far a StatefulSet is with what was last asked of it. Judged pod by pod, by the label `controller-revision-hash`
 * against `status.updateRevision`: under OnDelete `status.currentRevision` never advances.
 * Source: `updateStatefulSet`, pkg/controller/statefulset/stateful_set_control.go, Kubernetes 1.36.
 */
import { isRunningAndReady, isTrouble, podStatus } from '../objects/podstatus.ts';
import type { Pod, StatefulSet } from '../objects/types.ts';
import { isWanted, ordinalOf, wantedOrdinals } from './identity.ts';

/** A pod against its set's revisions; `unlabelled` where the pod does not say, `unknown` where the set does not. */
export type RevisionStanding = 'update' | 'current' | 'neither' | 'unlabelled' | 'unknown';

/** A pod that the controller waits for, and kubectl's word for its state. */
export interface Blocker {
  pod: string;
  word: string;
  /** Whether the pod will not get on by itself. */
  trouble: boolean;
}

export type Rollout =
  /** A manifest, or a set that no controller has looked at yet. */
  | { state: 'no status' }
  | { state: 'deleting' }
  /** The controller has not seen the newest change to the set. */
  | { state: 'unseen' }
  /**
   * A pod is broken in an older revision than the one asked for, and the controller of an OrderedReady set waits for it
   * before it replaces any: the update never comes (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
   */
  | { state: 'stuck'; blocker: Blocker; cause: 'broken in an older revision' | 'broken in the update revision' }
  | { state: 'scaling'; pods: number; wanted: number; blocker: Blocker | undefined }
  | { state: 'updating'; updated: number; target: number; blocker: Blocker | undefined }
  /** OnDelete: the controller replaces no pod by itself. */
  | { state: 'waits for deletion'; updated: number; wanted: number }
  | { state: 'not ready'; blocker: Blocker | undefined }
  /** All as asked; `heldBack` pods stay in the older revision behind the partition. */
  | { state: 'done'; heldBack: number };

/** @param pods the set's pods; undefined where they could not be read, so that only the set's own status speaks */
export function rollout(set: StatefulSet, pods: readonly Pod[] | undefined): Rollout {
  const { metadata, status } = set;
  if (metadata.deletionTimestamp) return { state: 'deleting' };
  if (status?.observedGeneration === undefined) return { state: 'no status' };
  if (status.observedGeneration < (metadata.generation ?? 0)) return { state: 'unseen' };
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

export function isOrdered(set: StatefulSet): boolean {
  return set.spec?.podManagementPolicy !== 'Parallel';
}

export function isOnDelete(set: StatefulSet): boolean {
  return set.spec?.updateStrategy?.type === 'OnDelete';
}

/** The first pod of `pods`, in their order, that is not Running and Ready. */
export function firstBlocker(pods: readonly Pod[]): Blocker | undefined {
  const pod = pods.find((candidate) => !isRunningAndReady(candidate));
  if (pod === undefined) return undefined;
  const { word } = podStatus(pod);
  return { pod: pod.metadata.name, word: word === 'Running' ? 'not ready' : word, trouble: isTrouble(word) };
}

function fromPods(set: StatefulSet, pods: readonly Pod[]): Rollout {
  const range = wantedOrdinals(set);
  const wanted = range.end - range.start;
  const inOrder = [...pods].sort((a, b) => ordinalOf(a.metadata.name) - ordinalOf(b.metadata.name));
  const living = inOrder.filter((pod) => isWanted(range, ordinalOf(pod.metadata.name)));
  const blocker = firstBlocker(living);
  const standing = (pod: Pod) => revisionStanding(set, pod);

  const targets = living.filter((pod) => isOnDelete(set) || ordinalOf(pod.metadata.name) >= firstUpdated(set));
  const outdated = targets.filter((pod) => standing(pod) === 'current' || standing(pod) === 'neither');

  if (blocker?.trouble && !isOnDelete(set) && isOrdered(set)) {
    const broken = living.find((pod) => pod.metadata.name === blocker.pod);
    if (broken && outdated.includes(broken)) return { state: 'stuck', blocker, cause: 'broken in an older revision' };
    const revisions = new Set([set.status?.currentRevision, set.status?.updateRevision]);
    if (broken && standing(broken) === 'update' && revisions.size > 1) {
      return { state: 'stuck', blocker, cause: 'broken in the update revision' };
    }
  }
  // Scaling goes before updating.
  if (pods.length !== wanted || living.length !== wanted)
    return { state: 'scaling', pods: pods.length, wanted, blocker };
  if (outdated.length > 0) {
    const updated = targets.length - outdated.length;
    if (isOnDelete(set)) return { state: 'waits for deletion', updated, wanted };
    return { state: 'updating', updated, target: targets.length, blocker };
  }
  if (blocker) return { state: 'not ready', blocker };
  return { state: 'done', heldBack: living.filter((pod) => ['current', 'neither'].includes(standing(pod))).length };
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
    if (isOnDelete(set)) return { state: 'waits for deletion', updated, wanted };
    return { state: 'updating', updated, target, blocker: undefined };
  }
  if ((status?.readyReplicas ?? 0) < wanted) return { state: 'not ready', blocker: undefined };
  return { state: 'done', heldBack: wanted - target };
}
