/** From a Snapshot to what a StatefulSet consists of: its governing Service, its pods in order, their storage. */
import { controllerOf } from '../objects/owners.ts';
import { type Absence, index, type Lookup, type Snapshot } from '../objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '../objects/types.ts';
import { isMember, isWanted, type OrdinalRange, ordinalOf, wantedOrdinals } from './identity.ts';
import { indexStorage, mountsAt, mountsOf, type Storage, type StorageIndex } from './storage.ts';

export interface Topology {
  set: StatefulSet;
  wanted: OrdinalRange;
  /** Undefined when the set names none: its pods then have no DNS names. */
  governingService: { name: string; service: Lookup<Service> } | undefined;
  /** In the order of their ordinals. */
  members: Member[];
}

export type Member = PresentPod | AbsentPods;

export interface PresentPod {
  state: 'found';
  ordinal: number;
  pod: Pod;
  /** A pod outside the wanted ordinals is condemned: the controller is about to remove it. */
  wanted: boolean;
  storage: Storage[];
}

/** Wanted ordinals next to each other at which no pod is at hand. */
export interface AbsentPods {
  state: Absence;
  ordinals: OrdinalRange;
  /** Of the one ordinal; empty for a run of several, of which no claim is at hand. */
  storage: Storage[];
}

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
  const pods = Map.groupBy(snapshot.pods.items, (pod) => setKey(pod.metadata.namespace, controllerOf(pod)?.name));

  return sets.map((set) => {
    const { namespace, name } = set.metadata;
    const members = (pods.get(setKey(namespace, name)) ?? []).filter((pod) => isMember(set, pod));
    const governing = set.spec?.serviceName;
    return {
      set,
      wanted: wantedOrdinals(set),
      governingService: governing ? { name: governing, service: service(namespace, governing) } : undefined,
      members: inOrder(set, members, snapshot.pods.others, storage),
    };
  });
}

function setKey(namespace: string | undefined, name: string | undefined): string {
  return `${namespace ?? ''}/${name ?? ''}`;
}

function inOrder(set: StatefulSet, pods: readonly Pod[], others: Absence, storage: StorageIndex): Member[] {
  const wanted = wantedOrdinals(set);
  const { namespace } = set.metadata;
  const present = pods
    .map((pod): PresentPod => {
      const ordinal = ordinalOf(pod.metadata.name);
      return {
        state: 'found',
        ordinal,
        pod,
        wanted: isWanted(wanted, ordinal),
        storage: mountsOf(set, pod).map((mount) => storage.beneath(mount, namespace, 0)),
      };
    })
    .sort((a, b) => a.ordinal - b.ordinal);

  const storageAt = (ordinal: number): Storage[] =>
    mountsAt(set, ordinal).map((mount) =>
      storage.beneath(mount, namespace, mount.origin === 'pod template' ? wanted.end - wanted.start : 1),
    );

  const absent = (ordinals: OrdinalRange): AbsentPods[] =>
    runs(ordinals, claimed).map((run) => ({
      state: others,
      ordinals: run,
      storage: run.end - run.start === 1 ? storageAt(run.start) : [],
    }));
  const claimed = storage.claimedOrdinals(set);

  const members: Member[] = [];
  let next = wanted.start;
  for (const member of present) {
    const before = Math.min(member.ordinal, wanted.end);
    members.push(...absent({ start: next, end: before }), member);
    if (member.wanted) next = member.ordinal + 1;
    else next = Math.max(next, before);
  }
  members.push(...absent({ start: next, end: wanted.end }));
  return members;
}

/** `ordinals` one by one where they are few or have a claim, and together where they are many with nothing to tell. */
function runs({ start, end }: OrdinalRange, claimed: readonly number[]): OrdinalRange[] {
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

/** What `sets` lead to in the cluster: the names of the volumes and classes that their claims are bound to. */
export function storageNames(list: readonly Topology[]): { volumes: string[]; classes: string[] } {
  const volumes = new Set<string>();
  const classes = new Set<string>();
  for (const { volume, class: storageClass } of list.flatMap(({ members }) =>
    members.flatMap(({ storage }) => storage),
  )) {
    if (volume) volumes.add(volume.name);
    if (storageClass) classes.add(storageClass.name);
  }
  return { volumes: [...volumes], classes: [...classes] };
}
