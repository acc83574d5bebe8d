/** What the API server tells of the histories' objects: plain watches, shared by those who look from outside. */
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeenEvent, SeenPod, SeenSet } from '../../histories/definition.ts';
import { looked, serverOf } from '../look.ts';
import { label } from './objects.ts';

interface Kinds {
  set: SeenSet;
  pod: SeenPod;
  event: SeenEvent;
}

export interface Feed {
  /** By `namespace/name`. */
  sets: ReadonlyMap<string, SeenSet>;
  pods: ReadonlyMap<string, SeenPod>;
  /** The refusals to create a pod. */
  events: ReadonlyMap<string, SeenEvent>;
  /** Calls after each change in a namespace, until the function that this returns is called. */
  follow(namespace: string, listener: () => void): () => void;
  /** Waits for a change in a namespace after which something is so. */
  until(namespace: string, what: string, isSo: () => boolean): Promise<void>;
  close(): void;
}

const paths: Record<keyof Kinds, string> = {
  set: `/apis/apps/v1/statefulsets?labelSelector=${encodeURIComponent(label)}`,
  pod: `/api/v1/pods?labelSelector=${encodeURIComponent(label)}`,
  event: `/api/v1/events?fieldSelector=${encodeURIComponent('reason=FailedCreate,involvedObject.kind=StatefulSet')}`,
};

/** Milliseconds, on a busy machine. */
const patience = 60_000;

/** Milliseconds after a watch that failed. */
const pause = 200;

/** @returns once everything is known that was there */
export async function openFeed(kubeconfig: string): Promise<Feed> {
  const objects = {
    set: new Map<string, SeenSet>(),
    pod: new Map<string, SeenPod>(),
    event: new Map<string, SeenEvent>(),
  };
  const listeners = new Map<string, Set<() => void>>();
  const closed = new AbortController();

  const tell = (namespace: string): void => {
    for (const listener of listeners.get(namespace) ?? []) listener();
  };

  async function list<Kind extends keyof Kinds>(kind: Kind): Promise<string> {
    const known = objects[kind] as Map<string, Kinds[Kind]>;
    type List = { metadata: { resourceVersion: string }; items: Kinds[Kind][] };
    const { metadata, items } = await looked<List>(paths[kind], { kubeconfig });
    const namespaces = new Set([...known.values(), ...items].map((object) => object.metadata.namespace));
    known.clear();
    for (const object of items) known.set(keyOf(object), object);
    for (const namespace of namespaces) tell(namespace);
    return metadata.resourceVersion;
  }

  /** Until the server ends the watch. */
  async function watch<Kind extends keyof Kinds>(kind: Kind, version: string): Promise<void> {
    const known = objects[kind] as Map<string, Kinds[Kind]>;
    for await (const line of streamed(kubeconfig, `${paths[kind]}&watch=true&resourceVersion=${version}`, closed)) {
      const { type, object } = JSON.parse(line) as { type: string; object: Kinds[Kind] };
      if (type === 'ERROR') return;
      if (type === 'DELETED') known.delete(keyOf(object));
      else known.set(keyOf(object), object);
      tell(object.metadata.namespace);
    }
  }

  async function keep(kind: keyof Kinds, first: string): Promise<void> {
    let version: string | undefined = first;
    while (!closed.signal.aborted) {
      // What was cut off is listed again.
      if (version !== undefined) await watch(kind, version).catch(() => undefined);
      version = closed.signal.aborted ? undefined : await list(kind).catch(() => undefined);
      if (version === undefined) await delay(pause);
    }
  }

  const kinds = ['set', 'pod', 'event'] as const;
  const versions = await Promise.all(kinds.map(list));
  for (const [nth, kind] of kinds.entries()) void keep(kind, versions[nth] ?? '');

  const follow: Feed['follow'] = (namespace, listener) => {
    const all = listeners.get(namespace) ?? new Set();
    listeners.set(namespace, all.add(listener));
    return () => void all.delete(listener);
  };

  return {
    sets: objects.set,
    pods: objects.pod,
    events: objects.event,
    follow,
    until: (namespace, what, isSo) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          unfollow();
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`${what}: not within ${patience / 1_000} s`));
        }, patience);
        const look = () => {
          if (!isSo()) return;
          end();
          resolve();
        };
        const unfollow = follow(namespace, look);
        look();
      }),
    close: () => closed.abort(),
  };
}

function keyOf({ metadata }: { metadata: { namespace: string; name: string } }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

async function* streamed(kubeconfig: string, path: string, { signal }: AbortController): AsyncGenerator<string> {
  const { url, agent } = serverOf(kubeconfig);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(new URL(path, url), { agent, signal }, resolve).on('error', reject);
  });
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode}`);
  yield* createInterface({ input: answer });
}
