/** The pods of a StatefulSet in the order of their ordinals, with those that are missing, and why. */
import type { Absence, Part } from '#src/objects/snapshot.ts';
import type { Claim, Event, Node, Pod, StatefulSet } from '#src/objects/types.ts';
import { ordinalOfClaim } from '#src/statefulset/belonging.ts';
import { fixClaimOwners } from '#src/statefulset/controller/claims.ts';
import { isReady } from '#src/statefulset/controller/pods.ts';
import { type RevisionStanding, revisionStanding } from '#src/statefulset/controller/revisions.ts';
import { subjectOf } from '#src/statefulset/events.ts';
import { recentWarning, type WarningContext } from '#src/statefulset/failure.ts';
import { type ClaimFate, fateByOwners } from '#src/statefulset/fate.ts';
import { isWanted, type OrdinalRange, ordinalOf, podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import { isLost, isOutOfService, type NodeDoubt, nodeDoubt } from '#src/statefulset/lostnode.ts';
import type { Rollout } from '#src/statefulset/rollout.ts';
import { type BoundVolume, boundVolume, type Unschedulable, unschedulable } from '#src/statefulset/scheduling.ts';
import {
  lackedTemplates,
  type Mount,
  mountsAt,
  mountsOf,
  type Storage,
  type StorageIndex,
  unmountedMount,
} from '#src/statefulset/storage.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import type { Waiting } from '#src/statefulset/waiting.ts';

export type Member = PresentPod | AbsentPods;

export interface PresentPod {
  state: 'found';
  ordinal: number;
  pod: Pod;
  /** A pod outside the wanted ordinals is condemned: the controller is about to delete it. */
  wanted: boolean;
  revision: RevisionStanding;
  /** Why no node takes the pod; undefined unless the scheduler has said that none does. */
  unschedulable: Unschedulable | undefined;
  lostNode: NodeDoubt | undefined;
  /** Whether somebody has taken its lost node out of service, by the taint. */
  outOfService: boolean;
  /** A volume that it would lack on any other node; undefined where the node is not lost. */
  boundTo: BoundVolume | undefined;
  /** The newest warning about a pod that is not ready, if it is no more than ten minutes old. */
  warning: Event | undefined;
  /** The claim templates for which the pod has no volume. */
  lacks: readonly string[];
  storage: Storage[];
}

/** Neighbouring wanted ordinals at which no pod is at hand. */
export interface AbsentPods {
  state: Absence;
  ordinals: OrdinalRange;
  /** Known only where the pods are missing and the cluster says why. */
  why: WhyMissing | undefined;
  /** The claims of a single ordinal. Of several, which have none of their own at hand, those that all of them share. */
  storage: Storage[];
}

export type WhyMissing =
  | { kind: 'set is being deleted' }
  /** The controller creates no pod whose claim is being deleted, or belongs to an earlier pod (`PodClaimIsStale`). */
  | { kind: 'claim is being deleted' | 'claim is stale'; claim: string }
  /** The API server refuses it, or another object has its name. */
  | { kind: 'cannot be created'; stuck: Stuck }
  /** The controller works on another pod first. `waiting`: why it waits for that one, if it exists. */
  | { kind: 'waits for'; pod: string; waiting: Waiting | undefined }
  | { kind: 'event'; reason: string; message: string };

/** What is known around the pods of one set. */
export interface SetContext extends WarningContext {
  set: StatefulSet;
  /** What the absence of a pod means. */
  others: Absence;
  nodes: Part<Node>;
  /** By which times in files are judged, where it is later than `now`. */
  latest: number;
  rollout: Rollout;
  /** The claims of the set, by name. */
  ownClaims: ReadonlyMap<string, Claim>;
  storage: StorageIndex;
}

/** @param pods the set's pods, in any order */
export function membersOf(context: SetContext, pods: readonly Pod[]): Member[] {
  const { set } = context;
  const wanted = wantedOrdinals(set);
  const present = pods.map((pod) => presentPod(context, pod, wanted)).sort((a, b) => a.ordinal - b.ordinal);
  const claimed = claimedOrdinals(set, context.ownClaims.keys());

  const members: Member[] = [];
  let next = wanted.start;
  for (const member of present) {
    const before = Math.min(member.ordinal, wanted.end);
    members.push(...absentPods(context, { start: next, end: before }, claimed), member);
    next = Math.max(next, member.wanted ? member.ordinal + 1 : before);
  }
  members.push(...absentPods(context, { start: next, end: wanted.end }, claimed));
  return context.others === 'missing' ? withReasons(context, members) : members;
}

function presentPod(context: SetContext, pod: Pod, wanted: OrdinalRange): PresentPod {
  const { set, storage, nodes, latest } = context;
  const ordinal = ordinalOf(pod.metadata.name);
  const byPolicy = fatesByPolicy(context, pod);
  const beneath = (mount: Mount): Storage => {
    const found = storage.beneath(mount, set.metadata.namespace, 0);
    return { ...found, fateByPolicy: byPolicy.get(mount.claim) };
  };
  const mounts = mountsOf(set, pod);
  const mounted = mounts.map(beneath);
  const lacks = lackedTemplates(set, pod, mounts);
  const lostNode = nodeDoubt(pod, nodes, latest);
  // The claims of a condemned pod are wanted no longer. That one is missing says nothing: the controller creates it when
  // it tries to mend the pod.
  const unmountedClaims = (isWanted(wanted, ordinal) ? lacks : [])
    .map((template) => beneath(unmountedMount(set, template, ordinal)))
    .filter(({ claim }) => claim.state === 'found');
  return {
    state: 'found',
    ordinal,
    pod,
    wanted: isWanted(wanted, ordinal),
    revision: revisionStanding(set, pod),
    unschedulable: unschedulable(pod, mounted, nodes),
    lostNode,
    outOfService: isLost(lostNode) && isOutOfService(pod, nodes.items),
    boundTo: isLost(lostNode) ? boundVolume(pod, mounted, nodes) : undefined,
    warning: isReady(pod) ? undefined : recentWarning(pod, context),
    lacks,
    storage: [...mounted, ...unmountedClaims],
  };
}

function absentPods(
  { set, storage, others }: SetContext,
  ordinals: OrdinalRange,
  claimed: readonly number[],
): AbsentPods[] {
  const { start, end } = wantedOrdinals(set);
  const storageAt = ({ start: first, end: last }: OrdinalRange): Storage[] =>
    mountsAt(set, first)
      .filter(({ origin }) => origin === 'pod template' || last - first === 1)
      .map((mount) =>
        storage.beneath(mount, set.metadata.namespace, mount.origin === 'pod template' ? end - start : 1),
      );
  return runs(ordinals, claimed).map((run) => ({
    state: others,
    ordinals: run,
    why: undefined,
    storage: storageAt(run),
  }));
}

/** So many absent ordinals in a row are told one by one. More are told together: 10,000 missing pods are one line. */
const longestListed = 5;

/** Splits `ordinals` into single ones where they are few or have a claim, and into runs of those in between. */
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

/** The ordinals, rising, for which there is a claim of one of the set's templates, or of an ephemeral volume. */
function claimedOrdinals(set: StatefulSet, claims: Iterable<string>): number[] {
  const ordinals = [...claims].flatMap((claim) => ordinalOfClaim(set, claim) ?? []);
  return [...new Set(ordinals)].sort((a, b) => a - b);
}

/**
 * The fates that the claims of a pod will have once the controller has given them the owners that the retention policy
 * wants. It does so when it comes to the pod: while an ordered set waits for another one, the claims have the old owners.
 */
function fatesByPolicy({ set, rollout, ownClaims }: SetContext, pod: Pod): Map<string, ClaimFate> {
  const isKept = 'next' in rollout && set.metadata.uid !== undefined && pod.metadata.uid !== undefined;
  const acts = isKept ? fixClaimOwners({ set, claims: ownClaims }, pod) : [];
  return new Map(
    acts.flatMap((act): [string, ClaimFate][] => {
      if (act.act !== 'update claim') return [];
      const before = ownClaims.get(act.claim)?.metadata.ownerReferences ?? [];
      const owners = act.owners.map(({ kind, name, uid }) => {
        const known = before.find((owner) => owner.uid === uid);
        return { apiVersion: known?.apiVersion ?? (kind === 'Pod' ? 'v1' : 'apps/v1'), kind, name, uid };
      });
      return [[act.claim, fateByOwners(owners, set.metadata.namespace, () => false)]];
    }),
  );
}

/** Adds to each missing pod why the controller does not create it. All of it follows from the rollout. */
function withReasons(context: SetContext, members: readonly Member[]): Member[] {
  return members.map((member) => (member.state === 'found' ? member : { ...member, why: whyMissing(context, member) }));
}

function whyMissing({ set, rollout, warnings }: SetContext, { ordinals }: AbsentPods): WhyMissing | undefined {
  if (rollout.state === 'deleting') return { kind: 'set is being deleted' };
  if (!('next' in rollout)) return undefined;
  const name = podName(set.metadata.name, ordinals.start);
  const { judgement, waitsFor, next } = rollout;
  const stuck = judgement.kind === 'stuck' ? judgement.stuck : undefined;
  const own = waitsFor.find(({ pod }) => pod === name);
  if (own?.why.kind === 'claim is being deleted' || own?.why.kind === 'claim is stale') return own.why;
  const event = warnings.get(subjectOf('StatefulSet', set.metadata));
  const told = event && ({ kind: 'event', reason: event.reason ?? '', message: event.message ?? '' } as const);
  if (stuck?.pod === name)
    return stuck.cause === 'cannot be created' && told ? told : { kind: 'cannot be created', stuck };
  // The controller is about to create it. If it tries in vain, the newest warning may say why.
  if (next.some(({ act, pod }) => act === 'create pod' && pod === name)) return told;
  const [first] = waitsFor;
  if (first !== undefined) return { kind: 'waits for', pod: first.pod, waiting: first };
  const other = stuck?.pod ?? next[0]?.pod;
  return other === undefined ? told : { kind: 'waits for', pod: other, waiting: undefined };
}
