/** What a roll sees of its set: followed as it changes, and read anew where a decision asks for a reading. */
import { type Client, pageSize } from '../kube/client.ts';
import { StatusError } from '../kube/errors.ts';
import { qualifiedName, type Resource, resources } from '../kube/resources.ts';
import { type WatchOptions, watch } from '../kube/watch.ts';
import { selectorText } from '../objects/labelselector.ts';
import type { Refusal } from '../objects/snapshot.ts';
import type { Claim, Named, Pod, StatefulSet } from '../objects/types.ts';
import { isOlder } from '../objects/version.ts';
import type { View } from '../statefulset/roll.ts';
import type { Outage } from './outage.ts';
import { readAll, readNamed } from './parts.ts';

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
  /** Follows it over new connections: those of before may have died unnoticed. */
  again(): void;
}

/** The objects of one resource at one version of it. */
interface State<T> {
  objects: readonly T[];
  version: string;
}

const nothing = { objects: [], version: '' };

/** @param set whose name, namespace and selector tell what to read */
export function followSet(client: Client, set: StatefulSet, options: RollSourceOptions): RollSource {
  const { namespace, name } = set.metadata;
  const ofSet = { fields: `metadata.name=${name}` };
  const labels = selectorText(set.spec?.selector ?? {});
  const ofPods = labels ? { labels } : {};
  const { clock, changed, outage, signal } = options;
  let following = new AbortController();
  let sets: State<StatefulSet> = nothing;
  let pods: State<Pod> = nothing;
  let claims: readonly Claim[] = [];
  /** As far as is known, of the namespace. */
  let claimCount = 1;
  let readAt = Number.NEGATIVE_INFINITY;

  /** A watch may lag behind a reading, and a reading behind a watch: what is older is not believed. */
  function newest<T>(known: State<T>, told: State<T>): State<T> {
    return isOlder(told.version, known.version) ? known : told;
  }

  function follow<T extends Named>(resource: Resource, selectors: object, take: (state: State<T>) => void): void {
    const watched = { client, resource, namespace, selectors };
    const own = AbortSignal.any([signal, following.signal]);
    watch<T>(watched, { ...options, signal: own }, (news) => {
      if (own.aborted) return;
      switch (news.kind) {
        case 'state':
          take({ objects: [...news.objects.values()], version: news.version });
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

  function followAll(): void {
    follow<StatefulSet>(resources.statefulSets, ofSet, (told) => {
      sets = newest(sets, told);
    });
    follow<Pod>(resources.pods, ofPods, (told) => {
      pods = newest(pods, told);
    });
  }
  followAll();

  async function list<T extends Named>(resource: Resource, selectors: object): Promise<State<T>> {
    const answer = await client.listAt<T>(resource, namespace, selectors);
    if (answer instanceof StatusError) throw answer;
    return { objects: answer.items, version: answer.resourceVersion };
  }

  return {
    view: () => ({ readAt, set: sets.objects[0], pods: pods.objects, claims }),
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
    },
    again() {
      following.abort();
      following = new AbortController();
      for (const { plural } of [resources.statefulSets, resources.pods]) outage.end(plural);
      followAll();
    },
  };
}
