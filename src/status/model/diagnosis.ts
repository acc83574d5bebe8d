/** Why a StatefulSet is not well: the causes, those that its controller waits for first, and what could not be seen. */

import { deletedSince } from '#src/objects/deletion.ts';
import { fieldTime } from '#src/objects/managedfields.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Event, Node, StatefulSet } from '#src/objects/types.ts';
import { isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import { lastSeen, subjectOf } from '#src/statefulset/events.ts';
import { recentlySeen } from '#src/statefulset/failure.ts';
import { type Progress, usualPatience } from '#src/statefulset/rollout.ts';
import { unreadySince } from '#src/statefulset/waiting.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { budgetTroubles } from './budgets.ts';
import type { Cause, Ground, Trouble } from './causes.ts';
import { outdatedPods } from './gate.ts';
import { type Facts, noFacts } from './nodefacts.ts';
import { type PodContext, podTroubles } from './podcauses.ts';
import { refusedPod, serviceTrouble, setTrouble } from './setcauses.ts';
import { type Skipped, skippedIn } from './skipped.ts';

export interface Diagnosis {
  topology: Topology;
  /** The first one is the one to begin with. */
  causes: readonly Cause[];
  /** What was not looked at, and would tell more. */
  skipped: readonly Skipped[];
  /** The latest time at which it was so, by the server's clock: durations are told by it. Milliseconds since the epoch. */
  now: number;
  /** How long ago the newest time in the files is, where it is long ago: nobody knows what came later. Milliseconds. */
  age?: number | undefined;
  /** What the container of the first cause has logged last; undefined where nobody asked for it. */
  log?: ContainerLog | undefined;
}

/** `previous`: of its last run before this one. */
export type ContainerLog = { pod: string; container: string; previous: boolean } & (
  | { text: string }
  | { refusal: string }
);

export function diagnose(topology: Topology, snapshot: Snapshot, facts: Facts = noFacts): Diagnosis {
  const context = contextOf(snapshot, facts);
  const now = Math.max(snapshot.latest ?? snapshot.time, snapshot.time);
  const { uid } = topology.set.metadata;
  const managed = facts.managed?.items.find(({ metadata }) => metadata.uid === uid) ?? topology.set;
  const { rollout } = topology;
  const stuck = 'judgement' in rollout && rollout.judgement.kind === 'stuck' ? rollout.judgement.stuck : undefined;
  const ofSet = stuck && setTrouble(stuck, topology, snapshot.pods.items);
  const first: Cause[] =
    ofSet && stuck ? [{ ground: stuck.ground, pod: stuck.pod, since: stuck.since, what: ofSet }] : [];
  const service = serviceTrouble(topology);
  const causes = [
    ...first,
    ...(ofSet ? [] : refusedNow(topology)),
    ...podCauses(topology, context),
    ...outdatedCause(topology),
    ...(rollout.state === 'unseen' ? [notObserved(managed, now)] : []),
    ...(service ? [ofSetItself(service)] : []),
    ...budgetTroubles(topology, snapshot.budgets?.items ?? [], snapshot.pods.items).map(ofSetItself),
  ];
  const age = now - snapshot.time >= usualPatience ? now - snapshot.time : undefined;
  return { topology, causes, skipped: skippedIn(topology, snapshot, facts, causes), now, age };
}

/** A pod that the API server has refused lately. The controller tries again by itself, and the cause may be gone by then. */
function refusedNow(topology: Topology): Cause[] {
  const refused = refusedPod(topology);
  if (refused === undefined) return [];
  const { pod, since, what } = refused;
  return [{ ground: 'undetermined', pod, since, what }];
}

function ofSetItself(what: Trouble): Cause {
  return { ground: 'certain', pod: undefined, since: undefined, what };
}

/** A controller that runs sees a change within a second or two. Only a change of the spec makes a new generation. */
function notObserved(set: StatefulSet, now: number): Cause {
  const { metadata } = set;
  const since =
    fieldTime(set, ['f:spec']) ?? (metadata.generation === 1 ? timeOf(metadata.creationTimestamp) : undefined);
  const isLong = since !== undefined && now - since >= usualPatience;
  return { ground: isLong ? 'likely' : 'undetermined', pod: undefined, since, what: { kind: 'not observed' } };
}

function awaitedIn({ waitsFor, unavailable, state }: Progress): string[] {
  const others = state === 'not ready' ? unavailable.map(({ metadata }) => metadata.name) : [];
  return [...new Set([...waitsFor.map(({ pod }) => pod), ...others])];
}

/** The pods in the order in which a person should look at them: those that the controller waits for come first. */
function podCauses(topology: Topology, contextOf: (pod: PresentPod) => PodContext): Cause[] {
  const { members, rollout } = topology;
  const awaited = 'waitsFor' in rollout ? awaitedIn(rollout) : [];
  const rank = ({ pod }: PresentPod) => {
    const place = awaited.indexOf(pod.metadata.name);
    return place < 0 ? awaited.length : place;
  };
  const present = members.filter((member) => member.state === 'found').toSorted((a, b) => rank(a) - rank(b));
  return present.flatMap((member) => {
    const context = contextOf(member);
    const troubles = podTroubles(member, context);
    const isAwaited = awaited.includes(member.pod.metadata.name) && !isReady(member.pod) && !isTerminating(member.pod);
    const told = troubles.length > 0 || !isAwaited ? troubles : [unexplained(member)];
    return told.map((what) => causeOf(member, what, topology, context));
  });
}

function unexplained({ pod }: PresentPod): Trouble {
  return { kind: 'not ready', word: podStatus(pod).word, node: pod.spec?.nodeName || undefined };
}

function outdatedCause(topology: Topology): Cause[] {
  const pods = topology.rollout.state === 'waits for deletion' ? outdatedPods(topology) : [];
  return pods.length === 0
    ? []
    : [{ ground: 'certain', pod: undefined, since: undefined, what: { kind: 'outdated', pods } }];
}

function causeOf({ pod }: PresentPod, what: Trouble, { rollout }: Topology, { now, warningsRead }: PodContext): Cause {
  const { name } = pod.metadata;
  const since = isTerminating(pod) ? deletedSince(pod) : isReady(pod) ? undefined : unreadySince(pod);
  const stuck = 'judgement' in rollout && rollout.judgement.kind === 'stuck' ? rollout.judgement.stuck : undefined;
  const judged = stuck?.pod === name ? stuck.ground : undefined;
  const ground = isOpen(what, warningsRead) ? 'undetermined' : groundOf(what, judged, since, now);
  return { ground, pod: name, since, what };
}

/**
 * Whether what would tell the cause could not be read, whatever else is known of the failure. Only an event tells whether
 * a probe had a container killed. A warning that the node of a pod is not ready is told where the node was not read.
 */
function isOpen(what: Trouble, warningsRead: boolean): boolean {
  if (what.kind === 'crash') return !warningsRead && what.suspects.some(({ answer }) => answer === undefined);
  return what.kind === 'warning' && what.reason === 'NodeNotReady';
}

/** @param judged the ground on which the set is stuck for the pod */
function groundOf(
  what: Trouble,
  judged: 'certain' | 'likely' | undefined,
  since: number | undefined,
  now: number,
): Ground {
  if (judged !== undefined) return judged;
  // Nothing was seen to fail.
  if (what.kind === 'not ready') return 'undetermined';
  if (what.kind === 'image' && what.word === 'InvalidImageName') return 'certain';
  if ((what.kind === 'crash' || (what.kind === 'probe' && what.isBack)) && what.restarts >= manyRestarts)
    return 'likely';
  return since !== undefined && now - since >= usualPatience ? 'likely' : 'undetermined';
}

/** 10 s, 20 s, 40 s, 80 s and 160 s of back-off. */
const manyRestarts = 5;

function contextOf(
  { events, nodes, time }: Snapshot,
  { attachments, drivers, pods, passedOver }: Facts,
): (member: PresentPod) => PodContext {
  const warnings = Map.groupBy(
    events.items.filter(({ type }) => type === 'Warning'),
    ({ involvedObject: { kind = '', ...about } = {} }) => subjectOf(kind, about),
  );
  const seesAttached = attachments && (attachments.others === 'missing' || attachments.items.length > 0);
  const attachedTo = seesAttached ? nodesOf(attachments.items) : undefined;
  const known = drivers?.items ?? [];
  const podsOn = pods?.others === 'missing' ? Map.groupBy(pods.items, ({ spec }) => spec?.nodeName) : undefined;
  return ({ pod }) => ({
    warnings: newestFirst(warnings.get(subjectOf('Pod', pod.metadata)) ?? []).filter((event) =>
      recentlySeen(event, time),
    ),
    // Files without any event at all do not tell that there was none.
    warningsRead: events.others === 'missing' || events.items.length > 0,
    now: time,
    attachedTo,
    driversOn: drivers && ((name) => known.find(({ node }) => node === name)?.drivers),
    podsOn: podsOn && ((name) => (passedOver.includes(name) ? undefined : (podsOn.get(name) ?? []))),
    kubeletOf: (name) => kubeletWords(nodes.items.find(({ metadata }) => metadata.name === name)),
  });
}

/**
 * A kubelet that is not ready says so itself, with False. Unknown is written by the node lifecycle controller, for a
 * kubelet that it hears no more: https://kubernetes.io/docs/reference/node/node-status/#condition
 */
function kubeletWords(node: Node | undefined): string | undefined {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'False' ? ready.message || ready.reason || '' : undefined;
}

function nodesOf(items: readonly { volume: string; node: string }[]): (volume: string) => string[] {
  return (volume) => items.filter((each) => each.volume === volume).map(({ node }) => node);
}

function newestFirst(events: readonly Event[]): Event[] {
  return events.toSorted((a, b) => lastSeen(b) - lastSeen(a));
}
