/**
 * Plays the kubelet for the pods of a history, from where the stand has accepted them: they start in their own time, and
 * fail as the history has it. Statuses are those that a kubelet writes, in its order: a crash loop is not one status that
 * stays, it comes and goes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SeenPod } from '../../histories/definition.ts';
import type { History, Span, Trouble } from '../../histories/history.ts';
import { type Random, randomOf } from '../../histories/random.ts';
import { paths, sent } from '../look.ts';
import type { Feed } from './feed.ts';
import { label } from './objects.ts';

export interface Kubelet {
  /** The change was made: pods that are new from now on take their time, and some of them have their trouble. */
  begin(): void;
  /** The node of all pods is lost. */
  lose(): Promise<void>;
  /** It is back. */
  comeBack(): Promise<void>;
  /** Rejected when a status cannot be written. */
  failed: Promise<never>;
  stop(): void;
}

/** Milliseconds that a container runs until it crashes. */
const run: Span = [200, 600];
/** Milliseconds after which the kubelet says that it backs off. */
const said = 100;
/** Milliseconds that a back-off takes at most, and two tries to pull an image. */
const longestBackOff = 4_000;
const pull: Span = [300, 1_000];
/** Milliseconds for pods that nobody waits for. */
const atOnce: Span = [10, 30];

/** What a container does, for its status. */
type Doing = { state: object; isRunning: boolean; isReady: boolean; restarts: number; crashed: boolean };

interface Played {
  pod: SeenPod;
  random: Random;
  ended: AbortController;
  /** What was last written. */
  doing: Doing | undefined;
  /** When its condition Ready last changed: a kubelet writes no other time while it stays the same. */
  changedAt: string;
}

export function playKubelet(feed: Feed, namespace: string, set: string, history: History): Kubelet {
  const played = new Map<string, Played>();
  const stopped = new AbortController();
  let [hasBegun, known] = [false, 0];
  let troubled: string | undefined;
  let lost: Promise<void> | undefined;
  let found = (): void => {};
  const failure = Promise.withResolvers<never>();
  // Nobody may wait for it any more.
  failure.promise.catch(() => {});

  function look(): void {
    const now = [...feed.pods.values()].filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[label] === set,
    );
    const there = new Set(now.map(({ metadata }) => metadata.uid));
    for (const [uid, { ended }] of played) if (!there.has(uid)) ended.abort();
    for (const pod of now) {
      const { uid } = pod.metadata;
      const known = played.get(uid);
      if (known) known.pod = pod;
      else if (pod.status?.startTime !== undefined && pod.metadata.deletionTimestamp === undefined) start(pod);
    }
  }

  function start(pod: SeenPod): void {
    const random = randomOf(history.seed * 1_000 + known++);
    const one: Played = { pod, random, ended: new AbortController(), doing: undefined, changedAt: changeOf(pod) };
    played.set(pod.metadata.uid, one);
    if (hasBegun) troubled ??= pod.metadata.name;
    live(one, hasBegun).catch((error: unknown) => {
      if (!isOver(one)) failure.reject(error);
    });
  }

  const isOver = ({ ended }: Played): boolean => stopped.signal.aborted || ended.signal.aborted;

  async function live(one: Played, isNew: boolean): Promise<void> {
    const { start, ready } = isNew ? history.pace : { start: atOnce, ready: atOnce };
    const { name } = one.pod.metadata;
    const { trouble } = history;
    const hasIt =
      isNew && trouble !== undefined && (!('pods' in trouble) || trouble.pods === 'each' || name === troubled);
    await wait(one, start);
    const restarts = hasIt ? await suffer(one, trouble) : 0;
    if (restarts === undefined || isOver(one)) return;
    await write(one, running(restarts, false));
    await wait(one, ready);
    if (hasIt && trouble.kind === 'never ready') return;
    await write(one, running(restarts, true));
  }

  /** @returns how often it was restarted, once it is well; undefined if it never will be */
  async function suffer(one: Played, trouble: Trouble): Promise<number | undefined> {
    switch (trouble.kind) {
      case 'crashes':
        return crash(one, trouble);
      case 'image is missing': {
        const until = Date.now() + (trouble.lasts ?? Number.POSITIVE_INFINITY);
        for (let reason = 'ErrImagePull'; Date.now() < until && !isOver(one); reason = other(reason)) {
          await write(one, waiting(reason, 0));
          await wait(one, pull, until);
        }
        return 0;
      }
      case 'image has no name':
        await write(one, waiting('InvalidImageName', 0));
        return undefined;
      default:
        return 0;
    }
  }

  async function crash(one: Played, { times = Number.POSITIVE_INFINITY, backOff, flaps }: Crashes): Promise<number> {
    for (let nth = 0; nth < times && !isOver(one); nth++) {
      await write(one, running(nth, flaps));
      await wait(one, run);
      await write(one, ended(nth));
      await wait(one, [said, said]);
      await write(one, waiting('CrashLoopBackOff', nth));
      const pause = Math.min(longestBackOff, backOff * 2 ** nth);
      await wait(one, [pause, pause]);
    }
    return times;
  }

  async function wait(one: Played, [least, most]: Span, until = Number.POSITIVE_INFINITY): Promise<void> {
    const milliseconds = Math.min(one.random.between(least, most), until - Date.now());
    const signal = AbortSignal.any([stopped.signal, one.ended.signal]);
    await delay(Math.max(0, milliseconds), undefined, { signal });
  }

  /** A kubelet that is cut off writes nothing. */
  async function write(one: Played, doing: Doing): Promise<void> {
    while (lost !== undefined) await lost;
    if (isOver(one)) return;
    if (doing.isReady !== (one.doing?.isReady === true)) one.changedAt = timeNow();
    one.doing = doing;
    await patched(one, statusOf(one, doing));
  }

  async function patched({ pod: { metadata }, ended }: Played, status: object): Promise<void> {
    const path = `${paths.pods(namespace)}/${metadata.name}/status`;
    const { code, body } = await sent('PATCH', path, { metadata: { uid: metadata.uid }, status });
    // The pod has gone, or another one has its name.
    if (code === 404 || code === 409) ended.abort();
    else if (code !== 200) throw new Error(`${path}: ${code} ${JSON.stringify(body)}`);
  }

  /** As the node lifecycle controller does, and so that the pods do not end meanwhile. */
  async function ofAll(end: string, isReady: boolean): Promise<void> {
    const path = paths.pods(namespace);
    for (const one of played.values()) {
      if (isOver(one)) continue;
      const annotations = { 'stand.kubectl-sts/end-after': end };
      await sent('PATCH', `${path}/${one.pod.metadata.name}`, { metadata: { uid: one.pod.metadata.uid, annotations } });
      if (one.doing?.isReady !== true) continue;
      one.changedAt = timeNow();
      await patched(one, { conditions: conditionsOf(one, isReady) });
    }
  }

  const unfollow = feed.follow(namespace, look);
  look();
  return {
    begin() {
      hasBegun = true;
    },
    async lose() {
      lost = new Promise((resolve) => {
        found = resolve;
      });
      await ofAll('8760h', false);
    },
    async comeBack() {
      await ofAll(`${history.pace.end}ms`, true);
      lost = undefined;
      found();
    },
    failed: failure.promise,
    stop() {
      unfollow();
      stopped.abort();
      lost = undefined;
      found();
    },
  };
}

type Crashes = Extract<Trouble, { kind: 'crashes' }>;

function other(reason: string): string {
  return reason === 'ErrImagePull' ? 'ImagePullBackOff' : 'ErrImagePull';
}

function running(restarts: number, isReady: boolean): Doing {
  const state = { running: { startedAt: timeNow() }, waiting: null, terminated: null };
  return { state, isRunning: true, isReady, restarts, crashed: restarts > 0 };
}

function waiting(reason: string, restarts: number): Doing {
  const message = `${reason}: the history has it so`;
  const isRunning = reason === 'CrashLoopBackOff';
  const state = { waiting: { reason, message }, running: null, terminated: null };
  return { state, isRunning, isReady: false, restarts, crashed: isRunning };
}

function ended(restarts: number): Doing {
  const terminated = { exitCode: 1, reason: 'Error', startedAt: timeNow(), finishedAt: timeNow() };
  const state = { terminated, running: null, waiting: null };
  return { state, isRunning: true, isReady: false, restarts, crashed: restarts > 0 };
}

function statusOf(one: Played, { state, isRunning, isReady, restarts, crashed }: Doing): object {
  const terminated = { exitCode: 1, reason: 'Error', startedAt: timeNow(), finishedAt: timeNow() };
  return {
    phase: isRunning ? 'Running' : 'Pending',
    conditions: conditionsOf(one, isReady),
    containerStatuses: [
      {
        name: 'main',
        image: 'registry.example/main',
        imageID: '',
        ready: isReady,
        started: isRunning,
        restartCount: restarts,
        state,
        ...(crashed && { lastState: { terminated } }),
      },
    ],
  };
}

function conditionsOf({ pod, changedAt }: Played, isReady: boolean): object[] {
  const before = pod.status?.conditions?.filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady') ?? [];
  const reason = isReady ? {} : { reason: 'ContainersNotReady' };
  return [
    ...before,
    ...['Ready', 'ContainersReady'].map((type) => ({
      type,
      status: isReady ? 'True' : 'False',
      lastTransitionTime: changedAt,
      ...reason,
    })),
  ];
}

function changeOf({ status }: SeenPod): string {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? timeNow();
}

/** As a kubelet writes it, in whole seconds. */
function timeNow(): string {
  return new Date().toISOString().replace(/\.\d+/, '');
}
