/** Watches the pods of a namespace from outside, and tells what became of a set's: it knows nothing of the plugin. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from '#src/objects/types.ts';
import type { Seen } from '../../roll/model/simulation/trace.ts';
import { eventually } from '../eventually.ts';
import type { As } from '../kubectl.ts';
import { listed, looked } from '../look.ts';
import { personEnv, sandbox } from '../sandbox.ts';

export interface Watcher {
  /**
   * Every pod's life in the order of the API server, all that was there at first at one time. While the server is down
   * nothing can be seen: what happened in between is told as it is found then.
   */
  readonly trace: readonly Seen[];
  /** Waits until all that has happened so far is in the trace. */
  caughtUp(): Promise<void>;
}

interface PodList {
  metadata: { resourceVersion: string };
  items: Pod[];
}

interface Event {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Pod;
}

/** Milliseconds between two tries, while the server is down. */
const pause = 100;

/** One for the tests of a `describe`. Its hook runs where it is called: behind what makes the namespace. */
export function ownWatcher(namespace: string, as: () => As = () => ({})): Watcher {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const trace: Seen[] = [];
  const now = new Map<string, Seen & { version: string }>();
  const stopped = new AbortController();
  let watching: Promise<void> | undefined;

  function tell(pod: Pod, at: number, exists: boolean): void {
    const { name, uid = '', deletionTimestamp, resourceVersion = '' } = pod.metadata;
    const before = now.get(name);
    // It went while nothing could be seen.
    if (before?.exists && before.uid !== uid) trace.push({ ...bare(before), at, exists: false });
    const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    const seen = { at, pod: name, uid, deleting: deletionTimestamp !== undefined, ready, exists };
    now.set(name, { ...seen, version: resourceVersion });
    trace.push(seen);
  }

  async function list(): Promise<string> {
    const { metadata, items } = await looked<PodList>(path, as());
    const at = performance.now();
    const there = new Set(items.map(({ metadata: { name } }) => name));
    for (const [name, before] of now) {
      if (!before.exists || there.has(name)) continue;
      now.set(name, { ...before, at, exists: false });
      trace.push({ ...bare(before), at, exists: false });
    }
    for (const pod of items) {
      if (now.get(pod.metadata.name)?.version !== pod.metadata.resourceVersion) tell(pod, at, true);
    }
    return metadata.resourceVersion;
  }

  /** Until the server ends it. */
  async function follow(resourceVersion: string): Promise<void> {
    const query = `watch=true&resourceVersion=${resourceVersion}`;
    const child = spawn(join(sandbox(), 'bin', 'kubectl'), ['get', '--raw', `${path}?${query}`], {
      env: personEnv(as().kubeconfig),
      stdio: ['ignore', 'pipe', 'ignore'],
      signal: stopped.signal,
      killSignal: 'SIGKILL',
    });
    // That it was ended is no news.
    child.on('error', () => {});
    const ended = new Promise((resolve) => child.on('close', resolve));
    for await (const line of createInterface({ input: child.stdout })) {
      const event = readEvent(line);
      if (event) tell(event.object, performance.now(), event.type !== 'DELETED');
    }
    await ended;
  }

  async function goOn(from: string): Promise<void> {
    let version: string | undefined = from;
    while (!stopped.signal.aborted) {
      if (version !== undefined) await follow(version);
      version = await list().catch(() => undefined);
      if (version === undefined) await delay(pause);
    }
  }

  before(async () => {
    const version = await list();
    watching = goOn(version);
  });
  after(async () => {
    stopped.abort();
    await watching;
  });

  return {
    trace,
    async caughtUp() {
      await eventually('the watcher seeing all pods', async () => {
        const items = await listed<Pod>(path, as());
        const seen = [...now.values()].filter(({ exists }) => exists);
        assert.deepEqual(
          seen.map(({ pod, version }) => `${pod} ${version}`).sort(),
          items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).sort(),
        );
      });
    },
  };
}

/** @returns undefined of one in whose middle the server went, or by which it ends the watch */
function readEvent(line: string): Event | undefined {
  try {
    const event = JSON.parse(line) as Event | { type: 'ERROR' };
    return event.type === 'ERROR' ? undefined : event;
  } catch {
    return undefined;
  }
}

function bare({ version: _, ...seen }: Seen & { version: string }): Seen {
  return seen;
}

export interface SetWatched {
  name: string;
  replicas: number;
}

/** What became of a set's pods. */
export interface Happened {
  /** Who went, each time that one did, in their order. */
  went: string[];
  /** The most that were down at once: not ready, being deleted or not there. */
  mostDown: string[];
  /** Those that are down now. */
  down: string[];
}

/** The part of a trace that is about a set. */
export function traceOf(trace: readonly Seen[], { name }: Pick<SetWatched, 'name'>): Seen[] {
  return trace.filter(({ pod }) => pod.startsWith(`${name}-`) && /^\d+$/.test(pod.slice(name.length + 1)));
}

/** @param from how long the trace was when it began */
export function happened(trace: readonly Seen[], set: SetWatched, from = 0): Happened {
  const names = Array.from({ length: set.replicas }, (_, ordinal) => `${set.name}-${ordinal}`);
  const pods = new Map<string, Seen>();
  for (const seen of traceOf(trace.slice(0, from), set)) pods.set(seen.pod, seen);
  const down = () => names.filter((name) => !isUp(pods.get(name)));
  const went: string[] = [];
  let mostDown = down();
  for (const seen of traceOf(trace.slice(from), set)) {
    const before = pods.get(seen.pod);
    const wasGoing = before?.uid === seen.uid && isGoing(before);
    if (isGoing(seen) && !wasGoing) went.push(seen.pod);
    pods.set(seen.pod, seen);
    const now = down();
    if (now.length > mostDown.length) mostDown = now;
  }
  return { went, mostDown, down: down() };
}

function isUp(seen: Seen | undefined): boolean {
  return seen?.ready === true && !isGoing(seen);
}

function isGoing({ deleting, exists }: Seen): boolean {
  return deleting || !exists;
}
