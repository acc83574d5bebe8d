/** The names of a StatefulSet's pods and claims, and the ordinals that it wants. */
import { controllerOf, isOfKind, refersTo, setKind } from '#src/objects/owners.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';

/** A range of ordinals: `[start, end)`. */
export interface OrdinalRange {
  start: number;
  /** The last ordinal plus one. */
  end: number;
}

/**
 * `StatefulSetPodNameLabel`, k8s.io/api/apps/v1. The controller keeps it equal to the pod's name (`identityMatches`).
 */
export const podNameLabel = 'statefulset.kubernetes.io/pod-name';

/** `PodIndexLabel`, k8s.io/api/apps/v1: the pod's ordinal, counted from `ordinals.start` like the one in its name. */
export const podIndexLabel = 'apps.kubernetes.io/pod-index';

/**
 * The ordinals that the set wants, from `spec.ordinals.start` on (KEP-3335). Without `spec.replicas` it wants one pod.
 */
export function wantedOrdinals(set: StatefulSet): OrdinalRange {
  const start = count(set.spec?.ordinals?.start ?? 0);
  return { start, end: start + count(set.spec?.replicas ?? 1) };
}

/**
 * Limits a number to what the API server accepts: 0 to 2^31 - 1. A file may hold any, and above 2^53 n + 1 equals n.
 */
function count(number: number): number {
  return Math.trunc(Math.min(Math.max(number, 0), 0x7fffffff));
}

export function isWanted({ start, end }: OrdinalRange, ordinal: number): boolean {
  return ordinal >= start && ordinal < end;
}

/** `SET-ORDINAL` */
export function podName(set: string, ordinal: number): string {
  return `${set}-${ordinal}`;
}

/**
 * `TEMPLATE-SET-ORDINAL`. Template `a-b` of set `c` and template `a` of set `b-c` have the same claim, since the
 * controller looks claims up by name alone.
 */
export function claimName(template: string, set: string, ordinal: number): string {
  return `${template}-${set}-${ordinal}`;
}

/**
 * The ordinal in a pod's name; -1 if the name has none, as in the controller. Such a pod is outside every range of
 * ordinals. Source: `getParentNameAndOrdinal`, stateful_set_utils.go (32 bits).
 */
export function ordinalOf(pod: string): number {
  const digits = /-([0-9]+)$/.exec(pod)?.[1];
  const ordinal = digits === undefined ? -1 : Number(digits);
  return ordinal <= 0x7fffffff ? ordinal : -1;
}

/** Parses an ordinal that a person typed: no leading zeros, 32 bits, as in a pod's name. */
export function parseOrdinal(text: string): number | undefined {
  const ordinal = /^(0|[1-9]\d{0,9})$/.test(text) ? ordinalOf(`-${text}`) : -1;
  return ordinal < 0 ? undefined : ordinal;
}

/** The name of the set in a pod's name: `web` in `web-1`. */
export function setNameOf(pod: string): string {
  return pod.slice(0, Math.max(pod.lastIndexOf('-'), 0));
}

/**
 * Whether `set` controls `pod`. A set that was created again under the same name does not control the pods of the old
 * one, and neither does a set the pods of its namesake of another API group.
 */
export function isMember(set: StatefulSet, pod: Pod): boolean {
  const controller = controllerOf(pod);
  return (
    controller !== undefined && pod.metadata.namespace === set.metadata.namespace && refersTo(controller, setKind, set)
  );
}

/**
 * Whether an earlier set of the same name controls `pod`. That set is gone, since names are unique, so that the garbage
 * collector deletes the pod (`attemptToDeleteItem`, garbagecollector.go).
 */
export function isOfEarlierSet(set: StatefulSet, pod: Pod): boolean {
  const controller = controllerOf(pod);
  return (
    controller !== undefined &&
    isOfKind(controller, setKind) &&
    controller.name === set.metadata.name &&
    pod.metadata.namespace === set.metadata.namespace &&
    !refersTo(controller, setKind, set)
  );
}

/** The hash at the end of a ControllerRevision's name: a short name for the revision. */
export function revisionHash(set: string, revision: string): string {
  return revision.startsWith(`${set}-`) ? revision.slice(set.length + 1) : revision;
}
