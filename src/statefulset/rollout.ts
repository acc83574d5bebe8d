/**
 * How far a StatefulSet is with its latest change, what its controller does next, and which pods it waits for. All of it
 * follows from `nextSync`, a port of the controller. Only the counts are taken here: each pod's label
 * `controller-revision-hash` is compared with `status.updateRevision`, since up to Kubernetes 1.36
 * `status.currentRevision` never advances under OnDelete.
 */
import type { Lookup, Part } from '#src/objects/snapshot.ts';
import type { Claim, Event, Node, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import type { Act, Controller, Sync } from './controller/acts.ts';
import { likelyControllers } from './controller/gates.ts';
import { isUnavailable } from './controller/pods.ts';
import { firstUpdated, isOnDelete, isOutdated } from './controller/revisions.ts';
import { nextSyncs } from './controller/sync.ts';
import { isMember, isWanted, ordinalOf, wantedOrdinals } from './identity.ts';
import { type Judgement, judge } from './stuck.ts';
import { type Waiting, waitingOf } from './waiting.ts';

/** What is known around a set. */
export interface RolloutContext {
  set: StatefulSet;
  /**
   * The pods of the namespace. Pods of other sets may be left out, unless they have a name that the set's pods get.
   * Undefined where some of the set's pods could not be read; the set's status decides then.
   */
  pods: readonly Pod[] | undefined;
  /** The claims of the namespace; undefined where they could not be read. */
  claims: readonly Claim[] | undefined;
  volumeOf: (name: string) => Lookup<Volume>;
  nodes: Part<Node>;
  /** The newest warnings, by `subjectOf` the object. */
  warnings: ReadonlyMap<string, Event>;
  /** When these were given first, in milliseconds since the epoch. */
  warnedSince: ReadonlyMap<string, number>;
  /** Whether an object without a warning has none. */
  warningsRead: boolean;
  /** The server's time in milliseconds since the epoch; of files, the newest time in them. */
  now: number;
  /** The latest that it may be: of files, when they were read. By it, durations are told. */
  latest: number;
  /** Milliseconds for which a failure must have been seen until the set counts as stuck for it. */
  patience: number;
  /** By UID, since when pods fail, as somebody saw who watches them; undefined where nobody does. */
  failingFrom: ReadonlyMap<string, number> | undefined;
  /**
   * Since when somebody watches, in milliseconds since the epoch. What failed before may just have been mended: only what
   * goes on failing counts. Undefined where nobody watches.
   */
  watchedSince: number | undefined;
}

/** The patience of commands that are not told another one. */
export const usualPatience = 5 * 60_000;

export type Rollout =
  /** `no status`: the set comes from a manifest. `unseen`: the controller has not yet seen its latest change. */
  { state: 'no status' | 'deleting' | 'unseen' } | Progress;

/** `waits for deletion`: OnDelete, so the controller replaces a pod only once it is deleted. */
export type ProgressState = 'scaling' | 'updating' | 'waits for deletion' | 'not ready' | 'done';

export interface Progress extends Counts, Outlook {
  state: ProgressState;
  /** The wanted pods that are not available, the lowest ordinal first. Empty where the pods are not known. */
  unavailable: readonly Pod[];
  /** The pods outside the wanted ordinals, which the controller is about to delete, the highest first. */
  condemned: readonly Pod[];
  /** What a controller with other feature gates does, where that is something else. */
  otherwise: (Outlook & { controller: Controller }) | undefined;
  judgement: Judgement;
  /** The latest time of the context, by which durations are told. */
  now: number;
}

interface Counts {
  /** The pods that exist, and those that are wanted. */
  pods: number;
  wanted: number;
  /** The pods in the update revision, and those that the update wants in it. */
  updated: number;
  target: number;
  /** The pods that the partition keeps in an older revision. */
  heldBack: number;
}

/** What happens next. */
export interface Outlook {
  /** What the controller does with pods. Its acts on claims are left out: they come with those on pods. */
  next: readonly PodAct[];
  waitsFor: readonly Waiting[];
}

export type PodAct = Exclude<Act, { claim: string }>;

export function rollout(context: RolloutContext): Rollout {
  const { metadata, status } = context.set;
  if (metadata.deletionTimestamp) return { state: 'deleting' };
  if (status === undefined) return { state: 'no status' };
  // A set that was just created has a status, but the controller has not seen it yet.
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 1)) return { state: 'unseen' };
  return context.pods === undefined ? fromStatus(context) : fromPods(context, context.pods);
}

function fromPods(context: RolloutContext, pods: readonly Pod[]): Progress {
  const { set } = context;
  const members = byOrdinal(set, pods);
  const range = wantedOrdinals(set);
  const isWantedOne = ({ ordinal }: Numbered) => isWanted(range, ordinal);
  const living = members.filter(isWantedOne);
  const counts = countsOf(set, members.length, living);
  const rule = { minReadySeconds: set.spec?.minReadySeconds ?? 0, now: context.now };
  const wanted = living.map(({ pod }) => pod);
  const unavailable = wanted.filter((pod) => isUnavailable(rule, pod));
  const [likely, ...others] = syncsOf(context, pods);
  const state = stateOf(set, counts, wanted.length, unavailable.length);
  const outlooks = others.map(({ controller, sync }) => ({ controller, ...outlookOf(context, pods, sync) }));
  const outlook = outlookOf(context, pods, likely.sync);
  const otherwise = outlooks.find((other) => !isSame(other, outlook));
  const isIdle = [outlook, ...outlooks].every(({ next }) => next.length === 0);
  return {
    state,
    ...counts,
    ...outlook,
    unavailable,
    condemned: members
      .filter((member) => !isWantedOne(member))
      .sort((a, b) => b.ordinal - a.ordinal)
      .map(({ pod }) => pod),
    otherwise,
    judgement: judge({ context, pods, state, isIdle, errors: likely.sync.errors, unavailable, ...outlook }),
    now: context.latest,
  };
}

interface ControllerSync {
  controller: Controller;
  sync: Sync;
}

/** The likely controller's sync first. */
function syncsOf({ set, claims, now }: RolloutContext, pods: readonly Pod[]): [ControllerSync, ...ControllerSync[]] {
  const syncOf = nextSyncs(set, pods, claims, now);
  const sync = (controller: Controller) => ({ controller, sync: syncOf(controller) });
  const [likely, ...others] = likelyControllers(set);
  return [sync(likely), ...others.map(sync)];
}

function outlookOf(context: RolloutContext, pods: readonly Pod[], sync: Sync): Outlook {
  return { next: sync.acts.filter(isOfPod), waitsFor: waitingOf(context, pods, sync) };
}

function isOfPod(act: Act): act is PodAct {
  // A pod that is only written back changes in nothing that a person sees.
  return !('claim' in act) && act.act !== 'update pod';
}

function isSame(a: Outlook, b: Outlook): boolean {
  const text = ({ next, waitsFor }: Outlook) =>
    JSON.stringify(
      [next.map(({ act, pod }) => `${act} ${pod}`), waitsFor.map(({ pod }) => pod)].map((each) => each.sort()),
    );
  return text(a) === text(b);
}

/** A pod of the set. */
interface Numbered {
  pod: Pod;
  ordinal: number;
}

/** The set's pods, the lowest ordinal first. The controller ignores a pod without an ordinal. */
function byOrdinal(set: StatefulSet, pods: readonly Pod[]): Numbered[] {
  return pods
    .filter((pod) => isMember(set, pod))
    .map((pod) => ({ pod, ordinal: ordinalOf(pod.metadata.name) }))
    .filter(({ ordinal }) => ordinal >= 0)
    .sort((a, b) => a.ordinal - b.ordinal);
}

/**
 * @param pods how many pods the set has
 * @param living those that it wants
 */
function countsOf(set: StatefulSet, pods: number, living: readonly Numbered[]): Counts {
  const { start, end } = wantedOrdinals(set);
  const from = isOnDelete(set) ? start : firstUpdated(set);
  const targets = living.filter(({ ordinal }) => ordinal >= from);
  return {
    pods,
    wanted: end - start,
    updated: targets.filter(({ pod }) => !isOutdated(set, pod)).length,
    target: targets.length,
    heldBack: living.filter(({ pod, ordinal }) => ordinal < from && isOutdated(set, pod)).length,
  };
}

/** @param living how many of the wanted pods exist */
function stateOf(set: StatefulSet, counts: Counts, living: number, unavailable: number): ProgressState {
  const { pods, wanted, updated, target } = counts;
  // The controller scales before it updates.
  if (pods !== wanted || living !== wanted) return 'scaling';
  if (updated < target) return isOnDelete(set) ? 'waits for deletion' : 'updating';
  return unavailable > 0 ? 'not ready' : 'done';
}

/** Without the pods: by the numbers that the controller counted. */
function fromStatus({ set, latest }: RolloutContext): Progress {
  const { status } = set;
  const range = wantedOrdinals(set);
  const wanted = range.end - range.start;
  const target = isOnDelete(set) ? wanted : Math.max(0, range.end - firstUpdated(set));
  const counts: Counts = {
    pods: status?.replicas ?? 0,
    wanted,
    updated: Math.min(status?.updatedReplicas ?? 0, target),
    target,
    heldBack: wanted - target,
  };
  // The API server has counted available pods since Kubernetes 1.22.
  const available = status?.availableReplicas ?? status?.readyReplicas ?? 0;
  const state = stateOf(set, counts, counts.pods, wanted - Math.min(available, wanted));
  return {
    state,
    ...counts,
    next: [],
    waitsFor: [],
    unavailable: [],
    condemned: [],
    otherwise: undefined,
    judgement: { kind: 'undetermined', missing: ['pods'] },
    now: latest,
  };
}
