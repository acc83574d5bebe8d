/** How a Service gets its original selector back: exactly, or only when the person says how. */
import { isEmpty, type Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { podNameLabel, setNameOf } from '#src/statefulset/identity.ts';
import type { SetsAndPods } from './addressing.ts';
import { type Drift, isSame } from './drift.ts';
import { type Keeper, keepersOf } from './keptby.ts';
import { holdersOf, type PinHolder } from './manifest.ts';
import { patchOf, type ServicePatch } from './patch.ts';
import { isPinned, type PerPod, pinnedTo, pinningOf, recordOf, selectorOf, without } from './pinning.ts';
import { type Reach, reachOf } from './reach.ts';
import type { PinRecord, SelectorOwner } from './record.ts';

export interface UnpinRequest {
  service: Service;
  /** Only a Service that is not pinned is judged by it. The annotation of a pinned Service says all that is needed. */
  snapshot: SetsAndPods;
  /** Restore the original, and drop what somebody changed after the pin. Removes the pod from a per-pod Service. */
  force: boolean;
  /** Remove the pin, and keep what somebody changed after it. Wins over `force`, for it loses less. */
  keepChanges: boolean;
  /** The selector to restore where no annotation tells the original. */
  selector?: Selector | undefined;
}

export type UnpinPlan =
  | RestorePlan
  | { kind: 'not pinned'; service: Service }
  /** Somebody changed the selector after the pin: `merged` keeps their changes and removes the pin. */
  | { kind: 'drift'; service: Service; original: Selector; drift: Drift; merged: Selector }
  | { kind: 'refused'; service: Service; reason: UnpinRefusal };

export interface RestorePlan {
  kind: 'restore';
  service: Service;
  patch: ServicePatch;
  /** The selector before and after the write. */
  before: Selector;
  after: Selector;
  /** Whether the annotation tells the original. It then goes in a second write, when all else is done. */
  fromRecord: boolean;
  /**
   * The owners of the selector before the pin, who own it again; undefined when the original is not restored, or when
   * nobody knows them.
   */
  owners: readonly SelectorOwner[] | undefined;
  /** The pods that a per-pod Service leads to then; undefined for a pin. */
  reach: Reach | undefined;
  /** Whose next apply pins the Service again. */
  holders: PinHolder[];
}

interface RefusedBy {
  /** Nobody gave a selector instead. */
  'unreadable annotation': { why: string };
  /** The Service would select no pod: an empty selector counts as none. */
  'nothing would be left': {
    /** What the annotation holds, if there is one that tells. */
    original: Selector | undefined;
  };
  /** The person gave another selector than the annotation holds. */
  'original is known': { original: Selector };
  /** Nobody pinned it: without the label, `after` would be its selector. */
  'per-pod Service': { pod: string; label: string; keepers: Keeper[]; after: Selector; reach: Reach };
}

export type UnpinRefusalKind = keyof RefusedBy;

export type UnpinRefusal<Kind extends UnpinRefusalKind = UnpinRefusalKind> = {
  [K in Kind]: { kind: K } & RefusedBy[K];
}[Kind];

export function planUnpin(request: UnpinRequest): UnpinPlan {
  const { service, selector } = request;
  const pinning = pinningOf(service, request.snapshot);
  if (selector && isEmpty(selector)) {
    return refuse(service, { kind: 'nothing would be left', original: recordOf(pinning)?.selector });
  }
  switch (pinning.kind) {
    case 'not pinned':
      return { kind: 'not pinned', service };
    case 'unreadable':
      return selector
        ? restore(service, selector, { fromRecord: false })
        : refuse(service, { kind: 'unreadable annotation', why: pinning.why });
    case 'per-pod':
      return planOfPerPod(request, pinning);
    case 'pinned':
    case 'undone':
      return planFromRecord(request, pinning.record, pinning.drift);
  }
}

/** A chart, an operator or a person gave the Service its one pod: only a person who insists takes that away. */
function planOfPerPod({ service, snapshot, force, selector }: UnpinRequest, { pod, label }: PerPod): UnpinPlan {
  const current = selectorOf(service);
  if (selector && isSame(selector, current)) return { kind: 'not pinned', service };
  const after = selector ?? without(current, label);
  const reach = reachOf(service, after, setNameOf(pod), snapshot);
  if (selector || force) return restore(service, after, { fromRecord: false, reach });
  return refuse(service, { kind: 'per-pod Service', pod, label, keepers: keepersOf(service), after, reach });
}

function planFromRecord(
  { service, force, keepChanges, selector }: UnpinRequest,
  record: PinRecord,
  drift: Drift | undefined,
): UnpinPlan {
  const original = record.selector;
  const current = selectorOf(service);
  if (selector && !isSame(selector, original)) {
    // A person who gives the selector that the Service has now wants to keep it, as with --keep-changes.
    if (isSame(selector, current)) return restore(service, current, { fromRecord: true });
    return refuse(service, { kind: 'original is known', original });
  }
  // Where somebody put the original back already, only the annotation is left to remove.
  const isUnchanged = drift === undefined || isSame(current, original);
  if (isUnchanged || (force && !keepChanges)) {
    // A record without owners is of a Service without managedFields, or somebody has edited it.
    const owners = record.owners.length > 0 ? record.owners : undefined;
    return restore(service, original, { fromRecord: true, ...(owners && { owners }) });
  }
  const merged = withChanges(record, current);
  // The selector with somebody's changes stays theirs: its former owners do not get it back.
  if (!keepChanges) return { kind: 'drift', service, original, drift, merged };
  if (isEmpty(merged)) return refuse(service, { kind: 'nothing would be left', original });
  return restore(service, merged, { fromRecord: true });
}

function restore(
  service: Service,
  after: Selector,
  { fromRecord, owners, reach }: { fromRecord: boolean; owners?: readonly SelectorOwner[]; reach?: Reach },
): UnpinPlan {
  if (isEmpty(after)) return refuse(service, { kind: 'nothing would be left', original: undefined });
  return {
    kind: 'restore',
    service,
    patch: patchOf(service, after, null),
    before: selectorOf(service),
    after,
    fromRecord,
    owners,
    reach,
    holders: isPinned(service) ? holdersOf(service, after) : [],
  };
}

function refuse(service: Service, reason: UnpinRefusal): UnpinPlan {
  return { kind: 'refused', service, reason };
}

/**
 * The current selector without the pin: its pod gives way to that of the original, if the original names one. Another
 * pod's name there, or none, is a change that somebody made after the pin, such as a failover.
 */
function withChanges({ selector: original, pod }: PinRecord, current: Selector): Selector {
  if (current[podNameLabel] !== pod) return current;
  const isOfPin = ([key, value]: [string, string]) => pinnedTo(original, pod)[key] === value;
  const changed = Object.entries(current).filter((entry) => !isOfPin(entry));
  const before = Object.entries(original).filter(([key]) => Object.hasOwn(current, key));
  return { ...Object.fromEntries(before), ...Object.fromEntries(changed) };
}
