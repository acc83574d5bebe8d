/** Keeps a part of a Snapshot current by a watch. */
import type { StatusError } from '#src/kube/errors.ts';
import { qualifiedName } from '#src/kube/resources.ts';
import { type Watched, type WatchOptions, watch } from '#src/kube/watch.ts';
import type { Part, Refusal } from '#src/objects/snapshot.ts';
import type { Named } from '#src/objects/types.ts';
import type { Outage } from './outage.ts';
import { refused } from './parts.ts';

export interface WatchedPart<T> {
  /** Resolves with the first list or refusal; rejects when the first request has no usable answer. */
  begun: Promise<void>;
  /** The part as it is now; valid once `begun` has resolved. */
  part(): Part<T>;
  /** Why the objects may not be listed; undefined where they may. */
  refusal(): StatusError | undefined;
}

export interface WatchedPartOptions extends WatchOptions {
  outage: Outage;
  /** The part is another one than before. */
  changed(): void;
  /** The objects may be listed and not watched, so that the part lags behind. */
  notWatched(refusal: Refusal): void;
  /** Called with a fault of this program. */
  failed(error: unknown): void;
}

export function watchedPart<T extends Named>(watched: Watched<T>, options: WatchedPartOptions): WatchedPart<T> {
  const { outage, signal } = options;
  const name = qualifiedName(watched.resource);
  const begun = Promise.withResolvers<void>();
  let objects: ReadonlyMap<string, T> = new Map();
  let refusal: StatusError | undefined;
  let part: Part<T> | undefined;
  let hasBegun = false;
  signal.addEventListener('abort', () => begun.resolve(), { once: true });
  if (signal.aborted) begun.resolve();

  watch<T>(watched, options, (news) => {
    switch (news.kind) {
      case 'state':
        objects = news.objects;
        refusal = undefined;
        break;
      case 'forbidden':
        if (news.verb === 'list') refusal = news.error;
        else options.notWatched({ verb: 'watch', resource: name, message: news.error.detail });
        break;
      case 'lost':
        if (hasBegun) outage.begin(name, news.error);
        else begun.reject(news.error);
        return;
      case 'recovered':
        outage.end(name);
        return;
    }
    hasBegun = true;
    part = undefined;
    begun.resolve();
    options.changed();
  }).catch((error: unknown) => {
    begun.reject(error);
    options.failed(error);
  });

  return {
    begun: begun.promise,
    refusal: () => refusal,
    part() {
      part ??= refusal
        ? refused(refusal, 'list', watched.resource)
        : { items: inOrder(objects), others: 'missing' as const };
      return part;
    },
  };
}

/** In the order of a list of the API server. */
function inOrder<T>(objects: ReadonlyMap<string, T>): T[] {
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}
