/** One history of a roll against the model, from a seed, with everything that must never be checked on the way. */
import assert from 'node:assert/strict';
import { isRunningAndReady } from '../../../src/objects/podstatus.ts';
import type { Action, Answer, RollSettings, RollState, View } from '../../../src/statefulset/roll.ts';
import { readRoll, resumed, writeRoll } from '../../../src/statefulset/roll-record.ts';
import { randomOf, World } from './world.ts';

export type RollModule = typeof import('../../../src/statefulset/roll.ts');

export interface History {
  seed: number;
  replicas: number;
  parallel: boolean;
  maxUnavailable: number;
  budget: boolean;
  order: readonly number[];
  checks: boolean;
  /** Chances, from 0 to 1, of each round. */
  trouble: number;
  killed: number;
}

/** An answer that comes later, or never. */
interface Under {
  action: Action & { pod: string; uid: string };
  at: number;
  answer: Answer | undefined;
}

/** More rounds than any roll within its deadline can take. */
const mostRounds = 20_000;

export interface Outcome {
  end: string;
  evicted: number;
}

/** @throws what must never be */
export function live(history: History, { beginRoll, step, answered, interruptRoll }: RollModule): Outcome {
  const random = randomOf(history.seed);
  const budget = history.budget ? history.maxUnavailable : undefined;
  const world = new World({ ...history, maxUnavailable: budget, random });
  const settings: RollSettings = {
    maxUnavailable: history.maxUnavailable,
    timeout: 20_000,
    deadline: 200_000,
    stable: random() < 0.5 ? 0 : 500,
    confirm: false,
    preCheck: history.checks,
    check: history.checks,
    waitDns: history.checks,
  };
  const first = world.read(world.now);
  assert.ok(first.set);
  const planned = history.order.map((ordinal) => ({
    name: `web-${ordinal}`,
    ordinal,
    uid: world.uid(`web-${ordinal}`) ?? '',
    revision: { now: undefined, next: undefined },
  }));
  const begun = new Map(planned.map(({ name, uid }) => [name, uid]));
  let state: RollState = beginRoll(first.set, planned, first, settings, world.now);
  // What another machine would find.
  const checks = { evicts: true, preCheck: undefined, check: undefined, container: undefined, checkTimeout: 0 };
  let recorded = writeRoll('1', state, checks);
  let view: View = first;
  let older: View = first;
  let under: Under[] = [];

  for (let round = 0; round < mostRounds; round++) {
    world.pass(random() * 400);
    if (random() < history.trouble) world.disturb();
    if (random() < history.killed) {
      const record = readRoll(recorded);
      assert.ok('id' in record);
      state = resumed(record, view, world.now);
      under = [];
    }
    if (random() < history.killed / 4) state = interruptRoll(state);
    // What a watch tells comes now and then, of any age, and out of turn; it is no reading of now.
    const news = random();
    if (news < 0.3) {
      older = view;
      view = { ...world.read(view.readAt), readAt: view.readAt };
    } else if (news < 0.35) view = { ...older, readAt: Math.min(older.readAt, view.readAt) };

    for (const { answer } of under.filter(({ at }) => at <= world.now)) {
      if (answer) state = answered(state, answer, world.now);
    }
    under = under.filter(({ at }) => at > world.now);

    const stepped = step(state, view, world.now);
    state = stepped.state;
    if (state.end) return { end: checkedEnd(state, view, begun), evicted: world.evicted.length };
    let reads = false;
    for (const action of stepped.actions) {
      if (action.kind === 'read') reads = true;
      else if (action.kind !== 'wake') {
        if (under.some((each) => each.action.kind === action.kind && each.action.pod === action.pod)) continue;
        if (action.kind === 'evict') {
          // The lease is written directly before each eviction.
          recorded = writeRoll('1', state, checks);
          checkEviction(action, view, state, history, world);
        }
        under.push(carriedOut(action, world, random));
      }
    }
    if (reads && random() < 0.9) {
      const readAt = world.now;
      world.pass(random() * 50);
      older = view;
      view = world.read(readAt);
    }
  }
  assert.fail('a hang');
}

/** Does it in the world, and says when which answer comes. */
function carriedOut(action: Under['action'], world: World, random: () => number): Under {
  const { pod, uid } = action;
  const at = world.now + random() * 300;
  if (action.kind === 'evict') {
    const isSent = random() >= 0.05;
    const became = isSent ? world.evict(pod, uid) : 'gone';
    const isHeard = random() >= 0.05;
    if (!isHeard || became === 'gone') return { action, at, answer: { kind: 'look again', pod } };
    if (became === 'blocked') {
      return { action, at, answer: { kind: 'blocked', pod, why: 'the budget', retryAt: at + 1_000 } };
    }
    return { action, at, answer: { kind: 'evicted', pod } };
  }
  const which = action.kind as 'pre-check' | 'check' | 'dns';
  const kind = random() < 0.02 ? ('failed' as const) : ('passed' as const);
  return { action, at, answer: { kind, which, pod, uid, message: '' } };
}

/** What must hold when an eviction is sent, by all that the driver could know. */
function checkEviction(
  { pod, uid }: { pod: string; uid: string },
  view: View,
  state: RollState,
  { maxUnavailable, order, replicas }: History,
  world: World,
): void {
  const shown = new Map(view.pods.map((each) => [each.metadata.name, each]));
  assert.equal(shown.get(pod)?.metadata.uid, uid, `${pod} is evicted by a UID that the newest reading does not show`);
  assert.ok(!world.evicted.includes(pod) || world.uid(pod) === uid, `${pod} was restarted already`);
  const others = Array.from({ length: replicas }, (_, ordinal) => `web-${ordinal}`).filter((name) => name !== pod);
  const unready = others.filter((name) => {
    const other = shown.get(name);
    return other === undefined || !isRunningAndReady(other);
  });
  assert.ok(unready.length + 1 <= maxUnavailable, `${pod} is evicted while ${unready.join(', ')} are not ready`);
  assert.ok(
    !view.claims.some(({ metadata }) => metadata.name === `data-${pod}` && metadata.deletionTimestamp),
    `${pod} is evicted while its claim is being deleted`,
  );
  const busy = state.steps.filter((each) => each.pod !== pod && each.begun !== undefined && each.phase.kind !== 'done');
  assert.ok(
    busy.length < maxUnavailable,
    `${pod} is evicted while ${busy.map((each) => each.pod).join(', ')} are under way`,
  );
  const names = order.map((ordinal) => `web-${ordinal}`);
  const before = state.steps.slice(0, names.indexOf(pod));
  const skipped = before.filter(({ phase }) => ['waits', 'pre-check', 'may go', 'blocked'].includes(phase.kind));
  assert.ok(skipped.length < maxUnavailable, `${pod} goes before ${skipped.map((each) => each.pod).join(', ')}`);
}

function checkedEnd({ end, steps }: RollState, view: View, begun: ReadonlyMap<string, string>): string {
  assert.ok(end);
  if (end.kind === 'done') {
    for (const { pod, phase } of steps) {
      const shown = view.pods.find(({ metadata }) => metadata.name === pod);
      assert.ok(shown && isRunningAndReady(shown), `done, and ${pod} is not ready`);
      assert.notEqual(shown.metadata.uid, begun.get(pod), `done, and ${pod} is the old one`);
      assert.equal(phase.kind, 'done');
    }
  }
  return end.kind === 'stopped' ? end.reason.kind : end.kind;
}
