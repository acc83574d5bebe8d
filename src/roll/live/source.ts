/** A set with its pods and claims, read on demand and followed by watches in between. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { type Listed, pageSize } from '#src/kube/listing.ts';
import { qualifiedName, type Resource, resources } from '#src/kube/resources.ts';
import { type Watched, type WatchOptions, watch } from '#src/kube/watch.ts';
import { selectorText } from '#src/objects/labelselector.ts';
import type { Refusal } from '#src/objects/snapshot.ts';
import type { Claim, Named, Pod, StatefulSet } from '#src/objects/types.ts';
import { isOlder } from '#src/objects/version.ts';
import type { Outage } from '#src/sources/outage.ts';
import { readAll, readNamed } from '#src/sources/parts.ts';
import type { View } from '../model/state.ts';

export interface RollSourceOptions extends WatchOptions {
  outage: Outage;
  /** There is something new to see. */
  changed(): void;
  /** It may be listed, but not watched: the view lags behind. */
  notWatched(refusal: Refusal): void;
  /** Something failed that nobody foresaw. */
  failed(error: unknown): void;
}

export interface RollSource {
  /** The newest state that is known. Nothing in it is older than `readAt`. */
  view(): View;
  /**
   * Reads the set and its pods anew, and the claims of these names.
   *
   * @throws {StatusError} when they may not be read, {ConnectionError} when there is no answer
   */
  read(claims: readonly string[]): Promise<void>;
  /** Follows the set over new connections from the next reading on: the old ones may have died unnoticed. */
  again(): void;
}

const nothing = { items: [], resourceVersion: '' };

/** @param set its name, namespace and selector say what to read */
export function followSet(client: Client, set: StatefulSet, options: RollSourceOptions): RollSource {
  const { namespace, name } = set.metadata;
  const ofSet = { fields: `metadata.name=${name}` };
  const labels = selectorText(set.spec?.selector ?? {});
  const ofPods = labels ? { labels } : {};
  const { clock, outage } = options;
  let following: AbortController | undefined;
  let sets: Listed<StatefulSet> = nothing;
  let pods: Listed<Pod> = nothing;
  let claims: readonly Claim[] = [];
  /** How many claims the namespace has, as far as is known. */
  let claimCount = 1;
  let readAt = Number.NEGATIVE_INFINITY;
  let time = Number.NEGATIVE_INFINITY;

  /** Follows the set and its pods from the state that has just been read. */
  function followAll(knownSets: Listed<StatefulSet>, knownPods: Listed<Pod>): AbortController {
    const stop = new AbortController();
    const watched = { client, namespace };
    follow(
      { ...watched, resource: resources.statefulSets, selectors: ofSet, known: knownSets },
      options,
      stop,
      (told) => {
        sets = newest(sets, told);
      },
    );
    follow({ ...watched, resource: resources.pods, selectors: ofPods, known: knownPods }, options, stop, (told) => {
      pods = newest(pods, told);
    });
    return stop;
  }

  return {
    view: () => ({ readAt, time, set: sets.items[0], pods: pods.items, claims }),
    async read(names) {
      const begun = clock.now();
      const [readSets, readPods, readClaims] = await Promise.all([
        list<StatefulSet>(client, resources.statefulSets, namespace, ofSet),
        list<Pod>(client, resources.pods, namespace, ofPods),
        // All claims of the namespace in one request, unless that takes more requests than the claims by name.
        names.length > Math.ceil(claimCount / pageSize)
          ? readAll<Claim>(client, resources.claims, namespace)
          : readNamed<Claim>(client, resources.claims, names, namespace),
      ]);
      if (readClaims.others === 'forbidden') {
        throw new StatusError(403, 'Forbidden', readClaims.refusal.message);
      }
      claimCount = Math.max(claimCount, readClaims.items.length);
      sets = newest(sets, readSets);
      pods = newest(pods, readPods);
      claims = readClaims.items;
      readAt = begun;
      // The answers told the server's time, and the roll's own clock does not jump.
      time = client.serverTime() - (clock.now() - begun);
      following ??= followAll(readSets, readPods);
    },
    again() {
      following?.abort();
      following = undefined;
      for (const { plural } of [resources.statefulSets, resources.pods]) outage.end(plural);
    },
  };
}

/** A watch may lag behind a reading, and a reading behind a watch. The older state does not count. */
function newest<T>(known: Listed<T>, told: Listed<T>): Listed<T> {
  return isOlder(told.resourceVersion, known.resourceVersion) ? known : told;
}

async function list<T extends Named>(
  client: Client,
  resource: Resource,
  namespace: string | undefined,
  selectors: object,
): Promise<Listed<T>> {
  const answer = await client.listAt<T>(resource, namespace, selectors);
  if (answer instanceof StatusError) throw answer;
  return answer;
}

/** Watches one resource until `stop` or the options' own signal is aborted. */
function follow<T extends Named>(
  watched: Watched<T>,
  options: RollSourceOptions,
  stop: AbortController,
  take: (state: Listed<T>) => void,
): void {
  const { resource } = watched;
  const { outage } = options;
  const signal = AbortSignal.any([options.signal, stop.signal]);
  watch<T>(watched, { ...options, signal }, (news) => {
    if (signal.aborted) return;
    switch (news.kind) {
      case 'state':
        take({ items: [...news.objects.values()], resourceVersion: news.version });
        options.changed();
        return;
      case 'lost':
        outage.begin(resource.plural, news.error);
        return;
      case 'recovered':
        outage.end(resource.plural);
        return;
      case 'forbidden':
        options.notWatched({ verb: news.verb, resource: qualifiedName(resource), message: news.error.detail });
    }
  }).catch(options.failed);
}
