/** Plays a history on a control plane, with gates that wait for it, and judges what they said. */
import { setTimeout as delay } from 'node:timers/promises';
import { type History, setNameOf } from '../../histories/history.ts';
import {
  due,
  type Fault,
  judged,
  knownAt,
  type Line,
  type Stall,
  second,
  type Told,
} from '../../histories/judgement.ts';
import type { Feed } from './feed.ts';
import { playKubelet } from './kubelet.ts';
import { type Observation, observe } from './observer.ts';
import { until } from './requests.ts';
import { change, changeTo, clear, lose, prepare, type Scene } from './scene.ts';
import type { Waiter } from './waiters.ts';

/** What one gate said, and whether that was right. */
export interface Outcome {
  told: Told;
  /** Whether a newer generation came while it waited. */
  followed: boolean;
  fault: Fault | undefined;
}

export interface Played {
  history: History;
  /** In the order of those who waited. */
  outcomes: readonly Outcome[];
  changedAt: number;
  /** What was seen from outside. */
  lines: readonly Line[];
}

/** Milliseconds for which a gate is left waiting that should have ended. */
const grace = 3_000;

/** Milliseconds that a gate may take in all. */
const longest = 120_000;

/** Milliseconds for which the end of a rollout is awaited, when a gate has told of it too early. */
const patience = 30_000;

/**
 * @param waiters each begins to wait once the change is made; each is judged for itself
 * @param stalls when the machine keeps gates from their work: it grows
 */
export async function play(
  history: History,
  place: Scene['place'],
  feed: Feed,
  waiters: readonly Waiter[],
  stalls: readonly Stall[],
): Promise<Played> {
  const name = setNameOf(history);
  const kubelet = playKubelet(feed, place.namespace, name, history);
  const node = history.trouble?.kind === 'node is lost' ? `node-of-${name}` : undefined;
  const scene: Scene = { feed, place, history, name, kubelet, node };
  try {
    return await Promise.race([act(scene, waiters, stalls), kubelet.failed]);
  } finally {
    kubelet.stop();
    await clear(scene);
  }
}

async function act(scene: Scene, waiters: readonly Waiter[], stalls: readonly Stall[]): Promise<Played> {
  const { feed, place, history, name, kubelet } = scene;
  const lostAt = await prepare(scene);
  kubelet.begin();
  const made = await change(scene);
  const changedAt = Date.now();
  const subject = { namespace: place.namespace, name, uid: made.uid, generation: made.generation };
  const observation = observe(feed, subject, history.gate.for, lostAt);
  const over = new AbortController();
  const going = goOn(scene, over.signal);
  try {
    const outcomes = waiters.map((waiter) => outcomeOf(scene, waiter, observation, stalls));
    // What fails there ends it, too.
    const all = await Promise.all([...outcomes, going.then(() => undefined)]);
    return { history, outcomes: all.filter((one) => one !== undefined), changedAt, lines: observation.lines };
  } finally {
    over.abort();
    observation.stop();
  }
}

/** What happens while the gates wait; it ends with the last of them. */
async function goOn(scene: Scene, signal: AbortSignal): Promise<void> {
  const { history, kubelet, node } = scene;
  const { middle, trouble } = history;
  const pass = (milliseconds: number) => delay(milliseconds, undefined, { signal }).catch(() => {});
  if (middle) {
    await pass(middle.wait);
    if (!signal.aborted) await changeTo(scene, middle.set);
  }
  if (node === undefined || trouble?.kind !== 'node is lost' || trouble.lasts === undefined) return;
  await pass(trouble.lasts);
  if (signal.aborted) return;
  await lose(node, false);
  await kubelet.comeBack();
}

async function outcomeOf(
  { history, place }: Scene,
  waiter: Waiter,
  observation: Observation,
  stalls: readonly Stall[],
): Promise<Outcome> {
  const gate = waiter.start(history, place.namespace);
  const generation = observation.generation();
  const seen = () => ({ ...gate, held: observation.held, failing: observation.failing() });
  let stoppedAt: number | undefined;
  const overdue = setInterval(() => {
    if (stoppedAt !== undefined || Date.now() < lastMoment(history, seen())) return;
    stoppedAt = Date.now();
    gate.stop();
  }, 100);
  const { code, at } = await gate.ended.finally(() => clearInterval(overdue));
  const outdated = observation.outdated();
  const followed = observation.generation() > generation;
  if (code === 0 && history.expected === undefined) await untilHeld(observation, at);
  const told: Told = {
    startedAt: gate.startedAt,
    lines: gate.lines,
    code: stoppedAt === undefined ? code : null,
    endedAt: stoppedAt ?? at,
    ground: waiter.groundOf(gate.lines.map(({ text }) => text).join('')),
    held: observation.held,
    failing: observation.failing(),
    outdated,
    stalls: stalls.filter((stall) => stall.at >= gate.startedAt),
  };
  return { told, followed, fault: judged(history, told) };
}

/** When a gate is stopped that is still waiting. */
function lastMoment({ expected, gate }: History, told: Pick<Told, 'startedAt' | 'lines' | 'held' | 'failing'>): number {
  const atLast = told.startedAt + longest;
  if (expected !== undefined) return Math.min(atLast, due(expected, gate, told).most + grace);
  const last = told.held.at(-1);
  return last === undefined || last.to !== undefined ? atLast : Math.max(last.from, knownAt(told)) + second + grace;
}

/** Waits until it is seen by how much a gate was too early. */
async function untilHeld({ held }: Observation, at: number): Promise<void> {
  await until('the end of the rollout', patience, async () => held.some(({ to }) => to === undefined || to > at)).catch(
    () => {},
  );
}
