/** The grounds of a step's decisions: the settings, a view of the set, and the time. */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { type Blocker, blockerOf } from '#src/statefulset/blocker.ts';
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
}

/** @param set the view's own */
export function stepContext({ settings }: RollState, view: View, set: StatefulSet, now: number): StepContext {
  return { settings, view, set, members: membersOf(set, view.pods), now };
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
  const unready: Blocker[] = [];
  for (const [name, pod] of members) {
    if (away.has(name) || !isWanted({ start, end }, ordinalOf(name)) || isRunningAndReady(pod)) continue;
    unready.push(blockerOf(pod));
  }
  for (let ordinal = start; ordinal < end; ordinal++) {
    const name = podName(set.metadata.name, ordinal);
    if (!members.has(name) && !away.has(name)) unready.push({ pod: name, word: 'missing', trouble: false });
  }
  return unready;
}
