/**
 * The plan of a roll: which pods of a StatefulSet restart, in which order and revision, and what speaks against it. A
 * plan with a refusal must not be begun, since it cannot end well.
 */

import { type BudgetRefusal, budgetRefusals } from '#src/objects/eviction.ts';
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import { index, type Part, type Refusal, type Snapshot } from '#src/objects/snapshot.ts';
import { parseTime } from '#src/objects/time.ts';
import type { Budget, ControllerRevision, Pod, StatefulSet } from '#src/objects/types.ts';
import { type Blocker, blockerOf } from '#src/statefulset/blocker.ts';
import { isTerminating, revisionOf } from '#src/statefulset/controller/pods.ts';
import { isOrdered, revisionAt, revisionStanding } from '#src/statefulset/controller/revisions.ts';
import type { GoingClaim } from '#src/statefulset/fate.ts';
import { isMember, isWanted, type OrdinalRange, ordinalOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { isRefusedLabel } from '#src/statefulset/namelimits.ts';
import { type Rollout, rollout } from '#src/statefulset/rollout.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';
import { isShutOut, type Reach, reachOf } from '#src/statefulset/scheduling.ts';
import { isLossless, stakesOf } from '#src/statefulset/stakes.ts';
import { indexStorage, isGoing, mountsOf, type Storage } from '#src/statefulset/storage.ts';
import type { Order } from './order.ts';
import { type Remedy, remedyFor } from './remedy.ts';
import { type SuccessorRefusal, successorRefusals } from './successors.ts';

export type RollSnapshot = Snapshot & {
  budgets: Part<Budget>;
  /** Only those whose pod templates the successors of pods have. */
  revisions: Part<ControllerRevision>;
};

export interface RollWish {
  set: StatefulSet;
  order: Order;
  /** Only these ordinals; undefined for all. */
  ordinals: readonly OrdinalRange[] | undefined;
  /** The ordinals that go before and after all others. */
  first: number | undefined;
  last: number | undefined;
  /** The pod that leads, and goes after all others; undefined where nobody asked. */
  leader: string | undefined;
  /** Only pods that are not at the update revision. */
  outdated: boolean;
  /** Only pods that were made before this time. Milliseconds since the epoch. */
  before: number | undefined;
  /** How many pods of the set may be unready at a time, for whatever reason. */
  maxUnavailable: number;
  /** By eviction, which budgets may delay; otherwise by deletion. */
  evicts: boolean;
}

export interface RollPlan {
  /** In the order in which they are to go. */
  pods: PlannedPod[];
  /** The pod that leads, be it one that goes or not; undefined where nobody asked. */
  leader: string | undefined;
  /** Pods of the set that stay as they are. */
  left: { pod: string; ordinal: number; why: 'not chosen' | 'up to date' | 'held back' | 'not old enough' }[];
  refusals: RollRefusal[];
  warnings: RollWarning[];
}

export interface PlannedPod {
  name: string;
  ordinal: number;
  uid: string;
  /** Names of revisions; undefined where the objects do not say. */
  revision: { now: string | undefined; next: string | undefined };
}

export type RollRefusal =
  /** The controller is updating, scaling or deleting the set, or has not seen its newest change. */
  | { kind: 'controller at work'; rollout: Rollout; remedy: Remedy }
  | { kind: 'ordinal outside the set'; ordinal: number; wanted: OrdinalRange }
  /** Only a Parallel set makes several pods at a time. */
  | { kind: 'ordered set'; maxUnavailable: number }
  /**
   * Pods that are not ready, and do not go first. `first`: the ordinal that may go first instead. `claimsStay`: whether
   * each may be deleted without the loss of a claim, as far as is known.
   */
  | { kind: 'not ready'; pods: Blocker[]; first: number | undefined; claimsStay: boolean }
  /** Only its pod keeps the claim, which would go with the pod. */
  | ({ kind: 'claim is being deleted'; pod: string } & GoingClaim)
  /** The API server would refuse their successors, whose revision makes too long a label. */
  | { kind: 'revision label too long'; pods: string[] }
  | SuccessorRefusal
  | BudgetRefusal
  /** Objects that decide whether data would be lost may not be read. */
  | { kind: 'unknown'; part: 'pods' | 'claims'; refusal: Refusal | undefined };

export type RollWarning =
  /** Volumes of the pod template whose data is deleted with each pod. */
  | { kind: 'data goes'; volumes: string[] }
  /** Ephemeral volumes of the pod template whose data the old volumes keep, and new pods do not have. */
  | { kind: 'data left behind'; volumes: string[] }
  /** A controller owns the set, and may have plans of its own for the pods. */
  | { kind: 'owner'; owner: string }
  /** No node that can reach the pod's volume would take the pod now. */
  | { kind: 'no way back'; pod: string; reach: Reach }
  /** Whether there is such a node: the nodes, or the volumes, may not be read. */
  | { kind: 'way back unknown'; refusal: Refusal }
  /** The API server deletes a pod before its node has ended it, so two pods of one name may run. */
  | { kind: 'no grace period' }
  /** The budgets may not be read. */
  | { kind: 'budgets unknown'; refusal: Refusal | undefined };

/** A chosen pod, and the storage that it is on. */
interface Mounted {
  pod: Pod;
  storage: Storage[];
}

/** @param snapshot of the set's namespace: pods, claims and budgets; volumes and nodes as far as they may be seen */
export function planRoll(wish: RollWish, snapshot: RollSnapshot): RollPlan {
  const { set } = wish;
  const all = snapshot.pods.items
    .filter((pod) => isMember(set, pod))
    .map((pod) => ({ pod, ordinal: ordinalOf(pod.metadata.name) }))
    .sort((a, b) => a.ordinal - b.ordinal);
  const wanted = wantedOrdinals(set);
  const candidates = all.filter(({ ordinal }) => isWanted(wanted, ordinal));
  const left: RollPlan['left'] = [];
  const chosen = candidates.filter(({ pod, ordinal }) => {
    const why = whyLeft(wish, pod, ordinal);
    if (why) left.push({ pod: pod.metadata.name, ordinal, why });
    return why === undefined;
  });
  const inOrder = ordered(wish, chosen);
  const storage = indexStorage(snapshot);
  const mounted = inOrder.map(
    ({ pod }): Mounted => ({
      pod,
      storage: mountsOf(set, pod).map((mount) => storage.beneath(mount, set.metadata.namespace, 0)),
    }),
  );
  return {
    pods: inOrder.map(({ pod, ordinal }) => ({
      name: pod.metadata.name,
      ordinal,
      uid: pod.metadata.uid ?? '',
      revision: { now: revisionOf(pod), next: revisionAt(set, ordinal) },
    })),
    leader: wish.leader,
    left,
    refusals: refusalsOf(
      wish,
      snapshot,
      candidates.map(({ pod }) => pod),
      mounted,
    ),
    warnings: warningsOf(wish, snapshot, mounted),
  };
}

function whyLeft(
  { set, order, ordinals, outdated, before }: RollWish,
  pod: Pod,
  ordinal: number,
): RollPlan['left'][number]['why'] | undefined {
  if (typeof order !== 'string' && !order.includes(ordinal)) return 'not chosen';
  if (ordinals && !ordinals.some((range) => isWanted(range, ordinal))) return 'not chosen';
  if (outdated && revisionStanding(set, pod) === 'update') return 'up to date';
  // It would come back in the same revision.
  const next = revisionAt(set, ordinal);
  if (outdated && next !== undefined && next === revisionOf(pod)) return 'held back';
  const made = parseTime(pod.metadata.creationTimestamp ?? '');
  if (before !== undefined && !(made < before)) return 'not old enough';
  return undefined;
}

function ordered<T extends { pod: Pod; ordinal: number }>(
  { order, first, last, leader }: RollWish,
  chosen: readonly T[],
): T[] {
  const rank = ({ pod, ordinal }: T): number => {
    if (pod.metadata.name === leader) return Number.POSITIVE_INFINITY;
    if (ordinal === first) return Number.NEGATIVE_INFINITY;
    if (ordinal === last) return Number.POSITIVE_INFINITY;
    if (order === 'forward') return ordinal;
    return order === 'reverse' ? -ordinal : order.indexOf(ordinal);
  };
  return chosen.toSorted((a, b) => rank(a) - rank(b));
}

function refusalsOf(
  wish: RollWish,
  snapshot: RollSnapshot,
  candidates: readonly Pod[],
  chosen: readonly Mounted[],
): RollRefusal[] {
  const { set, maxUnavailable, evicts } = wish;
  const { pods, claims, budgets } = snapshot;
  if (pods.others !== 'missing') return [{ kind: 'unknown', part: 'pods', refusal: refusalOf(pods) }];
  const refusals: RollRefusal[] = outsiders(wish);
  const going = chosen.map(({ pod }) => pod);
  const known = claims.others === 'missing' ? claims.items : undefined;
  refusals.push(...successorRefusals(set, candidates, going, known, snapshot.revisions));
  const unlabelled = going.filter(({ metadata }) => isRefusedLabel(revisionAt(set, ordinalOf(metadata.name))));
  if (unlabelled.length > 0) {
    refusals.push({ kind: 'revision label too long', pods: unlabelled.map(({ metadata }) => metadata.name) });
  }
  const state = rollout(rolloutContexts(snapshot)(set));
  if (!isSettled(state) || candidates.some(isTerminating)) {
    const remedy = remedyFor(set, state, pods.items);
    refusals.push({ kind: 'controller at work', rollout: state, remedy });
  }
  if (maxUnavailable > 1 && isOrdered(set)) refusals.push({ kind: 'ordered set', maxUnavailable });

  // Each pod goes only while enough of the others are ready.
  const first = new Set(going.slice(0, maxUnavailable));
  const unready = candidates.filter((pod) => !isRunningAndReady(pod) && !first.has(pod));
  if (unready.length > 0) {
    const volumeOf = (name: string) => index(snapshot.volumes)(undefined, name);
    const claimsStay = unready.every((pod) => isLossless(stakesOf({ set, claims: known, volumeOf }, pod)));
    refusals.push({ ...unreadyRefusal(unready, going), claimsStay });
  }

  if (claims.others !== 'missing' && chosen.some(({ storage }) => storage.length > 0)) {
    refusals.push({ kind: 'unknown', part: 'claims', refusal: refusalOf(claims) });
  }
  for (const { pod, storage } of chosen) {
    for (const { name, volumeFate } of storage.filter(isGoing)) {
      refusals.push({ kind: 'claim is being deleted', pod: pod.metadata.name, claim: name, volumeFate });
    }
  }
  if (!evicts) return refusals;
  return [...refusals, ...budgetRefusals(budgets.items, going, pods.items)];
}

function unreadyRefusal(unready: readonly Pod[], going: readonly Pod[]) {
  const [pod, ...more] = unready;
  const mayGoFirst = pod !== undefined && more.length === 0 && going.includes(pod);
  return {
    kind: 'not ready' as const,
    pods: unready.map(blockerOf),
    first: mayGoFirst ? ordinalOf(pod.metadata.name) : undefined,
  };
}

/** Ordinals that were named, but are none of the set's. */
function outsiders({ set, order, ordinals = [], first, last }: RollWish): RollRefusal[] {
  const wanted = wantedOrdinals(set);
  // A range lies in the set if its ends do.
  const ends = ordinals.flatMap(({ start, end }) => [start, end - 1]);
  const single = [first, last].filter((each) => each !== undefined);
  const named = [...(typeof order === 'string' ? [] : order), ...ends, ...single];
  const outside = [...new Set(named)].filter((ordinal) => !isWanted(wanted, ordinal));
  return outside.map((ordinal) => ({ kind: 'ordinal outside the set', ordinal, wanted }));
}

/**
 * Whether the controller has nothing to do, as far as its state says. It does not replace a pod that is not ready. That it
 * fails at a pod whose claims do not fit is told with the claims.
 */
function isSettled(state: Rollout): boolean {
  if ('judgement' in state && state.judgement.kind === 'stuck') {
    const { cause } = state.judgement.stuck;
    if (cause === 'claims do not fit' || cause === 'identity does not fit') return true;
    return cause.startsWith('broken in') && (state.state === 'not ready' || state.state === 'waits for deletion');
  }
  return state.state === 'done' || state.state === 'not ready' || state.state === 'waits for deletion';
}

function refusalOf(part: Part<unknown>): Refusal | undefined {
  return part.others === 'forbidden' ? part.refusal : undefined;
}

function warningsOf(
  { set, evicts }: RollWish,
  { nodes, volumes: ownVolumes, budgets }: RollSnapshot,
  chosen: readonly Mounted[],
): RollWarning[] {
  const warnings: RollWarning[] = [];
  const { volumes = [], terminationGracePeriodSeconds } = set.spec?.template?.spec ?? {};
  const own = volumes.filter(({ emptyDir, ephemeral }) => emptyDir || ephemeral).map(({ name }) => name);
  const [kept, going] = [own.filter((name) => isKept(name, chosen)), own.filter((name) => !isKept(name, chosen))];
  if (going.length > 0) warnings.push({ kind: 'data goes', volumes: going });
  if (kept.length > 0) warnings.push({ kind: 'data left behind', volumes: kept });
  const owner = controllerOf(set);
  if (owner) warnings.push({ kind: 'owner', owner: ownerName(owner) });
  if (terminationGracePeriodSeconds === 0) warnings.push({ kind: 'no grace period' });
  for (const { pod, storage } of nodes.others === 'missing' ? chosen : []) {
    const reach = reachOf(pod, storage, nodes.items, true);
    if (reach && isShutOut(reach)) warnings.push({ kind: 'no way back', pod: pod.metadata.name, reach });
  }
  const unseen = refusalOf(nodes) ?? refusalOf(ownVolumes);
  const needsVolume = chosen.some(({ storage }) => storage.length > 0);
  if (unseen && needsVolume) warnings.push({ kind: 'way back unknown', refusal: unseen });
  if (evicts && budgets.others !== 'missing') warnings.push({ kind: 'budgets unknown', refusal: refusalOf(budgets) });
  return warnings;
}

/** Whether the claims that the pods have for an ephemeral volume leave their data behind. */
function isKept(volume: string, chosen: readonly Mounted[]): boolean {
  const claims = chosen.flatMap(({ pod, storage }) =>
    storage.filter(({ origin, name }) => origin === 'ephemeral volume' && name === `${pod.metadata.name}-${volume}`),
  );
  return claims.length > 0 && claims.every(({ volumeFate }) => volumeFate === 'kept');
}
