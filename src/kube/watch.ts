/**
 * Keeps a list of objects current: reads it once and follows what happens to it, through whatever happens to the
 * connection. The rules are those of client-go's reflector, k8s.io/client-go/tools/cache/reflector.go.
 */
import type { Clock } from '#src/objects/clock.ts';
import type { Named } from '#src/objects/types.ts';
import { backoff } from './backoff.ts';
import type { Client } from './client.ts';
import { ConnectionError, isGone, StatusError } from './errors.ts';
import type { Listed, Selectors } from './listing.ts';
import type { Resource } from './resources.ts';

export type WatchNews<T> =
  /** The objects as they are now, by namespace and name. Always the same Map, which changes as time goes by. */
  | {
      kind: 'state';
      objects: ReadonlyMap<string, T>;
      /** The newest version that is known to be among them. */
      version: string;
    }
  /** No right to `verb`. It is tried again; without the right to watch alone, the list is read again and again. */
  | { kind: 'forbidden'; verb: 'list' | 'watch'; error: StatusError }
  /** The server gives no answer that can be used, and is tried again. Told once for each time that it is lost. */
  | { kind: 'lost'; error: StatusError | ConnectionError }
  | { kind: 'recovered' };

export interface Watched<T> {
  client: Client;
  resource: Resource;
  /** Undefined for all. */
  namespace: string | undefined;
  /** Only those that they pick. */
  selectors?: Selectors;
  /** A list of them that has just been read: it is gone on from there. */
  known?: Listed<T> | undefined;
}

export interface WatchOptions {
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  signal: AbortSignal;
}

/** Seconds after which the server is asked to end a watch: from this to twice as many, so that not all end at once. */
const shortestWatch = 5 * 60;

/**
 * Milliseconds without a word after which a watch is begun anew. API servers send a bookmark each minute (apiserver's
 * storage/cacher/lister_watcher.go and cacher.go, `bookmarkFrequency`): a connection that says nothing for longer is
 * likely dead, after a laptop's sleep or in a gateway that forgot it. Where it is not, nothing is lost.
 */
const silence = 150_000;

/** Milliseconds that a watch lasts at least where all is well: one that ends sooner is not begun anew at once. */
const veryShort = 1_000;

/** Milliseconds between two lists where watching is forbidden. */
const listInterval = 5_000;

/** Answers to a watch after which the same one may be tried again. Any other, 410 Gone above all, asks for a new list. */
const passing = new Set([401, 429, 500, 502, 503]);

/** Runs until the signal. What it finds out is told, never thrown, but for faults of this program. */
export async function watch<T extends Named>(
  { client, resource, namespace, selectors, known }: Watched<T>,
  { clock, random, signal }: WatchOptions,
  tell: (news: WatchNews<T>) => void,
): Promise<void> {
  const objects = new Map<string, T>();
  const pauses = backoff(clock, random);
  let lost = false;
  const granted = new Set<'list' | 'watch'>();
  /** Whether the last answer was one: a gateway that resets all connections at once is nothing to speak of. */
  let excused = true;

  function lose(error: StatusError | ConnectionError): void {
    if (!lost && !signal.aborted) tell({ kind: 'lost', error });
    lost = true;
  }

  function recover(): void {
    if (lost) tell({ kind: 'recovered' });
    lost = false;
    excused = true;
  }

  /**
   * Whether a right is missing. An API server that has just started refuses everybody until it knows the roles, so a
   * first refusal of what was granted before is not believed.
   */
  function refused(verb: 'list' | 'watch', error: StatusError | ConnectionError): 'no' | 'perhaps' | 'yes' {
    if (!(error instanceof StatusError) || error.reason !== 'Forbidden') return 'no';
    if (granted.delete(verb)) return 'perhaps';
    recover();
    tell({ kind: 'forbidden', verb, error });
    return 'yes';
  }

  /** The version of a new list; undefined when there is none yet. */
  async function list(): Promise<string | undefined> {
    const answer = await answerOf(client.listAt<T>(resource, namespace, selectors));
    if (signal.aborted) return undefined;
    if (answer instanceof Error) {
      if (refused('list', answer) === 'no') lose(answer);
      return undefined;
    }
    granted.add('list');
    recover();
    return take(answer);
  }

  function take({ items, resourceVersion }: Listed<T>): string {
    objects.clear();
    for (const object of items) objects.set(key(object), object);
    tell({ kind: 'state', objects, version: resourceVersion });
    return resourceVersion;
  }

  /** Follows the list from `version` on, and says what to do when that has ended. */
  async function follow(version: string): Promise<{ version: string | undefined; wait: number }> {
    const attempt = attemptOf(clock, signal);
    const timeoutSeconds = Math.floor(shortestWatch * (1 + random()));
    let seen = version;
    try {
      const answer = await answerOf(
        client.watch<T>(
          resource,
          namespace,
          { resourceVersion: version, timeoutSeconds, ...selectors },
          attempt.signal,
        ),
      );
      if (answer instanceof Error) {
        const refusal = refused('watch', answer);
        if (refusal === 'perhaps') return { version, wait: pauses.next() };
        if (refusal === 'yes') return { version: undefined, wait: listInterval };
        if (isGone(answer)) return { version: undefined, wait: attempt.wasShort() ? pauses.next() : 0 };
        if (excused && answer instanceof ConnectionError) excused = false;
        else lose(answer);
        const again = answer instanceof ConnectionError || passing.has(answer.code);
        return { version: again ? version : undefined, wait: pauses.next() };
      }
      granted.add('watch');
      recover();
      for await (const events of answer) {
        attempt.heard();
        let changed = false;
        for (const event of events) {
          if (event.type === 'ERROR') {
            if (changed) tell({ kind: 'state', objects, version: seen });
            if (!isGone(event.error)) lose(event.error);
            return { version: undefined, wait: attempt.wasShort() || lost ? pauses.next() : 0 };
          }
          seen = event.resourceVersion;
          if (event.type === 'BOOKMARK') continue;
          if (event.type === 'DELETED') objects.delete(key(event.object));
          else objects.set(key(event.object), event.object);
          changed = true;
        }
        if (changed) tell({ kind: 'state', objects, version: seen });
      }
    } catch (error) {
      // Cut: whether the server is lost shows at the next try.
      if (!(error instanceof ConnectionError)) throw error;
    } finally {
      attempt.end();
    }
    return { version: seen, wait: attempt.wasShort() ? pauses.next() : 0 };
  }

  let version = known && take(known);
  while (!signal.aborted) {
    version ??= await list();
    const next = version === undefined ? { version, wait: pauses.next() } : await follow(version);
    version = next.version;
    if (next.wait > 0) await clock.sleep(next.wait, signal);
  }
}

/** One request for a watch: its signal, and how it gets on. */
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

/** No answer is a value here: it is expected, and tried again. */
async function answerOf<T>(answer: Promise<T>): Promise<T | ConnectionError> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

/** As etcd orders them too: sorted by it, objects stand as in a list. */
function key({ metadata }: Named): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
