/**
 * The states of a pod, as the StatefulSet controller sees them. Not those of objects/podstatus.ts: to the controller, a
 * pod that is being deleted may be ready. Source: stateful_set_utils.go; `IsPodAvailable`, pkg/api/v1/pod/util.go.
 */
import { parseTime } from '#src/objects/time.ts';
import type { Pod } from '#src/objects/types.ts';
import type { Wait } from './acts.ts';

/** What decides whether a pod is available. */
export interface AvailabilityRule {
  minReadySeconds: number;
  /** Milliseconds since the epoch. */
  now: number;
}

export function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Whether the pod has ended. The controller replaces such a pod, whatever its revision. */
export function isEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** `isRunningAndReady` */
export function isReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && readyCondition(pod)?.status === 'True';
}

/** `isUnavailable` */
export function isUnavailable(rule: AvailabilityRule, pod: Pod): boolean {
  return !isAvailable(rule, pod) || isTerminating(pod);
}

/** `isRunningAndAvailable`, which looks at the condition alone, and not at the phase. */
export function isAvailable({ minReadySeconds, now }: AvailabilityRule, pod: Pod): boolean {
  if (readyCondition(pod)?.status !== 'True') return false;
  const at = availableAt(minReadySeconds, pod);
  return minReadySeconds === 0 || (at !== undefined && at <= now);
}

/** Why the controller waits for a pod that is unavailable. */
export function unavailability(rule: AvailabilityRule, pod: Pod): Wait {
  const { name } = pod.metadata;
  if (isTerminating(pod)) return { pod: name, why: { kind: 'terminating' } };
  if (!isReady(pod)) return { pod: name, why: { kind: 'not ready' } };
  return { pod: name, why: { kind: 'not available', at: availableAt(rule.minReadySeconds, pod) } };
}

/** The name of the pod's revision. */
export function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['controller-revision-hash'];
}

export function readyCondition({ status }: Pod) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

/** When a pod that stays ready becomes available: milliseconds since the epoch; undefined where it does not tell. */
export function availableAt(minReadySeconds: number, pod: Pod): number | undefined {
  const since = readyCondition(pod)?.lastTransitionTime;
  const at = since ? parseTime(since) + minReadySeconds * 1_000 : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
