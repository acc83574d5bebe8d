/**
 * Keeps a list of objects current: reads it once, follows its changes, and goes on after faults of the connection. The
 * rules are those of client-go's reflector, k8s.io/client-go/tools/cache/reflector.go.
 */

import type { Clock } from '#src/objects/clock.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import type { Named } from '#src/objects/types.ts';
import { backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { ConnectionError, isGone, StatusError } from './errors.ts';
import type { Listed, Selectors } from './listing.ts';
import type { Resource } from './resources.ts';
import type { WatchEvent } from './watchevents.ts';

export type WatchNews<T> =
  /** The objects as they are now, by `namespace/name`. It is the same Map each time, and its content changes. */
  | {
      kind: 'state';
      objects: ReadonlyMap<string, T>;
      /** The newest resourceVersion that the objects are known to include. */
      version: string;
    }
  /**
   * The right to `verb` is missing. It is tried again; without the right to watch, the list is read again and again.
   */
  | { kind: 'forbidden'; verb: 'list' | 'watch'; error: StatusError }
  /** The server gives no usable answer. It is tried again. This is told once for each outage. */
  | { kind: 'lost'; error: StatusError | ConnectionError }
  | { kind: 'recovered' };

export interface Watched<T> {
  client: Client;
  resource: Resource;
  /** Undefined for all namespaces. */
  namespace: string | undefined;
  selectors?: Selectors;
  /** A list that was read a moment ago. The watch begins after it. */
  known?: Listed<T> | undefined;
}

export interface WatchOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
}

/**
 * Seconds after which the server is to end a watch: from this to twice this, so that not all clients come back at once.
 */
const shortestWatch = 5 * 60;

/**
 * Milliseconds without data after which a watch is begun again. API servers send a bookmark each minute
 * (`bookmarkFrequency` in apiserver's storage/cacher/cacher.go), so a connection that stays silent for longer is likely
 * dead: the laptop slept, or a gateway dropped it. A new watch loses nothing where the connection was alive after all.
 */
const silence = 150_000;

/** Milliseconds. A watch that ends sooner is not begun again at once. */
const veryShort = 1_000;

/** Milliseconds between two lists where watching is forbidden. */
const listInterval = 5_000;

/**
 * Status codes after which the same watch may be tried again. After any other, such as 410 Gone, the list is read again.
 */
const passing = new Set([401, 429, 500, 502, 503]);

/** What to do after a list or a watch has ended. */
interface Next {
  /** Where the next watch begins; undefined to read the list first. */
  version: string | undefined;
  /** Milliseconds to wait before. */
  wait: number;
}

/** Runs until the signal. Refusals and faults of the connection are told, never thrown. */
export async function watch<T extends Named>(
  { client, resource, namespace, selectors, known }: Watched<T>,
  { clock, random, signal }: WatchOptions,
  tell: (news: WatchNews<T>) => void,
): Promise<void> {
  const objects = new Map<string, T>();
  const pauses = backoff(clock, random);
  const health = healthReports(signal, tell);
  const tellState = (version: string) => tell({ kind: 'state', objects, version });

  function take({ items, resourceVersion }: Listed<T>): string {
    objects.clear();
    for (const object of items) objects.set(key(object), object);
    tellState(resourceVersion);
    return resourceVersion;
  }

  /** The version of a new list; undefined when there is none yet. */
  async function list(): Promise<string | undefined> {
    const answer = await answerOf(client.listAt<T>(resource, namespace, selectors));
    if (signal.aborted) return undefined;
    if (answer instanceof Error) {
      if (health.refused('list', answer) === 'no') health.lose(answer);
      return undefined;
    }
    health.succeed('list');
    return take(answer);
  }

  async function follow(version: string): Promise<Next> {
    const attempt = attemptOf(clock, signal);
    const timeoutSeconds = Math.floor(shortestWatch * (1 + random()));
    const from = { resourceVersion: version, timeoutSeconds, ...selectors };
    let seen = version;
    try {
      const answer = await answerOf(client.watch<T>(resource, namespace, from, attempt.signal));
      if (answer instanceof Error) return afterFailure(answer, version, attempt.wasShort);
      health.succeed('watch');
      for await (const events of answer) {
        attempt.heard();
        const { changed, newest, error } = applied(events, objects);
        seen = newest ?? seen;
        if (changed) tellState(seen);
        if (error === undefined) continue;
        if (!isGone(error)) health.lose(error);
        return { version: undefined, wait: attempt.wasShort() || health.isLost() ? pauses.next() : 0 };
      }
    } catch (error) {
      // The connection was cut. The next try shows whether the server is lost.
      if (!(error instanceof ConnectionError)) throw error;
    } finally {
      attempt.end();
    }
    return { version: seen, wait: attempt.wasShort() ? pauses.next() : 0 };
  }

  /** @param version where the watch that failed was to begin */
  function afterFailure(error: StatusError | ConnectionError, version: string, wasShort: () => boolean): Next {
    const refusal = health.refused('watch', error);
    if (refusal === 'perhaps') return { version, wait: pauses.next() };
    if (refusal === 'yes') return { version: undefined, wait: listInterval };
    if (isGone(error)) return { version: undefined, wait: wasShort() ? pauses.next() : 0 };
    if (!health.excuses(error)) health.lose(error);
    const again = error instanceof ConnectionError || passing.has(error.code);
    return { version: again ? version : undefined, wait: pauses.next() };
  }

  let version = known && take(known);
  while (!signal.aborted) {
    version ??= await list();
    const next = version === undefined ? { version, wait: pauses.next() } : await follow(version);
    version = next.version;
    if (next.wait > 0) await clock.sleep(next.wait, signal);
  }
}

/** Turns the outcomes of requests into news, and tells each change once. */
function healthReports(signal: AbortSignal, tell: (news: WatchNews<never>) => void) {
  let lost = false;
  const granted = new Set<'list' | 'watch'>();
  /** Whether the request before succeeded. A gateway may then reset all connections at once without an outage. */
  let excused = true;

  function recover(): void {
    if (lost) tell({ kind: 'recovered' });
    lost = false;
    excused = true;
  }

  return {
    isLost: () => lost,
    lose(error: StatusError | ConnectionError): void {
      if (!lost && !signal.aborted) tell({ kind: 'lost', error });
      lost = true;
    },
    succeed(verb: 'list' | 'watch'): void {
      granted.add(verb);
      recover();
    },
    /** Whether the error is the first fault of the connection since a success, which is not worth telling. */
    excuses(error: StatusError | ConnectionError): boolean {
      if (!excused || !(error instanceof ConnectionError)) return false;
      excused = false;
      return true;
    },
    /**
     * Whether the error means that a right is missing. An API server that has just started refuses everybody until it
     * has read the roles, so the first refusal after a success counts as `perhaps`.
     */
    refused(verb: 'list' | 'watch', error: StatusError | ConnectionError): 'no' | 'perhaps' | 'yes' {
      if (!(error instanceof StatusError) || error.reason !== 'Forbidden') return 'no';
      if (granted.delete(verb)) return 'perhaps';
      recover();
      tell({ kind: 'forbidden', verb, error });
      return 'yes';
    },
  };
}

interface Applied {
  changed: boolean;
  /** The resourceVersion of the last event; undefined when there was none. */
  newest: string | undefined;
  /** The error that ends the watch. */
  error: StatusError | undefined;
}

/** Brings the objects up to date with the events, up to the first ERROR. */
function applied<T extends Named>(events: readonly WatchEvent<T>[], objects: Map<string, T>): Applied {
  let changed = false;
  let newest: string | undefined;
  for (const event of events) {
    if (event.type === 'ERROR') return { changed, newest, error: event.error };
    newest = event.resourceVersion;
    if (event.type === 'BOOKMARK') continue;
    if (event.type === 'DELETED') objects.delete(key(event.object));
    else objects.set(key(event.object), event.object);
    changed = true;
  }
  return { changed, newest, error: undefined };
}

/** One request for a watch: the signal that ends it, and when data last arrived. */
function attemptOf(clock: Clock, signal: AbortSignal) {
  const own = new AbortController();
  const abort = () => own.abort();
  const begun = clock.now();
  let last = begun;
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  void endWhenSilent();

  async function endWhenSilent(): Promise<void> {
    while (!own.signal.aborted) {
      const quiet = clock.now() - last;
      if (quiet >= silence) own.abort();
      else await clock.sleep(silence - quiet, own.signal);
    }
  }

  return {
    signal: own.signal,
    heard(): void {
      last = clock.now();
    },
    wasShort: () => clock.now() - begun < veryShort,
    end(): void {
      signal.removeEventListener('abort', abort);
      own.abort();
    },
  };
}

/** A missing answer becomes a value, because the caller tries again. */
async function answerOf<T>(answer: Promise<T>): Promise<T | ConnectionError> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

function key({ metadata }: Named): string {
  return namespacedKey(metadata.namespace, metadata.name);
}
