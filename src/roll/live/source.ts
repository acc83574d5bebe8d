/** What a roll sees of its set: followed as it changes, and read anew where a decision asks for a reading. */
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
import type { View } from '../model/step.ts';

export interface RollSourceOptions extends WatchOptions {
  outage: Outage;
  /** There is something new to see. */
  changed(): void;
  /** It may be listed and not watched: what is seen lags behind. */
  notWatched(refusal: Refusal): void;
  /** A fault of this program. */
  failed(error: unknown): void;
}

export interface RollSource {
  /** The newest that is known; what it shows is never older than at `readAt`. */
  view(): View;
  /**
   * Reads the set and its pods anew, and the claims of these names.
   *
   * @throws {StatusError} when they may not be read, {ConnectionError} when there is no answer
   */
  read(claims: readonly string[]): Promise<void>;
  /** From the next reading on it is followed over new connections: those of before may have died unnoticed. */
  again(): void;
}

const nothing = { items: [], resourceVersion: '' };

/** @param set whose name, namespace and selector tell what to read */
export function followSet(client: Client, set: StatefulSet, options: RollSourceOptions): RollSource {
  const { namespace, name } = set.metadata;
  const ofSet = { fields: `metadata.name=${name}` };
  const labels = selectorText(set.spec?.selector ?? {});
  const ofPods = labels ? { labels } : {};
  const { clock, changed, outage, signal } = options;
  let following: AbortController | undefined;
  let sets: Listed<StatefulSet> = nothing;
  let pods: Listed<Pod> = nothing;
  let claims: readonly Claim[] = [];
  /** As far as is known, of the namespace. */
  let claimCount = 1;
  let readAt = Number.NEGATIVE_INFINITY;

  /** A watch may lag behind a reading, and a reading behind a watch: what is older is not believed. */
  function newest<T>(known: Listed<T>, told: Listed<T>): Listed<T> {
    return isOlder(told.resourceVersion, known.resourceVersion) ? known : told;
  }

  function follow<T extends Named>(
    watched: Watched<T>,
    { signal: stopped }: AbortController,
    take: (state: Listed<T>) => void,
  ): void {
    const { resource } = watched;
    const own = AbortSignal.any([signal, stopped]);
    watch<T>(watched, { ...options, signal: own }, (news) => {
      if (own.aborted) return;
      switch (news.kind) {
        case 'state':
          take({ items: [...news.objects.values()], resourceVersion: news.version });
          changed();
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

  /** Follows them from what has just been read. */
  function followAll(knownSets: Listed<StatefulSet>, knownPods: Listed<Pod>): AbortController {
    const stop = new AbortController();
    const watched = { client, namespace };
    follow({ ...watched, resource: resources.statefulSets, selectors: ofSet, known: knownSets }, stop, (told) => {
      sets = newest(sets, told);
    });
    follow({ ...watched, resource: resources.pods, selectors: ofPods, known: knownPods }, stop, (told) => {
      pods = newest(pods, told);
    });
    return stop;
  }

  async function list<T extends Named>(resource: Resource, selectors: object): Promise<Listed<T>> {
    const answer = await client.listAt<T>(resource, namespace, selectors);
    if (answer instanceof StatusError) throw answer;
    return answer;
  }

  return {
    view: () => ({ readAt, set: sets.items[0], pods: pods.items, claims }),
    async read(names) {
      const begun = clock.now();
      const [readSets, readPods, readClaims] = await Promise.all([
        list<StatefulSet>(resources.statefulSets, ofSet),
        list<Pod>(resources.pods, ofPods),
        // In one request all of the namespace, unless it holds many: then those alone.
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
      following ??= followAll(readSets, readPods);
    },
    again() {
      following?.abort();
      following = undefined;
      for (const { plural } of [resources.statefulSets, resources.pods]) outage.end(plural);
    },
  };
}
