/** What a gate sees at one moment: how each set stands to its goal, and what has become of the sets since. */
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { availableAt, isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { type Goal, outcomeOf, type Standing, standingOf } from './gate.ts';

export interface GateLook {
  /** Milliseconds since the epoch, by the server's clock. */
  time: number;
  /** What was read of the sets. */
  snapshot: Snapshot;
  sets: readonly { topology: Topology; standing: Standing }[];
  /** The sets that the gate saw before, and that are deleted. One that was created again is another set. */
  gone: readonly StatefulSet[];
}

export function gateLook(
  snapshot: Snapshot,
  topologies: readonly Topology[],
  goal: Goal,
  known: ReadonlyMap<string, StatefulSet>,
): GateLook {
  const there = new Set(topologies.map(({ set }) => uidOf(set)));
  return {
    time: snapshot.time,
    snapshot,
    sets: topologies.map((topology) => ({ topology, standing: standingOf(topology, goal) })),
    gone: [...known.values()].filter((set) => !there.has(uidOf(set))),
  };
}

export type GateOutcome = ReturnType<typeof outcomeOf>;

export function outcomeIn({ sets, gone }: GateLook): GateOutcome {
  return gone.length > 0 ? 'failed' : outcomeOf(sets.map(({ standing }) => standing));
}

/** The sets that keep the gate from opening, at its end. Where one cannot get there, those that wait had time left. */
export function shutBy(look: GateLook): GateLook['sets'] {
  const isLate = outcomeIn(look) === 'waiting';
  return look.sets.filter(({ standing: { kind } }) => (kind === 'waiting' ? isLate : kind !== 'met'));
}

/**
 * Milliseconds until all pods are available, where each set that waits only has to stay ready; Infinity where anything else
 * is in the way.
 */
export function restOf({ sets, gone, time }: GateLook, goal: Goal): number {
  const waiting = sets.filter(({ standing }) => standing.kind !== 'met');
  const isClose =
    gone.length === 0 &&
    waiting.every(({ topology, standing }) => standing.kind === 'waiting' && onlyAges(topology, goal));
  if (!isClose || waiting.length === 0) return Number.POSITIVE_INFINITY;
  const ends = waiting.flatMap(({ topology: { set, rollout } }) =>
    'unavailable' in rollout
      ? rollout.unavailable.map((pod) => availableAt(set.spec?.minReadySeconds ?? 0, pod) ?? Number.POSITIVE_INFINITY)
      : [],
  );
  return Math.max(...ends) - time;
}

/** Whether all pods are there, up to date and ready, and not all of them for long enough. */
function onlyAges({ rollout }: Topology, goal: Goal): boolean {
  if (!('unavailable' in rollout)) return false;
  const { state, unavailable } = rollout;
  const isOfAnyRevision = goal === 'ready' && (state === 'updating' || state === 'waits for deletion');
  const isClose = state === 'not ready' || isOfAnyRevision;
  return isClose && unavailable.every((pod) => isReady(pod) && !isTerminating(pod));
}

/** The sets whose spec has changed since the gate saw them last. */
export function newerSets(known: ReadonlyMap<string, StatefulSet>, sets: readonly StatefulSet[]): StatefulSet[] {
  return sets.filter((set) => {
    const before = known.get(uidOf(set))?.metadata.generation;
    // To ask for its deletion makes a new generation, too.
    const isDeleted = set.metadata.deletionTimestamp !== undefined;
    return before !== undefined && (set.metadata.generation ?? 0) > before && !isDeleted;
  });
}

/** The sets by what tells them from earlier and later ones of their names. */
export function known(sets: readonly StatefulSet[]): Map<string, StatefulSet> {
  return new Map(sets.map((set) => [uidOf(set), set]));
}

function uidOf({ metadata: { uid, namespace, name } }: StatefulSet): string {
  return uid ?? `${namespace}/${name}`;
}
