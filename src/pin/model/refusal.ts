/** Why a Service is not pinned: it cannot be pinned to any pod, or not to this one. */
import { isRunningAndReady, podStatus } from '#src/objects/podstatus.ts';
import { isEmpty, isHeadless, lackedPorts, type Selector, unmet } from '#src/objects/service.ts';
import type { Part, Refusal } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { type OrdinalRange, podIndexLabel, podName, podNameLabel } from '#src/statefulset/identity.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { type Pinning, selectorOf } from './pinning.ts';
import { inNamespace, type PinRequest, type PinSnapshot } from './request.ts';
import type { TargetPod } from './targetpod.ts';

interface RefusedBy {
  ExternalName: { target: string };
  headless: unknown;
  'no selector': unknown;
  /** The annotation does not tell the original selector. */
  'unreadable annotation': { why: string };
  /** The pods of these sets have their stable names from the Service. */
  'governing Service': { sets: string[] };
  'selects no set': { selector: Selector };
  /** The Service selects pods of several sets: `sts/NAME:ORDINAL` tells which one is meant, unless the leader is. */
  'several sets': { sets: string[]; ordinal: number | undefined };
  /** The pods do not say which of them leads. */
  'leader unknown': { unknown: UnknownLeader };
  'set missing': { set: string };
  'ordinal outside the set': { set: string; ordinal: number; wanted: OrdinalRange };
  'pod missing': { pod: string };
  /** `set` is the set that was meant; undefined when the pod is of no set. */
  'not of the set': { pod: string; set: string | undefined };
  'being deleted': { pod: string };
  /** `word` is kubectl's word for the pod's state. */
  'not ready': { pod: string; word: string };
  'labels miss the selector': { pod: string; missing: Selector };
  'lacks ports': { pod: string; ports: string[] };
  /** The plan needs objects that were not seen; `refusal` is undefined where nobody gave them. */
  unknown: { part: UnknownPart; refusal: Refusal | undefined };
}

export type UnknownPart = 'statefulSets' | 'pods';

export type PinRefusalKind = keyof RefusedBy;

export type PinRefusal<Kind extends PinRefusalKind = PinRefusalKind> = {
  [K in Kind]: { kind: K } & RefusedBy[K];
}[Kind];

/** Why the Service cannot be pinned to any pod. */
export function whyUnfit(
  { service, snapshot }: Pick<PinRequest, 'service' | 'snapshot'>,
  pinning: Pinning,
): PinRefusal | undefined {
  const { metadata, spec } = service;
  if (spec?.type === 'ExternalName') return { kind: 'ExternalName', target: spec.externalName ?? '' };
  const governed = inNamespace(snapshot.statefulSets, metadata.namespace)
    .filter((set) => set.spec?.serviceName === metadata.name)
    .map((set) => set.metadata.name);
  if (governed.length > 0) return { kind: 'governing Service', sets: governed };
  if (isHeadless(service)) return { kind: 'headless' };
  if (isEmpty(selectorOf(service))) return { kind: 'no selector' };
  if (pinning.kind === 'unreadable') return { kind: 'unreadable annotation', why: pinning.why };
  // The Service may govern a set that cannot be listed.
  return snapshot.statefulSets.others === 'forbidden' ? unknown(snapshot, 'statefulSets') : undefined;
}

/**
 * Why the pod cannot take the Service's connections.
 *
 * @param selector the Service's selector once it is pinned to the pod
 */
export function whyNotTo(
  { pod, name, ordinal, set }: TargetPod,
  selector: Selector,
  { service, allowNotReady }: PinRequest,
): PinRefusal | undefined {
  const missing = unmet(selector, pod ? pod.metadata.labels : labelsAt(set, ordinal));
  if (!isEmpty(missing)) return { kind: 'labels miss the selector', pod: name, missing };
  const ports = lackedPorts(service, (pod ?? set.spec?.template)?.spec);
  if (ports.length > 0) return { kind: 'lacks ports', pod: name, ports };
  return allowNotReady || !pod ? undefined : whyNotReady(pod);
}

/** Why the pod has no endpoint, or soon has none; undefined when it is ready. */
export function whyNotReady(pod: Pod): PinRefusal<'being deleted' | 'not ready'> | undefined {
  const { name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp) return { kind: 'being deleted', pod: name };
  return isRunningAndReady(pod) ? undefined : { kind: 'not ready', pod: name, word: podStatus(pod).word };
}

/** The labels of a pod that was not seen, as the template and the controller give them (`initIdentity`, `updateIdentity`). */
export function labelsAt(set: StatefulSet, ordinal: number): Selector {
  return {
    ...set.spec?.template?.metadata?.labels,
    [podNameLabel]: podName(set.metadata.name, ordinal),
    [podIndexLabel]: String(ordinal),
  };
}

export function unknown(snapshot: PinSnapshot, name: UnknownPart): PinRefusal<'unknown'> {
  const part: Part<unknown> = snapshot[name];
  return { kind: 'unknown', part: name, refusal: part.others === 'forbidden' ? part.refusal : undefined };
}
