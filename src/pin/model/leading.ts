/** The pins among Services, and the Services that lead to one pod without being pinned. */
import { isEmpty, type Selector, unmet } from '#src/objects/service.ts';
import { type Absence, index } from '#src/objects/snapshot.ts';
import type { Service, StatefulSet } from '#src/objects/types.ts';
import { isMember, isWanted, ordinalOf, setNameOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { SetsAndPods } from './addressing.ts';
import { type PerPod, type Pinning, pinningOf, selectorOf, type Undone } from './pinning.ts';
import { type Reach, reachOf } from './reach.ts';

/** A Service with the annotation of a pin. */
export type Pin = { service: Service } & (
  | (Undone & {
      /** The pods that its connections go to in place of the record's. */
      reach: Reach;
    })
  | (Extract<Pinning, { kind: 'pinned' | 'unreadable' }> & { endangered: Endangered | undefined })
);

/** A Service that leads to one pod, and that nobody pinned. */
export type PerPodService = { service: Service; endangered: Endangered | undefined } & PerPod;

interface EndangeredBy {
  'pod missing': unknown;
  /** The pod is missing, and the set does not want it. */
  'beyond the set': Beyond;
  /** The pod still runs, and the Service reaches it until the controller deletes it: the set wants it no longer. */
  condemned: { pod: string; set: string };
  /** The pod lacks other labels of the selector. */
  'not selected': { missing: Selector };
  /** The pod was not seen. */
  unknown: { why: Exclude<Absence, 'missing'>; beyond: Beyond | undefined };
}

/** An ordinal that the set does not want: below its first one, or beyond its last one, as after a scale-down. */
export interface Beyond {
  set: string;
  side: 'below' | 'above';
}

export type EndangeredKind = keyof EndangeredBy;

/** Why a Service that addresses one pod has no endpoint, or will have none, however well the pods are. */
export type Endangered<Kind extends EndangeredKind = EndangeredKind> = {
  [K in Kind]: { kind: K } & EndangeredBy[K];
}[Kind];

export interface PinsAndOthers {
  pins: Pin[];
  perPod: PerPodService[];
}

/** Both in the order of `services`. */
export function pinsOf(services: readonly Service[], snapshot: SetsAndPods): PinsAndOthers {
  const endangered = dangers(snapshot);
  const found: PinsAndOthers = { pins: [], perPod: [] };
  for (const service of services) {
    const pinning = pinningOf(service, snapshot);
    switch (pinning.kind) {
      case 'not pinned':
        break;
      case 'per-pod':
        found.perPod.push({ service, ...pinning, endangered: endangered(service, pinning.pod) });
        break;
      case 'undone': {
        const reach = reachOf(service, selectorOf(service), setNameOf(pinning.record.pod), snapshot);
        found.pins.push({ service, ...pinning, reach });
        break;
      }
      case 'pinned':
      case 'unreadable':
        found.pins.push({ service, ...pinning, endangered: endangered(service, pinning.pod) });
        break;
    }
  }
  return found;
}

/** The pod that a pin was made to; undefined where neither the annotation nor the selector tells. */
export function podOfPin(pin: Pin): string | undefined {
  return pin.kind === 'undone' ? pin.record.pod : pin.pod;
}

function dangers(snapshot: SetsAndPods): (service: Service, pod: string | undefined) => Endangered | undefined {
  const pods = index(snapshot.pods);
  const sets = index(snapshot.statefulSets);
  return (service, name) => {
    if (name === undefined) return undefined;
    const { namespace } = service.metadata;
    const pod = pods(namespace, name);
    const set = sets(namespace, setNameOf(name));
    const beyond = set.state === 'found' ? beyondOf(set.object, name) : undefined;
    if (pod.state === 'missing') return beyond ? { kind: 'beyond the set', ...beyond } : { kind: 'pod missing' };
    if (pod.state !== 'found') return { kind: 'unknown', why: pod.state, beyond };
    const missing = unmet(selectorOf(service), pod.object.metadata.labels);
    if (!isEmpty(missing)) return { kind: 'not selected', missing };
    // Nobody else's pod goes with the set's replicas, such as one of a namesake in another API group.
    const isCondemned = beyond !== undefined && set.state === 'found' && isMember(set.object, pod.object);
    return isCondemned ? { kind: 'condemned', pod: name, set: beyond.set } : undefined;
  };
}

function beyondOf(set: StatefulSet, pod: string): Beyond | undefined {
  const wanted = wantedOrdinals(set);
  const ordinal = ordinalOf(pod);
  if (isWanted(wanted, ordinal)) return undefined;
  return { set: set.metadata.name, side: ordinal < wanted.start ? 'below' : 'above' };
}

/** Whether nothing keeps connections from the pod but its own state. */
export function leadsToPod(endangered: Endangered | undefined): boolean {
  return endangered === undefined || endangered.kind === 'condemned';
}
