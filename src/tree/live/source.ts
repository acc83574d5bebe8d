/** A Snapshot of a live cluster that is kept current. */

import type { Client } from '#src/kube/client.ts';
import { type Resource, resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Refusal, Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Named, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { bellOf } from '#src/sources/bell.ts';
import { keptRound } from '#src/sources/keptround.ts';
import { mayPass, type OutageNews, outageOf } from '#src/sources/outage.ts';
import { unread } from '#src/sources/parts.ts';
import { type Chosen, choose, readSetsByName } from '#src/sources/sets.ts';
import { type WatchedPart, watchedPart } from '#src/sources/watchedpart.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { needsOf } from '../model/needs.ts';
import { topologies } from '../model/topology.ts';
import type { Reading } from './reading.ts';

export type LiveNews = OutageNews | { kind: 'not watched'; refusal: Refusal };

export interface LiveOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
  tell: (news: LiveNews) => void;
}

/** Milliseconds between two readings at least. */
const shortestGap = 100;
/** So many times as long as the last reading took is waited before the next one: a large cluster is not pressed. */
const restPerReading = 4;
/** Milliseconds until sets that may only be read by name are read again. */
const setsInterval = 5_000;

/**
 * What `readCluster` gives, at once and again whenever something has changed, until the signal.
 *
 * @param namespace undefined for all of them
 * @throws {StatusError} when the sets cannot be read, and {ConnectionError}: the first time; later that is told
 */
export async function* watchCluster(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  { clock, random, signal, tell }: LiveOptions,
): AsyncGenerator<Reading, void> {
  const own = new AbortController();
  const end = () => own.abort();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  let fault: { error: unknown } | undefined;
  const bell = bellOf(clock, own.signal);
  const outage = outageOf((news) => own.signal.aborted || tell(news));
  const watchAll = <T extends Named>(resource: Resource): WatchedPart<T> =>
    watchedPart<T>(
      { client, resource, namespace },
      {
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
      },
    );
  const setsPart = watchAll<StatefulSet>(resources.statefulSets);
  const services = watchAll<Service>(resources.services);
  const pods = watchAll<Pod>(resources.pods);
  const claims = watchAll<Claim>(resources.claims);
  const round = keptRound(client, namespace, clock, outage);
  let chosen: Chosen | undefined;

  async function chooseSets(): Promise<Chosen> {
    const refusal = setsPart.refusal();
    if (refusal === undefined) {
      outage.end('sets');
      return choose(setsPart.part().items, selection);
    }
    try {
      const read = await readSetsByName(client, namespace, selection, refusal);
      outage.end('sets');
      return read;
    } catch (error) {
      if (chosen === undefined || !mayPass(error)) throw error;
      if (!own.signal.aborted) outage.begin('sets', error);
      return chosen;
    }
  }

  async function read(): Promise<Reading> {
    chosen = await chooseSets();
    const { statefulSets, sets, failures } = chosen;
    const first: Snapshot = {
      statefulSets,
      services: services.part(),
      pods: pods.part(),
      claims: claims.part(),
      ...unread,
    };
    const needs = needsOf(topologies(first, sets));
    return { snapshot: { ...first, ...(await round.at(needs, first.claims.items)) }, sets, failures };
  }

  try {
    await Promise.all([setsPart, services, pods, claims].map(({ begun }) => begun));
    while (!own.signal.aborted) {
      if (fault) throw fault.error;
      const begun = clock.now();
      const reading = await read();
      if (own.signal.aborted) return;
      const rest = Math.max(shortestGap, restPerReading * (clock.now() - begun));
      yield reading;
      await clock.sleep(rest, own.signal);
      const due = setsPart.refusal() ? Math.min(round.due(), begun + setsInterval) : round.due();
      await bell.rung(due - clock.now());
    }
  } catch (error) {
    // Who ends it ends its requests too.
    if (!own.signal.aborted || !mayPass(error)) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    own.abort();
  }
}
