/**
 * Drives a roll to its end. The loop takes a step whenever something has happened or is due, tells what is new, and does
 * what the step asks for. It decides nothing about pods itself: model/step.ts does.
 */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { bellOf } from '#src/sources/bell.ts';
import { mayPass, outageOf } from '#src/sources/outage.ts';
import { answered } from '../model/actions.ts';
import { mayStillGo } from '../model/maygo.ts';
import { newsBetween, type RollNews } from '../model/news.ts';
import { type PodHandling, writeRoll } from '../model/record.ts';
import { claimsToRead, interruptRoll, type RollState, type StopReason, stopRoll, type View } from '../model/state.ts';
import { type Stepped, step } from '../model/step.ts';
import { evictorOf } from './evictor.ts';
import { type Keeper, keeperOf } from './keeper.ts';
import type { Hold } from './lease.ts';
import { type Reader, readerOf } from './reader.ts';
import { type RollQuestions, type Tasks, tasksOf } from './tasks.ts';

export interface DriveDeps {
  client: Client;
  /** The roll's own time: it never jumps. */
  clock: Clock;
  /** The machine's own time, which goes on while the machine sleeps. Milliseconds since the epoch. */
  wall: () => number;
  /** From 0 to below 1. */
  random: () => number;
  /** Aborted when somebody asks to stop before the next eviction. */
  stop: AbortSignal;
  /** Gives back the memory of what is no longer used, where the runtime can be asked for that. */
  collectGarbage: () => void;
}

export interface Roll {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
  /** Undefined where the roll does without a Lease. */
  hold: Hold | undefined;
  /** Under which name the Lease is written; undefined without one. */
  fieldManager: string | undefined;
  questions: RollQuestions;
}

/** Milliseconds until another look while the cluster cannot be read. */
const blindPause = 1_000;

/** Goes on until the roll ends, and returns the state that it ended with. */
export async function* driveRoll(begun: RollState, roll: Roll, deps: DriveDeps): AsyncGenerator<RollNews, RollState> {
  const own = new AbortController();
  const { clock, stop } = deps;
  const parts = partsOf(begun, roll, deps, own.signal);
  const { ledger, reader, keeper, tasks, bell } = parts;
  let shown = begun;
  let dueAt = clock.now();
  stop.addEventListener('abort', bell.ring);
  try {
    for (;;) {
      ledger.throwFault();
      // A turn goes by one time. If the machine sleeps during a turn, the next turn begins too late and notices.
      let now = clock.now();
      if (now - dueAt > keeper.longestNap) {
        await wakeUp(parts, stop);
        now = clock.now();
      }
      const view = reader.view();
      const { state, actions } = nextStep(parts, view, stop, now);
      tasks.endUnwanted(state);
      // The driver reports what has happened before it does or asks anything more. Answers may come meanwhile.
      yield* ledger.newsUntilNow();
      yield* newsBetween(shown, state).map((news) => ({ kind: 'step' as const, ...news }));
      yield { kind: 'look', state, view };
      shown = state;

      let wakeAt = now + (reader.blindness() ? blindPause : state.settings.timeout);
      for (const action of actions) {
        if (action.kind === 'wake') wakeAt = Math.min(wakeAt, action.at);
        else if (action.kind === 'read') reader.read().catch(ledger.fail);
        else tasks.launch(action);
      }
      if (ledger.state.end && !tasks.isEvicting()) break;
      if (!ledger.state.end) wakeAt = Math.min(wakeAt, keeper.renew());
      // If the machine slept during this turn, the renewal's time says nothing of that: the next one begins at once.
      dueAt = clock.now() - now > keeper.longestNap ? now : Math.max(wakeAt, now);
      await bell.rung(Math.min(wakeAt, dueAt) - clock.now());
      dueAt = Math.min(dueAt, clock.now());
    }
    const kept = await keeper.letGo(ledger.state.end);
    if (kept !== undefined) yield { kind: 'lease kept', message: kept };
    return ledger.state;
  } finally {
    stop.removeEventListener('abort', bell.ring);
    own.abort();
    tasks.abort();
  }
}

/** The newest state of the roll, what is to be told of it, and the first fault that nobody foresaw. */
interface Ledger {
  state: RollState;
  tell(news: RollNews): void;
  newsUntilNow(): RollNews[];
  fail(error: unknown): void;
  throwFault(): void;
}

interface Parts {
  ledger: Ledger;
  reader: Reader;
  keeper: Keeper;
  tasks: Tasks;
  bell: ReturnType<typeof bellOf>;
}

function ledgerOf(begun: RollState, ring: () => void): Ledger {
  const told: RollNews[] = [];
  let fault: { error: unknown } | undefined;
  return {
    state: begun,
    tell(news) {
      told.push(news);
      ring();
    },
    newsUntilNow: () => told.splice(0),
    fail(error) {
      fault ??= { error };
      ring();
    },
    throwFault() {
      if (fault) throw fault.error;
    },
  };
}

function partsOf(begun: RollState, roll: Roll, deps: DriveDeps, signal: AbortSignal): Parts {
  const { id, set, handling, hold, fieldManager, questions } = roll;
  const { client, clock, wall, random, stop, collectGarbage } = deps;
  const bell = bellOf(clock, signal);
  const ledger = ledgerOf(begun, bell.ring);
  const { fail: failed } = ledger;
  const outage = outageOf((news) => {
    if (signal.aborted) return;
    ledger.tell(news.kind === 'lost' ? { kind: 'lost', message: news.error.message } : news);
  });
  const reader = readerOf(client, set, {
    ...{ clock, random, signal, outage, collectGarbage, failed },
    claims: () => claimsToRead(ledger.state),
    changed: bell.ring,
    notWatched: (refusal) => ledger.tell({ kind: 'not watched', refusal }),
  });
  const keeper = keeperOf(hold, {
    ...{ clock, wall, outage, failed },
    record: () => writeRoll(id, ledger.state, handling, fieldManager),
    lost: (holder) => stopFor(ledger, { kind: 'lease lost', holder }),
  });
  const evictor = evictorOf(client, {
    ...{ clock, random, signal, prove: keeper.prove },
    namespace: set.metadata.namespace ?? '',
    evicts: handling.evicts,
    mayGo: (pod) => !stop.aborted && mayStillGo(ledger.state, reader.view(), pod, clock.now()),
  });
  const tasks = tasksOf({
    ...{ questions, evictor, failed },
    answered(answer) {
      ledger.state = answered(ledger.state, answer, clock.now());
      bell.ring();
    },
  });
  return { ledger, reader, keeper, tasks, bell };
}

/** Takes a step by what is known now, and keeps the state that comes of it. */
function nextStep({ ledger, reader, tasks }: Parts, view: View, stop: AbortSignal, now: number): Stepped {
  if (stop.aborted && !ledger.state.interrupted && !ledger.state.end) {
    ledger.state = interruptRoll(ledger.state);
    ledger.tell({ kind: 'interrupted' });
  }
  const blindness = reader.blindness();
  if (blindness && now - blindness.since >= ledger.state.settings.timeout) {
    stopFor(ledger, { kind: 'no reading', message: blindness.message });
  }
  const { state } = ledger;
  // Nothing is known before the first reading.
  const isFirst = view.readAt === Number.NEGATIVE_INFINITY && !state.end;
  const stepped: Stepped = isFirst ? { state, actions: [{ kind: 'read' }] } : step(state, view, now);
  ledger.state = explained(stepped.state, tasks);
  return { ...stepped, state: ledger.state };
}

function stopFor(ledger: Ledger, reason: StopReason): void {
  ledger.state = stopRoll(ledger.state, reason);
}

/** Each connection that was kept may have died during the sleep, and a write on it is not made again by itself. */
const mostTries = 3;

/** After a sleep nobody knows whether the Lease is still held, nor how the pods are. */
async function wakeUp({ reader, keeper }: Parts, stop: AbortSignal): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    if ((await isKnown(keeper)) || stop.aborted) break;
  }
  await reader.readAfterSleep();
}

/** Whether the server has said who holds the Lease. */
async function isKnown(keeper: Keeper): Promise<boolean> {
  try {
    await keeper.prove();
    return true;
  } catch (error) {
    if (!mayPass(error)) throw error;
    return false;
  }
}

/** A time-out of a name in DNS, with what was wrong with the name last. */
function explained(state: RollState, tasks: Tasks): RollState {
  const { end } = state;
  if (end?.kind !== 'stopped' || end.reason.kind !== 'timed out' || end.reason.phase.kind !== 'dns') return state;
  const why = tasks.wrongSoFar(end.pod ?? '');
  return why === undefined ? state : { ...state, end: { ...end, reason: { ...end.reason, why } } };
}
