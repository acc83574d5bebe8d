/**
 * A pinned Service. Its selector holds the name of one pod of a StatefulSet, which the controller puts on the pod as a
 * label, and an annotation remembers the original selector.
 */
import { isEmpty, type Selector, unmet } from '#src/objects/service.ts';
import { type Absence, index, type Snapshot } from '#src/objects/snapshot.ts';
import type { Service } from '#src/objects/types.ts';
import { isWanted, ordinalOf, podNameLabel, setNameOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { type Drift, driftOf } from './drift.ts';
import { type PinRecord, readRecord, recordText } from './record.ts';

/** Whether and how a Service is pinned; `pod` is the one in its selector. */
export type Pinning =
  | { kind: 'not pinned' }
  /** Somebody put the label into the selector, and left no annotation. */
  | { kind: 'by hand'; pod: string }
  | { kind: 'ours'; pod: string | undefined; record: PinRecord; drift: Drift | undefined }
  /** The annotation is there, and its text does not tell the original selector. */
  | { kind: 'unreadable'; pod: string | undefined; why: string };

export function pinningOf(service: Service): Pinning {
  const selector = selectorOf(service);
  const pod = selector[podNameLabel];
  const text = recordText(service);
  if (text === undefined) return pod === undefined ? { kind: 'not pinned' } : { kind: 'by hand', pod };
  const record = readRecord(text);
  if ('unreadable' in record) return { kind: 'unreadable', pod, why: record.unreadable };
  return { kind: 'ours', pod, record, drift: driftOf(pinnedTo(record.selector, record.pod), selector) };
}

/** The record that undoes the pin; undefined when no annotation tells the original selector. */
export function recordOf(pinning: Pinning): PinRecord | undefined {
  return pinning.kind === 'ours' ? pinning.record : undefined;
}

export function isPinned(service: Service): boolean {
  return pinningOf(service).kind !== 'not pinned';
}

export function selectorOf({ spec }: Service): Selector {
  return spec?.selector ?? {};
}

export function pinnedTo(selector: Selector, pod: string): Selector {
  return { ...selector, [podNameLabel]: pod };
}

export function withoutPod(selector: Selector): Selector {
  const { [podNameLabel]: _, ...rest } = selector;
  return rest;
}

/** A Service that is pinned, or that still has the annotation. */
export interface Pin {
  service: Service;
  pinning: Exclude<Pinning, { kind: 'not pinned' }>;
  endangered: Endangered | undefined;
}

interface EndangeredBy {
  'pod missing': unknown;
  /** The set was scaled below the ordinal: the controller deletes the pod, or has deleted it. */
  'beyond the set': { set: string };
  /** The pod lacks other labels of the selector. */
  'not selected': { missing: Selector };
  /** The pod was not seen. */
  unknown: { why: Exclude<Absence, 'missing'> };
}

export type EndangeredKind = keyof EndangeredBy;

/** Why a pinned Service has no endpoint, however well the pods are. */
export type Endangered<Kind extends EndangeredKind = EndangeredKind> = {
  [K in Kind]: { kind: K } & EndangeredBy[K];
}[Kind];

/** The pins among `services`, in their order. */
export function pinsOf(services: readonly Service[], snapshot: Pick<Snapshot, 'statefulSets' | 'pods'>): Pin[] {
  const pods = index(snapshot.pods);
  const sets = index(snapshot.statefulSets);
  const endangered = (service: Service, name: string | undefined): Endangered | undefined => {
    if (name === undefined) return undefined;
    const { namespace } = service.metadata;
    const pod = pods(namespace, name);
    const set = sets(namespace, setNameOf(name));
    const wanted = set.state === 'found' ? wantedOrdinals(set.object) : undefined;
    if (wanted && !isWanted(wanted, ordinalOf(name))) return { kind: 'beyond the set', set: setNameOf(name) };
    if (pod.state === 'missing') return { kind: 'pod missing' };
    if (pod.state !== 'found') return { kind: 'unknown', why: pod.state };
    const missing = unmet(selectorOf(service), pod.object.metadata.labels);
    return isEmpty(missing) ? undefined : { kind: 'not selected', missing };
  };
  return services.flatMap((service) => {
    const pinning = pinningOf(service);
    return pinning.kind === 'not pinned' ? [] : [{ service, pinning, endangered: endangered(service, pinning.pod) }];
  });
}
