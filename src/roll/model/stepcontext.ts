/** The grounds of a step's decisions: the settings, a view of the set, and the time. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { type Blocker, blockerOf } from '#src/statefulset/blocker.ts';
import { availableAt, isAvailable } from '#src/statefulset/controller/pods.ts';
import { isMember, isWanted, ordinalOf, podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { RollSettings, RollState, View } from './state.ts';

export interface StepContext {
  settings: RollSettings;
  view: View;
  set: StatefulSet;
  /** The set's pods by name. */
  members: ReadonlyMap<string, Pod>;
  /** Milliseconds, by the clock by which the view was read. */
  now: number;
  /** The same moment by the server's clock, by which pods become available. Milliseconds since the epoch. */
  serverNow: number;
}

/** @param set the view's own */
export function stepContext({ settings }: RollState, view: View, set: StatefulSet, now: number): StepContext {
  const serverNow = view.time + (now - view.readAt);
  return { settings, view, set, members: membersOf(set, view.pods), now, serverNow };
}

export function membersOf(set: StatefulSet, pods: readonly Pod[]): Map<string, Pod> {
  return new Map(pods.filter((pod) => isMember(set, pod)).map((pod) => [pod.metadata.name, pod]));
}

/** Whether nobody has changed, scaled, deleted or recreated the set since the roll was planned. */
export function isAsPlanned(set: StatefulSet | undefined, state: RollState): set is StatefulSet {
  if (set === undefined || set.metadata.deletionTimestamp) return false;
  return set.metadata.uid === state.set.uid && (set.metadata.generation ?? 0) === state.set.generation;
}

/** Milliseconds for which a new pod must have been ready. */
export function stabilityOf({ settings, set }: StepContext): number {
  return Math.max(settings.stable, (set.spec?.minReadySeconds ?? 0) * 1_000);
}

/** The wanted pods that are unready or missing, except those named in `away`. */
export function unreadyBesides(
  away: ReadonlySet<string>,
  { set, members }: Pick<StepContext, 'set' | 'members'>,
): Blocker[] {
  const { start, end } = wantedOrdinals(set);
  const unready = wantedBesides(away, { set, members })
    .filter((pod) => !isRunningAndReady(pod))
    .map(blockerOf);
  for (let ordinal = start; ordinal < end; ordinal++) {
    const name = podName(set.metadata.name, ordinal);
    if (!members.has(name) && !away.has(name)) unready.push({ pod: name, word: 'missing', trouble: false });
  }
  return unready;
}

function wantedBesides(away: ReadonlySet<string>, { set, members }: Pick<StepContext, 'set' | 'members'>): Pod[] {
  const wanted = wantedOrdinals(set);
  return [...members.values()].filter(({ metadata: { name } }) => !away.has(name) && isWanted(wanted, ordinalOf(name)));
}

/**
 * How many of the wanted pods are unavailable or missing to the set's controller, except those named in `away`. Until
 * they are available it makes no other pod anew, unless the set is Parallel.
 */
export function unavailableBesides(away: ReadonlySet<string>, context: StepContext): number {
  return unreadyBesides(away, context).length + awaitedBesides(away, context).length + uncounted(context);
}

/** The wanted pods that are ready, and not yet available, except those named in `away`. */
export function awaitedBesides(away: ReadonlySet<string>, context: StepContext): Pod[] {
  const rule = ruleOf(context);
  return wantedBesides(away, context).filter((pod) => isRunningAndReady(pod) && !isAvailable(rule, pod));
}

function ruleOf({ set, serverNow }: StepContext) {
  return { minReadySeconds: set.spec?.minReadySeconds ?? 0, now: serverNow };
}

/**
 * How many pods are available that the controller has not counted yet. It may be about to look, or its clock may be
 * behind: it does not take these pods for available.
 */
export function uncounted(context: StepContext): number {
  const { metadata, status } = context.set;
  const isOld = (status?.observedGeneration ?? 0) < (metadata.generation ?? 0);
  if (status?.availableReplicas === undefined || isOld) return 0;
  const rule = ruleOf(context);
  const available = [...context.members.values()].filter((pod) => isRunningAndReady(pod) && isAvailable(rule, pod));
  return Math.max(available.length - status.availableReplicas, 0);
}

/** When the next pod that is ready becomes available, by the clock of `now`. Milliseconds; Infinity where none does. */
export function nextAvailability(context: StepContext): number {
  const { set, now, serverNow } = context;
  const times = awaitedBesides(new Set(), context).map((pod) => availableAt(set.spec?.minReadySeconds ?? 0, pod));
  return now + Math.min(...times.map((at) => (at === undefined ? Number.POSITIVE_INFINITY : at - serverNow)));
}
