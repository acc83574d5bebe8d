/** What a StatefulSet calls its pods and claims, and which ordinals it wants. */
import { controllerOf } from '#src/objects/owners.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';

/** The wanted ordinals, from `start` on: `[start, end)`. */
export interface OrdinalRange {
  start: number;
  /** One past the last wanted ordinal. */
  end: number;
}

/** `StatefulSetPodNameLabel`, k8s.io/api/apps/v1; the controller holds it to the pod's name (`identityMatches`). */
export const podNameLabel = 'statefulset.kubernetes.io/pod-name';

/** Ordinals count from `spec.ordinals.start` (KEP-3335); an absent `spec.replicas` means one. */
export function wantedOrdinals(set: StatefulSet): OrdinalRange {
  const start = count(set.spec?.ordinals?.start ?? 0);
  return { start, end: start + count(set.spec?.replicas ?? 1) };
}

/** What the API server takes for a count, a number of 32 bits from 0 on. A file may hold any: above 2^53, n + 1 is n. */
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
 * `TEMPLATE-SET-ORDINAL`. Template `a-b` of set `c` and template `a` of set `b-c` give the same name, and their pods
 * then share the claim: the controller finds claims by name alone.
 */
export function claimName(template: string, set: string, ordinal: number): string {
  return `${template}-${set}-${ordinal}`;
}

/**
 * The ordinal in a pod's name; -1 where the name has none, as the controller has it: such a pod is outside every
 * range of wanted ordinals. Source: `getParentNameAndOrdinal`, stateful_set_utils.go (32 bits).
 */
export function ordinalOf(pod: string): number {
  const digits = /-([0-9]+)$/.exec(pod)?.[1];
  const ordinal = digits === undefined ? -1 : Number(digits);
  return ordinal <= 0x7fffffff ? ordinal : -1;
}

/** An ordinal as a person types it, as it stands in a pod's name: no leading zeros, 32 bits. */
export function parseOrdinal(text: string): number | undefined {
  const ordinal = /^(0|[1-9]\d{0,9})$/.test(text) ? ordinalOf(`-${text}`) : -1;
  return ordinal < 0 ? undefined : ordinal;
}

/** The set that a pod's name speaks of: `web` of `web-1`. */
export function setNameOf(pod: string): string {
  return pod.slice(0, Math.max(pod.lastIndexOf('-'), 0));
}

/**
 * Whether `pod` belongs to `set`: told by the controller's UID, for a set made anew under the old name adopts nothing
 * by name alone. An object without a UID is a manifest or was stripped of it; there the owner's name must do.
 */
export function isMember(set: StatefulSet, pod: Pod): boolean {
  const controller = controllerOf(pod);
  if (controller === undefined || pod.metadata.namespace !== set.metadata.namespace) return false;
  if (set.metadata.uid !== undefined) return controller.uid === set.metadata.uid;
  return controller.kind === 'StatefulSet' && controller.name === set.metadata.name;
}

/** The short hash at the end of a ControllerRevision's name, by which people tell revisions apart. */
export function revisionHash(set: string, revision: string): string {
  return revision.startsWith(`${set}-`) ? revision.slice(set.length + 1) : revision;
}
