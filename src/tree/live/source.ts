/** Keeps a Snapshot of a live cluster current. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { type Resource, resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Refusal, Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Named, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { bellOf } from '#src/sources/bell.ts';
import { type KeptRound, keptRound } from '#src/sources/keptround.ts';
import { mayPass, type Outage, type OutageNews, outageOf } from '#src/sources/outage.ts';
import { unread } from '#src/sources/parts.ts';
import { type Chosen, choose, readSetsByName } from '#src/sources/sets.ts';
import { type WatchedPart, type WatchedPartOptions, watchedPart } from '#src/sources/watchedpart.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type NeedsOf, treeNeeds } from '../model/needs.ts';
import { topologies } from '../model/topology.ts';
import type { Reading } from './reading.ts';

export type LiveNews = OutageNews | { kind: 'not watched'; refusal: Refusal };

export interface LiveOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
  tell: (news: LiveNews) => void;
  /** Which objects the second round reads; those of the tree unless given. */
  needsOf?: NeedsOf;
}

/** The shortest time between two readings, in milliseconds. */
const shortestGap = 100;
/** The time between two readings is at least so many times as long as the last reading took, to spare a large cluster. */
const restPerReading = 4;
/** The longest time between two readings, in milliseconds. A machine that slept during a reading makes it seem long. */
const longestRest = 30_000;
/** Milliseconds until sets that may only be read by name are read again. */
const setsInterval = 5_000;

/**
 * Yields what `readCluster` reads, at once and again whenever something has changed, until the signal.
 *
 * @param namespace undefined for all namespaces
 * @throws {StatusError} when the sets cannot be read, and {ConnectionError}: both for the first reading only, since later
 *   ones tell of an outage instead
 */
export async function* watchCluster(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  { clock, random, signal, tell, needsOf = treeNeeds }: LiveOptions,
): AsyncGenerator<Reading, void> {
  const own = new AbortController();
  const end = () => own.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  let fault: { error: unknown } | undefined;
  const bell = bellOf(clock, own.signal);
  const outage = outageOf((news) => {
    if (!own.signal.aborted) tell(news);
  });
  const parts = watchParts(client, namespace, {
    clock,
    random,
    signal: own.signal,
    outage,
    changed: bell.ring,
    notWatched: (refusal) => tell({ kind: 'not watched', refusal }),
    failed(error) {
      fault = { error };
      bell.ring();
    },
  });
  const round = keptRound(client, namespace, clock, outage);
  const chooseSets = setsChooser({ client, namespace, selection, outage, signal: own.signal }, parts.statefulSets);
  try {
    await parts.begun;
    while (!own.signal.aborted) {
      if (fault) throw fault.error;
      const begun = clock.now();
      const reading = await read(await chooseSets(), parts, round, { serverTime: client.serverTime, needsOf });
      if (own.signal.aborted) return;
      const rest = Math.min(Math.max(shortestGap, restPerReading * (clock.now() - begun)), longestRest);
      yield reading;
      await clock.sleep(rest, own.signal);
      const due = parts.statefulSets.refusal() ? Math.min(round.due(), begun + setsInterval) : round.due();
      await bell.rung(due - clock.now());
    }
  } catch (error) {
    // The signal also ends the requests that are under way.
    if (!own.signal.aborted || !mayPass(error)) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    own.abort();
  }
}

interface WatchedParts {
  statefulSets: WatchedPart<StatefulSet>;
  services: WatchedPart<Service>;
  pods: WatchedPart<Pod>;
  claims: WatchedPart<Claim>;
  /** Resolves when all parts have begun. */
  begun: Promise<unknown>;
}

function watchParts(client: Client, namespace: string | undefined, options: WatchedPartOptions): WatchedParts {
  const watchAll = <T extends Named>(resource: Resource): WatchedPart<T> =>
    watchedPart<T>({ client, resource, namespace }, options);
  const statefulSets = watchAll<StatefulSet>(resources.statefulSets);
  const services = watchAll<Service>(resources.managedServices);
  const pods = watchAll<Pod>(resources.pods);
  const claims = watchAll<Claim>(resources.claims);
  const begun = Promise.all([statefulSets, services, pods, claims].map((part) => part.begun));
  return { statefulSets, services, pods, claims, begun };
}

interface SetsQuestion {
  client: Client;
  namespace: string | undefined;
  selection: Selection;
  outage: Outage;
  signal: AbortSignal;
}

/** Chooses the sets of each reading. Where they may not be listed, it reads those that were named. */
function setsChooser(
  { client, namespace, selection, outage, signal }: SetsQuestion,
  statefulSets: WatchedPart<StatefulSet>,
): () => Promise<Chosen> {
  let chosen: Chosen | undefined;
  return async () => {
    const refusal = statefulSets.refusal();
    if (refusal === undefined) {
      chosen = choose(statefulSets.part().items, selection);
    } else {
      try {
        const read = await readSetsByName(client, namespace, selection, refusal);
        // A set that may no longer be read is not missing.
        const forbidden = read.failures.find((error) => error instanceof StatusError && error.reason === 'Forbidden');
        if (forbidden !== undefined && chosen !== undefined) throw forbidden;
        chosen = read;
      } catch (error) {
        if (chosen === undefined || !mayPass(error)) throw error;
        if (!signal.aborted) outage.begin('sets', error);
        return chosen;
      }
    }
    outage.end('sets');
    return chosen;
  };
}

async function read(
  { statefulSets, sets, failures }: Chosen,
  parts: WatchedParts,
  round: KeptRound,
  { serverTime, needsOf }: { serverTime: () => number; needsOf: NeedsOf },
): Promise<Reading> {
  const first: Snapshot = {
    statefulSets,
    services: parts.services.part(),
    pods: parts.pods.part(),
    claims: parts.claims.part(),
    ...unread,
    time: serverTime(),
  };
  const needs = needsOf(topologies(first, sets));
  return { snapshot: { ...first, ...(await round.at(needs, first.claims.items)), time: serverTime() }, sets, failures };
}
