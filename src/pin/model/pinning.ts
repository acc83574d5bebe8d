/**
 * A pinned Service. `pin` puts the name of one pod of a StatefulSet into its selector, a label that the controller puts
 * on the pod, and remembers the original selector in an annotation. Only a Service with the annotation is pinned: charts
 * and sidecars put the same label into selectors of their own.
 */
import type { Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { ordinalOf, podIndexLabel, podNameLabel } from '#src/statefulset/identity.ts';
import { addressedPod, type SetsAndPods } from './addressing.ts';
import { type Drift, driftOf } from './drift.ts';
import { lastWriter } from './ownership.ts';
import { type PinRecord, readRecord, recordText, type SelectorOwner } from './record.ts';

/** Whether and how a Service is pinned; `pod` is the one that its selector addresses now. */
export type Pinning = { kind: 'not pinned' } | PerPod | Pinned | Undone | Unreadable;

/** The selector addresses one pod, and nobody pinned it: the normal design of a per-pod Service. */
export interface PerPod {
  kind: 'per-pod';
  pod: string;
  /** The label of the selector that addresses the pod. */
  label: string;
}

interface Pinned {
  kind: 'pinned';
  pod: string;
  record: PinRecord;
  /** What somebody else changed in the rest of the selector. */
  drift: Drift | undefined;
}

/** The annotation is there, and the selector no longer names the pod of its record. */
export interface Undone {
  kind: 'undone';
  pod: string | undefined;
  record: PinRecord;
  drift: Drift;
  /** Undefined where managedFields do not tell. */
  writer: SelectorOwner | undefined;
}

/** The annotation is there, and its text does not tell the original selector. */
interface Unreadable {
  kind: 'unreadable';
  pod: string | undefined;
  why: string;
}

export function pinningOf(service: Service, snapshot: SetsAndPods): Pinning {
  const addressed = addressedPod(service, snapshot);
  const text = recordText(service);
  if (text === undefined) return addressed === undefined ? { kind: 'not pinned' } : { kind: 'per-pod', ...addressed };
  const pod = addressed?.pod;
  const record = readRecord(text);
  if ('unreadable' in record) return { kind: 'unreadable', pod, why: record.unreadable };
  const selector = selectorOf(service);
  const drift = driftOf(pinnedTo(record.selector, record.pod), selector);
  if (drift === undefined || selector[podNameLabel] === record.pod) {
    return { kind: 'pinned', pod: record.pod, record, drift };
  }
  return { kind: 'undone', pod, record, drift, writer: lastWriter(service) };
}

/** The record that undoes the pin; undefined when no annotation tells the original selector. */
export function recordOf(pinning: Pinning): PinRecord | undefined {
  return pinning.kind === 'pinned' || pinning.kind === 'undone' ? pinning.record : undefined;
}

/** Whether the Service has the annotation. */
export function isPinned(service: Service): boolean {
  return recordText(service) !== undefined;
}

export function selectorOf({ spec }: Service): Selector {
  return spec?.selector ?? {};
}

/** A selector that goes by the pod's ordinal too gets that of the pod, since it would select no pod else. */
export function pinnedTo(selector: Selector, pod: string): Selector {
  const index = Object.hasOwn(selector, podIndexLabel) ? { [podIndexLabel]: String(ordinalOf(pod)) } : {};
  return { ...selector, ...index, [podNameLabel]: pod };
}

/** The selector without the labels that address one pod of a set. */
export function withoutPod(selector: Selector): Selector {
  return without(without(selector, podNameLabel), podIndexLabel);
}

export function without(selector: Selector, label: string): Selector {
  const { [label]: _, ...rest } = selector;
  return rest;
}
