/**
 * Drives a roll: watches its set, does what `step` of statefulset/roll.ts says, tells it how that went, and holds the
 * Lease meanwhile. It decides nothing about pods itself.
 */

import { type Backoff, backoff } from '#src/kube/backoff.ts';
import type { Client } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { bellOf } from '#src/sources/bell.ts';
import { mayPass, outageOf } from '#src/sources/outage.ts';
import { type Action, type Answer, answered } from '../model/actions.ts';
import { isProven } from '../model/leaserules.ts';
import { mayStillGo } from '../model/maygo.ts';
import { newsBetween, type RollNews } from '../model/news.ts';
import { type PodHandling, writeRoll } from '../model/record.ts';
import { claimsToRead, interruptRoll, type RollState, type StopReason, stopRoll } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Hold } from './lease.ts';
import { followSet } from './source.ts';

export interface RollMeans {
  client: Client;
  /** By which the roll lives: it never jumps. */
  clock: Clock;
  /** Milliseconds since the epoch: it goes on while the machine sleeps. */
  wall: () => number;
  /** From 0 to below 1. */
  random: () => number;
  /** Aborted when somebody asks to stop before the next eviction. */
  stop: AbortSignal;
  /** Gives back the memory of what is no longer used, where that can be asked for. */
  tidyUp: () => void;
}

/** What is asked about a pod while the roll goes on. `signal` ends the question where its answer is no longer wanted. */
export interface RollQuestions {
  /** Of the person: whether the pod may go. */
  confirm(pod: string, signal: AbortSignal): Promise<boolean>;
  /** @returns undefined when all is well, or what is wrong */
  preCheck(pod: string, signal: AbortSignal): Promise<string | undefined>;
  check(pod: string, signal: AbortSignal): Promise<string | undefined>;
  /** @param tell what is wrong as yet */
  dns(pod: string, signal: AbortSignal, tell: (wrong: string) => void): Promise<string | undefined>;
}

export interface Roll {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
  /** Undefined where nobody is kept from rolling the set at the same time. */
  hold: Hold | undefined;
  questions: RollQuestions;
}

/**
 * Milliseconds later than planned, after which this process, or the machine, counts as having slept; at most half of the
 * Lease's duration, after which it may be in other hands.
 */
const longestNap = 5_000;

/** Each reading of so many pods leaves megabytes behind, which runtimes are in no hurry to give back. */
const manyPods = 200;

/** Milliseconds before another look where something else has changed the pod. */
const shortPause = 100;

/** Times that the server refuses an eviction for what may pass, before that is the end. */
const mostRefusals = 5;

/** Of a question or an eviction that goes on. */
interface Task {
  kind: Exclude<Action['kind'], 'read' | 'wake'>;
  pod: string;
  uid: string;
  control: AbortController;
}

/** Goes on until the roll ends, and gives how. */
export async function* driveRoll(
  begun: RollState,
  { id, set, handling, hold, questions }: Roll,
  { client, clock, wall, random, stop, tidyUp }: RollMeans,
): AsyncGenerator<RollNews, RollState> {
  const own = new AbortController();
  const { signal } = own;
  const bell = bellOf(clock, signal);
  const nap = Math.min(longestNap, hold === undefined ? longestNap : hold.duration / 2);
  const told: RollNews[] = [];
  const unwatched = new Set<string>();
  let fault: { error: unknown } | undefined;
  const outage = outageOf((news) => {
    if (!signal.aborted) tell(news.kind === 'lost' ? { kind: 'lost', message: news.error.message } : news);
  });
  const source = followSet(client, set, {
    clock,
    random,
    signal,
    outage,
    changed: bell.ring,
    notWatched(refusal) {
      // It is tried again and again.
      if (!unwatched.has(refusal.resource)) tell({ kind: 'not watched', refusal });
      unwatched.add(refusal.resource);
    },
    failed: fail,
  });
  let state = begun;
  let tasks: Task[] = [];
  const refusals = new Map<string, number>();
  const pauses = backoff(clock, random);
  let reading: Promise<void> | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  /** Since when nothing could be read. */
  let blindSince: { at: number; message: string } | undefined;
  let writtenAt = clock.now();
  let dueAt = clock.now();

  function tell(news: RollNews): void {
    told.push(news);
    bell.ring();
  }

  function fail(error: unknown): void {
    fault ??= { error };
    bell.ring();
  }

  function end(reason: StopReason): void {
    state = stopRoll(state, reason);
  }

  /** Reads the set anew, unless that is under way. */
  function read(): Promise<void> {
    reading ??= readNow().finally(() => {
      reading = undefined;
      bell.ring();
    });
    return reading;
  }

  /** What may pass is left to the next try, after a while. */
  async function readNow(): Promise<void> {
    try {
      await source.read(claimsToRead(state));
      if (source.view().pods.length >= manyPods) tidyUp();
      outage.end('reading');
      blindSince = undefined;
    } catch (error) {
      if (!mayPass(error)) throw error;
      outage.begin('reading', error);
      blindSince = { at: blindSince?.at ?? clock.now(), message: error.message };
      await clock.sleep(pauses.next(), signal);
    }
  }

  /**
   * Writes the record into the Lease, one write after the other.
   *
   * @returns whether the Lease is held, and that was proved so lately that it still is
   * @throws {StatusError} and {ConnectionError} where that is not known
   */
  function prove(): Promise<boolean> {
    const proof = writing.then(async () => {
      if (hold === undefined) return true;
      const [sent, sentByWall] = [clock.now(), wall()];
      const written = await hold.write(writeRoll(id, state, handling));
      if (written.kind === 'lost') {
        end({ kind: 'lease lost', holder: written.holder });
        return false;
      }
      outage.end('the Lease');
      writtenAt = sent;
      // A machine that slept in between tells it by one of its clocks.
      const elapsed = Math.max(clock.now() - sent, wall() - sentByWall);
      return isProven(0, hold.duration, elapsed);
    });
    writing = proof.catch(() => {});
    return proof;
  }

  async function evict(pod: string, uid: string): Promise<Answer | undefined> {
    const again: Answer = { kind: 'look again', pod };
    try {
      if (!(await prove()) || stop.aborted || !mayStillGo(state, source.view(), pod, clock.now())) {
        return { kind: 'not sent', pod };
      }
      const name = { namespace: set.metadata.namespace ?? '', name: pod };
      const refusal = handling.evicts
        ? await client.evict(name, uid, { dryRun: false })
        : await client.remove(resources.pods, name.namespace, name.name, uid, { dryRun: false });
      if (refusal === undefined) return { kind: 'evicted', pod };
      return await refused(pod, refusal, again);
    } catch (error) {
      // Nobody knows whether it arrived: the next reading tells, by the pod's UID.
      if (!mayPass(error)) throw error;
      if (error instanceof StatusError) return await refused(pod, error, again);
      await clock.sleep(pauses.next(), signal);
      return again;
    }
  }

  /** What a refusal of an eviction, or of writing the Lease before it, means. */
  async function refused(pod: string, { code, reason, detail, causes }: StatusError, again: Answer): Promise<Answer> {
    const why = [detail, ...causes].join(' ');
    if (code === 429) {
      return { kind: 'blocked', pod, why: causes.join(' ') || detail, retryAt: clock.now() + pausesOf(pod).next() };
    }
    if (code === 404 || code === 409) {
      await clock.sleep(shortPause, signal);
      return again;
    }
    // A server that has just started does not know the roles yet.
    const count = (refusals.get(pod) ?? 0) + 1;
    refusals.set(pod, count);
    const mayEnd = code >= 500 || code === 401 || reason === 'Forbidden';
    if (!mayEnd || count >= mostRefusals) return { kind: 'refused', pod, message: why };
    await clock.sleep(pauses.next(), signal);
    return again;
  }

  /** What the DNS servers said of a pod's name last. */
  const wrongAsYet = new Map<string, string>();

  const blockedPauses = new Map<string, Backoff>();
  function pausesOf(pod: string): Backoff {
    const known = blockedPauses.get(pod) ?? backoff(clock, random);
    blockedPauses.set(pod, known);
    return known;
  }

  async function perform({ kind, pod, uid, control }: Task): Promise<Answer | undefined> {
    const { signal: wanted } = control;
    switch (kind) {
      case 'evict':
        return evict(pod, uid);
      case 'confirm':
        return { kind: (await questions.confirm(pod, wanted)) ? 'confirmed' : 'declined', pod };
      default: {
        const ask = { 'pre-check': questions.preCheck, check: questions.check, dns: questions.dns }[kind];
        const wrong = await ask(pod, wanted, (why) => wrongAsYet.set(pod, why));
        return { kind: wrong === undefined ? 'passed' : 'failed', which: kind, pod, uid, message: wrong ?? '' };
      }
    }
  }

  function launch(kind: Task['kind'], pod: string, uid: string): void {
    if (tasks.some((task) => task.kind === kind && task.pod === pod && task.uid === uid)) return;
    const task: Task = { kind, pod, uid, control: new AbortController() };
    tasks.push(task);
    perform(task).then(
      (answer) => {
        tasks = tasks.filter((each) => each !== task);
        if (answer && !task.control.signal.aborted) state = answered(state, answer, clock.now());
        bell.ring();
      },
      (error: unknown) => {
        if (!task.control.signal.aborted) fail(error);
      },
    );
  }

  /** Ends the questions whose answer is no longer wanted: an eviction that is under way cannot be called back. */
  function endUnwanted(): void {
    for (const task of tasks) {
      if (task.kind === 'evict') continue;
      const phase = state.steps.find(({ pod }) => pod === task.pod)?.phase;
      const isWanted = !state.end && phase?.kind === task.kind && (!('uid' in phase) || phase.uid === task.uid);
      if (!isWanted) task.control.abort();
    }
    tasks = tasks.filter(({ control }) => !control.signal.aborted);
  }

  /** Who has slept knows neither whether the Lease is still held nor how the pods are. */
  async function wakeUp(): Promise<void> {
    source.again();
    try {
      await prove();
    } catch (error) {
      if (!mayPass(error)) throw error;
    }
    // One that was under way may be as old as the sleep.
    await reading;
    await read();
  }

  stop.addEventListener('abort', bell.ring);
  try {
    let shown = state;
    for (;;) {
      if (fault) throw fault.error;
      // All of a turn is by one time: where the machine sleeps during it, the next one begins too late, and tells it.
      let turn = clock.now();
      if (turn - dueAt > nap) {
        await wakeUp();
        turn = clock.now();
      }
      if (stop.aborted && !state.interrupted && !state.end) {
        state = interruptRoll(state);
        tell({ kind: 'interrupted' });
      }
      const view = source.view();
      // Nothing is known before the first reading.
      const isBlind = view.readAt === Number.NEGATIVE_INFINITY;
      const { timeout } = state.settings;
      if (blindSince && turn - blindSince.at >= timeout) end({ kind: 'no reading', message: blindSince.message });
      const stepped = isBlind && !state.end ? { state, actions: [{ kind: 'read' } as const] } : step(state, view, turn);
      state = explained(stepped.state, wrongAsYet);
      endUnwanted();
      // What has happened is told before anything more is done, or asked. Answers may come while it is.
      const news = newsBetween(shown, state).map((each) => ({ kind: 'step' as const, ...each }));
      shown = state;
      yield* told.splice(0);
      yield* news;
      yield { kind: 'look', state: shown, view };
      let wake = turn + (blindSince ? 1_000 : timeout);
      for (const action of stepped.actions) {
        if (action.kind === 'wake') wake = Math.min(wake, action.at);
        else if (action.kind === 'read') read().catch(fail);
        else launch(action.kind, action.pod, action.uid);
      }
      if (state.end && !tasks.some(({ kind }) => kind === 'evict')) break;

      if (hold && !state.end) {
        const renewAt = writtenAt + hold.duration / 3;
        if (clock.now() >= renewAt) {
          writtenAt = clock.now();
          prove().catch((error: unknown) => (mayPass(error) ? outage.begin('the Lease', error) : fail(error)));
        }
        wake = Math.min(wake, writtenAt + hold.duration / 3);
      }
      dueAt = Math.max(wake, turn);
      await bell.rung(wake - clock.now());
      dueAt = Math.min(dueAt, clock.now());
    }
    yield* letGo(state);
    return state;
  } finally {
    stop.removeEventListener('abort', bell.ring);
    own.abort();
    for (const { control } of tasks) control.abort();
  }

  /** Leaves the Lease as the end has it: none after a roll that is done, else one that anybody may go on with. */
  async function* letGo({ end: ended }: RollState): AsyncGenerator<RollNews> {
    if (hold === undefined || (ended?.kind === 'stopped' && ended.reason.kind === 'lease lost')) return;
    try {
      await writing;
      await (ended?.kind === 'done' ? hold.remove() : hold.giveUp(writeRoll(id, state, handling)));
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      yield { kind: 'lease kept', message: error.message };
    }
  }
}

/** A time-out with what stood in the way last. */
function explained(state: RollState, wrongAsYet: ReadonlyMap<string, string>): RollState {
  const { end } = state;
  if (end?.kind !== 'stopped' || end.reason.kind !== 'timed out' || end.reason.phase.kind !== 'dns') return state;
  const why = wrongAsYet.get(end.pod ?? '');
  return why === undefined ? state : { ...state, end: { ...end, reason: { ...end.reason, why } } };
}
