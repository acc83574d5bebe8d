/**
 * What pins a Service to one pod of a StatefulSet: that pod's name, which the controller puts on it as a label, in the
 * Service's selector; and an annotation that remembers how the selector was.
 */

import { isEmpty, type Selector, serviceNameLabel, unmet } from '#src/objects/service.ts';
import { isRecord, parseObject } from '#src/objects/shape.ts';
import { type Absence, index, type Snapshot } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Service } from '#src/objects/types.ts';
import {
  isWanted,
  type OrdinalRange,
  ordinalOf,
  podNameLabel,
  setNameOf,
  wantedOrdinals,
} from '#src/statefulset/identity.ts';

export const pinAnnotation = 'kubectl-sts/pin';

/** A managedFields entry that owned the selector. */
export interface SelectorOwner {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  /** RFC 3339 */
  time?: string | undefined;
}

/** What the annotation holds, as JSON. Only what is needed to undo the pin must be there. */
export interface PinRecord {
  /** As it was before the first pin: whole, never empty. */
  selector: Selector;
  /** The pod that the Service was pinned to last. */
  pod: string;
  set?: string | undefined;
  /** When it was pinned to that pod, RFC 3339. */
  since?: string | undefined;
  user?: string | undefined;
  /** Who owned the selector before the first pin: the API server takes it from them with the first write. */
  owners: SelectorOwner[];
}

export function writeRecord(record: PinRecord): string {
  return JSON.stringify(record);
}

/** @returns the record, or why the annotation cannot be read: anybody may have edited it */
export function readRecord(text: string): PinRecord | { unreadable: string } {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { selector, pod, owners } = parsed.object;
  if (!isSelector(selector)) return { unreadable: 'its selector is not a map of labels' };
  if (isEmpty(selector)) return { unreadable: 'its selector is empty' };
  if (typeof pod !== 'string' || pod === '') return { unreadable: 'it names no pod' };
  return {
    selector,
    pod,
    ...texts(parsed.object, ['set', 'since', 'user']),
    owners: Array.isArray(owners) ? owners.flatMap(ownerIn) : [],
  };
}

function ownerIn(value: unknown): SelectorOwner[] {
  if (!isRecord(value)) return [];
  const { manager, operation, apiVersion } = value;
  if (typeof manager !== 'string' || typeof apiVersion !== 'string') return [];
  if (operation !== 'Apply' && operation !== 'Update') return [];
  return [{ manager, operation, apiVersion, ...texts(value, ['time']) }];
}

function texts<Name extends string>(value: Record<string, unknown>, names: readonly Name[]): { [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string') found[name] = text;
  }
  return found;
}

function isSelector(value: unknown): value is Selector {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

/** What somebody else did to the selector of a pinned Service. */
export interface Drift {
  added: Selector;
  removed: Selector;
  changed: Readonly<Record<string, { from: string; to: string }>>;
}

/** @param left as the Service was left after pinning */
export function driftOf(left: Selector, current: Selector): Drift | undefined {
  const changed = Object.entries(left).flatMap(([key, from]) => {
    const to = Object.hasOwn(current, key) ? current[key] : undefined;
    return to === undefined || to === from ? [] : [[key, { from, to }] as const];
  });
  const drift = {
    added: lacking(left, current),
    removed: lacking(current, left),
    changed: Object.fromEntries(changed),
  };
  return isEmpty(drift.added) && isEmpty(drift.removed) && changed.length === 0 ? undefined : drift;
}

/** The entries of `other` whose keys `selector` does not have. */
function lacking(selector: Selector, other: Selector): Selector {
  return Object.fromEntries(Object.entries(other).filter(([key]) => !Object.hasOwn(selector, key)));
}

export function isSame(a: Selector, b: Selector): boolean {
  return driftOf(a, b) === undefined;
}

/** A Service as far as pinning goes; `pod` is the one in its selector. */
export type Pinning =
  | { kind: 'not pinned' }
  /** Somebody put the label into the selector and left no annotation. */
  | { kind: 'by hand'; pod: string }
  | { kind: 'ours'; pod: string | undefined; record: PinRecord; drift: Drift | undefined }
  /** Nobody knows what the selector was. */
  | { kind: 'unreadable'; pod: string | undefined; why: string; text: string };

export function pinningOf(service: Service): Pinning {
  const selector = selectorOf(service);
  const pod = selector[podNameLabel];
  const text = service.metadata.annotations?.[pinAnnotation];
  if (text === undefined) return pod === undefined ? { kind: 'not pinned' } : { kind: 'by hand', pod };
  const record = readRecord(text);
  if ('unreadable' in record) return { kind: 'unreadable', pod, why: record.unreadable, text };
  return { kind: 'ours', pod, record, drift: driftOf(pinnedTo(record.selector, record.pod), selector) };
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

/** A write to a Service as a JSON merge patch (RFC 7386): what is null goes away. */
export interface ServicePatch {
  metadata: {
    /** The write is refused when the Service is no longer the one that was looked at; absent in a manifest. */
    resourceVersion?: string;
    annotations: Record<string, string | null>;
  };
  spec: { selector: Record<string, string | null> };
}

/** @param note what the annotation is to hold; null to take it away */
export function patchOf(service: Service, after: Selector, note: string | null): ServicePatch {
  const { resourceVersion } = service.metadata;
  const gone = Object.keys(lacking(after, selectorOf(service))).map((key) => [key, null] as const);
  return {
    metadata: {
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      annotations: { [pinAnnotation]: note },
    },
    spec: { selector: { ...Object.fromEntries(gone), ...after } },
  };
}

/** The Service as the API server would make it of a patch (RFC 7386): two maps of texts, of which none stays empty. */
export function patched(service: Service, { metadata, spec }: ServicePatch): Service {
  const annotations = merged(service.metadata.annotations, metadata.annotations);
  const { annotations: _, ...rest } = service.metadata;
  return {
    ...service,
    metadata: { ...rest, ...(isEmpty(annotations) ? {} : { annotations }) },
    spec: { ...service.spec, selector: merged(service.spec?.selector, spec.selector) },
  };
}

function merged(before: Selector | undefined, patch: Readonly<Record<string, string | null>>): Record<string, string> {
  const all = Object.entries({ ...before, ...patch });
  return Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

/** A Service that is pinned, or that still has the annotation. */
export interface Pin {
  service: Service;
  pinning: Exclude<Pinning, { kind: 'not pinned' }>;
  endangered: Endangered | undefined;
}

/** Why a pinned Service has no endpoint, however well the pods are. */
export type Endangered =
  | { kind: 'pod missing' }
  /** The set was scaled below the ordinal; its pod is gone, or about to be removed. */
  | { kind: 'beyond the set'; set: string; wanted: OrdinalRange }
  /** The pod lacks the rest of the selector. */
  | { kind: 'not selected'; missing: Selector }
  | { kind: 'unknown'; why: Exclude<Absence, 'missing'> };

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
    if (wanted && !isWanted(wanted, ordinalOf(name))) return { kind: 'beyond the set', set: setNameOf(name), wanted };
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

export interface Reached {
  /** Exactly the pod, and nothing else. */
  only: boolean;
  has: boolean;
  /** The other pods, or the addresses of what is no pod, each once. */
  others: string[];
}

/**
 * Whom the EndpointSlices of a Service send new connections to. An endpoint that does not say counts as ready
 * (`EndpointConditions`, k8s.io/api/discovery/v1).
 */
export function reached(slices: readonly EndpointSlice[], service: Service, pod: string): Reached {
  const { namespace, name } = service.metadata;
  const names = slices
    .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[serviceNameLabel] === name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ targetRef, addresses }) =>
      targetRef?.kind === 'Pod' && targetRef.name ? [targetRef.name] : (addresses ?? []),
    );
  const has = names.includes(pod);
  const others = [...new Set(names.filter((each) => each !== pod))].sort();
  return { only: has && others.length === 0, has, others };
}
