/** What a Snapshot holds around each of its sets, for the rollout. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { controllerOf } from '#src/objects/owners.ts';
import { index, type Snapshot } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { newestWarnings, warnedSince } from './events.ts';
import { isMember, setNameOf } from './identity.ts';
import { type RolloutContext, usualPatience } from './rollout.ts';

export type RolloutSnapshot = Pick<Snapshot, 'pods' | 'claims' | 'volumes' | 'nodes' | 'events' | 'time' | 'latest'>;

/** How long a failure must have been seen until a set counts as stuck for it, and since when pods fail. */
export type Watching = Pick<RolloutContext, 'patience' | 'failingFrom' | 'watchedSince'>;

/**
 * Indexes a Snapshot once, for all its sets.
 *
 * @param watching how somebody watches, who knows more than the Snapshot
 */
export function rolloutContexts(
  { pods, claims, volumes, nodes, events, time, latest }: RolloutSnapshot,
  { patience = usualPatience, failingFrom, watchedSince }: Partial<Watching> = {},
): (set: StatefulSet) => RolloutContext {
  const podsOf = Map.groupBy(
    pods.items.flatMap((pod) => keysOf(pod).map((key) => ({ key, pod }))),
    ({ key }) => key,
  );
  const claimsOf = Map.groupBy(claims.items, ({ metadata }) => metadata.namespace);
  const warnings = newestWarnings(events.items);
  const since = warnedSince(events.items, warnings);
  const eventful = new Set(events.items.map(({ metadata }) => metadata.namespace));
  return (set) => {
    const { namespace, name } = set.metadata;
    const near = (podsOf.get(namespacedKey(namespace, name)) ?? []).map(({ pod }) => pod);
    const own = near.filter((pod) => isMember(set, pod));
    return {
      set,
      // Some of the pods would say less than the counts in the set's status.
      pods: pods.others === 'missing' || own.length === set.status?.replicas ? near : undefined,
      // Files, and readers that need no claims, tell nothing by a claim that is not there.
      claims: claims.others === 'missing' || claims.items.length > 0 ? (claimsOf.get(namespace) ?? []) : undefined,
      // Asked of few claims, and of none where all is well: not worth an index for all sets.
      volumeOf: (name) => index(volumes)(undefined, name),
      nodes,
      warnings,
      warnedSince: since,
      // A file with some events of the namespace has all that kubectl gave.
      warningsRead: events.others === 'missing' || (events.others === 'not given' && eventful.has(namespace)),
      now: time,
      latest: Math.max(latest ?? time, time),
      patience,
      failingFrom,
      watchedSince,
    };
  };
}

/** A pod matters to the set that controls it, and to the set in its name: it may adopt the pod, or miss the name. */
function keysOf(pod: Pod): string[] {
  const { namespace, name } = pod.metadata;
  const sets = new Set([controllerOf(pod)?.name ?? '', setNameOf(name)]);
  return [...sets].map((set) => namespacedKey(namespace, set));
}
