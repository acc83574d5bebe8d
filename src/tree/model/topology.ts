/** From a Snapshot to what a StatefulSet consists of: its governing Service, its pods in order, their storage. */

import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { controllerOf } from '#src/objects/owners.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { type Absence, index, type Lookup, type Needs, type Snapshot } from '#src/objects/snapshot.ts';
import type { Event, Node, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { type Pin, pinsOf } from '#src/pin/model/pinning.ts';
import {
  isMember,
  isWanted,
  type OrdinalRange,
  ordinalOf,
  podName,
  setNameOf,
  wantedOrdinals,
} from '#src/statefulset/identity.ts';
import {
  type Blocker,
  blockerOf,
  isOrdered,
  type RevisionStanding,
  type Rollout,
  revisionStanding,
  rollout,
} from '#src/statefulset/rollout.ts';
import {
  type LostNode,
  lostNode,
  mayHaveLostNode,
  type Unschedulable,
  unschedulable,
} from '#src/statefulset/scheduling.ts';
import {
  indexStorage,
  isGoing,
  mountsAt,
  mountsOf,
  newestEvents,
  type Storage,
  type StorageIndex,
  templateNames,
} from '#src/statefulset/storage.ts';
import { type LeftOver, leftOvers } from './leftover.ts';

export interface Topology {
  set: StatefulSet;
  wanted: OrdinalRange;
  rollout: Rollout;
  /** Undefined when the set names none: its pods then have no DNS names. */
  governingService: { name: string; service: Lookup<Service> } | undefined;
  /** In the order of their ordinals. */
  members: Member[];
  /** Services that are pinned to one of the set's pods, or to one that it had. */
  pins: Pin[];
  leftOver: LeftOver[];
}

export type Member = PresentPod | AbsentPods;

export interface PresentPod {
  state: 'found';
  ordinal: number;
  pod: Pod;
  /** A pod outside the wanted ordinals is condemned: the controller is about to remove it. */
  wanted: boolean;
  revision: RevisionStanding;
  /** Why no node takes it, where the scheduler has said that none does. */
  unschedulable: Unschedulable | undefined;
  lostNode: LostNode | undefined;
  storage: Storage[];
}

/** Wanted ordinals next to each other at which no pod is at hand. */
export interface AbsentPods {
  state: Absence;
  ordinals: OrdinalRange;
  /** Only where the pods are known to be missing, and the cluster says why. */
  why: WhyMissing | undefined;
  /** Of the one ordinal; empty for a run of several, of which no claim is at hand. */
  storage: Storage[];
}

export type WhyMissing =
  | { kind: 'set is being deleted' }
  /** The controller makes no pod whose claim is going away (`PodClaimIsStale`). */
  | { kind: 'claim is being deleted'; claim: string }
  /** OrderedReady: an earlier pod is not ready, or not there. */
  | { kind: 'waits for'; blocker: Blocker | { pod: string } }
  | { kind: 'event'; reason: string; message: string };

/** Absent ordinals are told one by one up to this many in a row; 10,000 wanted and none there is one line. */
const longestListed = 5;

/**
 * The topologies of `sets`, taken together so that the snapshot is indexed once.
 *
 * @param sets sets of the snapshot, in the order in which they are to be told
 */
export function topologies(snapshot: Snapshot, sets: readonly StatefulSet[]): Topology[] {
  const storage = indexStorage(snapshot);
  const service = index(snapshot.services);
  const events = newestEvents(snapshot.events.items.filter(({ type }) => type === 'Warning'));
  const pods = Map.groupBy(snapshot.pods.items, (pod) =>
    namespacedKey(pod.metadata.namespace, controllerOf(pod)?.name ?? ''),
  );
  const claims = Map.groupBy(snapshot.claims.items, ({ metadata }) => metadata.namespace);

  const pins = Map.groupBy(pinsOf(snapshot.services.items, snapshot), ({ service, pinning }) =>
    namespacedKey(service.metadata.namespace, setNameOf(pinning.pod ?? '')),
  );

  const allRead = snapshot.pods.others === 'missing';

  return sets.map((set) => {
    const { namespace, name, uid } = set.metadata;
    const own = (pods.get(namespacedKey(namespace, name)) ?? []).filter((pod) => isMember(set, pod));
    const ownClaims = claims.get(namespace) ?? [];
    const governing = set.spec?.serviceName;
    const place: Place = {
      set,
      others: snapshot.pods.others,
      nodes: snapshot.nodes.others === 'missing' ? snapshot.nodes.items : undefined,
      event: events.get(uid ?? ''),
      claimed: claimedOrdinals(
        set,
        ownClaims.map((claim) => claim.metadata.name),
      ),
      storage,
    };
    const members = inOrder(place, own);
    return {
      set,
      wanted: wantedOrdinals(set),
      // Some of the pods tell less than the set's own status.
      rollout: withEndangered(rollout(set, allRead || own.length === set.status?.replicas ? own : undefined), members),
      governingService: governing ? { name: governing, service: service(namespace, governing) } : undefined,
      members,
      pins: pins.get(namespacedKey(namespace, name)) ?? [],
      leftOver: leftOvers(set, snapshot.statefulSets.items, ownClaims, storage, allRead),
    };
  });
}

/** Who is told to delete a pod must know what goes with it. */
function withEndangered(rollout: Rollout, members: readonly Member[]): Rollout {
  if (rollout.state !== 'stuck') return rollout;
  const stuck = members.find((member) => member.state === 'found' && member.pod.metadata.name === rollout.blocker.pod);
  const going = stuck && goingClaim(stuck.storage);
  return going === undefined ? rollout : { ...rollout, endangered: going };
}

/** The first claim that is being deleted, by name. */
function goingClaim(storage: readonly Storage[]): string | undefined {
  return storage.find(isGoing)?.name;
}

/** What is needed to tell of the pods of one set. */
interface Place {
  set: StatefulSet;
  /** What the absence of a pod means. */
  others: Absence;
  /** Undefined where nodes were not read. */
  nodes: readonly Node[] | undefined;
  /** The newest warning about the set. */
  event: Event | undefined;
  /** The ordinals, rising, for which a claim of one of the set's templates is there. */
  claimed: readonly number[];
  storage: StorageIndex;
}

function inOrder(place: Place, pods: readonly Pod[]): Member[] {
  const { set } = place;
  const wanted = wantedOrdinals(set);
  const present = pods.map((pod) => presentPod(place, pod, wanted)).sort((a, b) => a.ordinal - b.ordinal);

  const members: Member[] = [];
  let next = wanted.start;
  for (const member of present) {
    const before = Math.min(member.ordinal, wanted.end);
    members.push(...absentPods(place, { start: next, end: before }), member);
    next = Math.max(next, member.wanted ? member.ordinal + 1 : before);
  }
  members.push(...absentPods(place, { start: next, end: wanted.end }));
  if (place.others === 'missing') explainMissing(place, members);
  return members;
}

function presentPod({ set, storage, nodes }: Place, pod: Pod, wanted: OrdinalRange): PresentPod {
  const ordinal = ordinalOf(pod.metadata.name);
  const mounted = mountsOf(set, pod).map((mount) => storage.beneath(mount, set.metadata.namespace, 0));
  return {
    state: 'found',
    ordinal,
    pod,
    wanted: isWanted(wanted, ordinal),
    revision: revisionStanding(set, pod),
    unschedulable: unschedulable(pod, mounted, nodes),
    lostNode: lostNode(pod, nodes),
    storage: mounted,
  };
}

function absentPods({ set, storage, others, claimed }: Place, ordinals: OrdinalRange): AbsentPods[] {
  const { start, end } = wantedOrdinals(set);
  const storageAt = (ordinal: number): Storage[] =>
    mountsAt(set, ordinal).map((mount) =>
      storage.beneath(mount, set.metadata.namespace, mount.origin === 'pod template' ? end - start : 1),
    );
  return runs(ordinals, claimed).map((run) => ({
    state: others,
    ordinals: run,
    why: undefined,
    storage: run.end - run.start === 1 ? storageAt(run.start) : [],
  }));
}

/** `ordinals` one by one where they are few or have a claim, and together where they are many with nothing to tell. */
function runs({ start, end }: OrdinalRange, claimed: readonly number[]): OrdinalRange[] {
  if (start >= end) return [];
  const marks = [...claimed.filter((ordinal) => ordinal >= start && ordinal < end), end];
  const result: OrdinalRange[] = [];
  let next = start;
  for (const mark of marks) {
    if (mark - next > longestListed) result.push({ start: next, end: mark });
    else for (let ordinal = next; ordinal < mark; ordinal++) result.push({ start: ordinal, end: ordinal + 1 });
    if (mark < end) result.push({ start: mark, end: mark + 1 });
    next = mark + 1;
  }
  return result;
}

function claimedOrdinals(set: StatefulSet, claims: readonly string[]): number[] {
  const prefixes = templateNames(set).map((template) => `${template}-${set.metadata.name}`);
  const ordinals = claims
    .filter((name) => prefixes.some((prefix) => name === podName(prefix, ordinalOf(name))))
    .map(ordinalOf);
  return [...new Set(ordinals)].sort((a, b) => a - b);
}

/**
 * Says of each missing pod why the controller does not make it.
 * Source: `processReplica`, pkg/controller/statefulset/stateful_set_control.go.
 */
function explainMissing({ set, event }: Place, members: Member[]): void {
  const ordered = isOrdered(set);
  let blocker: Blocker | { pod: string } | undefined;
  for (const member of members) {
    if (member.state === 'found') {
      if (ordered && member.wanted && !isRunningAndReady(member.pod)) blocker ??= blockerOf(member.pod);
      continue;
    }
    member.why = whyMissing(set, member, blocker, event);
    if (ordered) blocker ??= { pod: podName(set.metadata.name, member.ordinals.start) };
  }
}

function whyMissing(
  set: StatefulSet,
  { storage }: AbsentPods,
  blocker: Blocker | { pod: string } | undefined,
  event: Event | undefined,
): WhyMissing | undefined {
  if (set.metadata.deletionTimestamp) return { kind: 'set is being deleted' };
  if (blocker) return { kind: 'waits for', blocker };
  const going = goingClaim(storage);
  if (going !== undefined) return { kind: 'claim is being deleted', claim: going };
  return event ? { kind: 'event', reason: event.reason ?? '', message: event.message ?? '' } : undefined;
}

export function needsOf(list: readonly Topology[]): Needs {
  const storage = list.flatMap(({ members, leftOver }) => [
    ...members.flatMap((member) => member.storage),
    ...leftOver.map((each) => each.storage),
  ]);
  const present = list.flatMap(({ members }) => members.filter((member) => member.state === 'found'));
  const pending = storage.flatMap(({ claim, findings }) =>
    claim.state === 'found' && findings.some(({ kind }) => kind === 'pending') ? (claim.object.metadata.uid ?? []) : [],
  );
  const lacking = list.flatMap(({ set, members }) =>
    members.some(({ state }) => state === 'missing') ? (set.metadata.uid ?? []) : [],
  );
  return {
    volumes: unique(storage.flatMap(({ volume }) => volume?.name ?? [])),
    classes: unique(storage.flatMap((each) => each.class?.name ?? [])),
    nodes: present.some(
      ({ pod, unschedulable, storage }) => (unschedulable !== undefined && storage.length > 0) || mayHaveLostNode(pod),
    ),
    events: unique([...pending, ...lacking]),
  };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}
