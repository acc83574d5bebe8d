/** Makes histories from seeds. */
import type { Fate, History, Pace, SetShape, Trouble } from './history.ts';
import { type Random, randomOf } from './random.ts';

/** Of ten histories, five are healthy, three heal and two do not. */
const tenth: readonly Fate[] = [
  'healthy',
  'heals',
  'healthy',
  'stuck',
  'healthy',
  'heals',
  'healthy',
  'stuck',
  'healthy',
  'heals',
];

/** So many histories, in a mix that does not depend on the seed. */
export function mixOf(count: number, seed: number): History[] {
  const made: Record<Fate, number> = { healthy: 0, heals: 0, stuck: 0 };
  return Array.from({ length: count }, (_, nth) => {
    const fate = tenth[nth % tenth.length] ?? 'healthy';
    return historyOf(fate, seed + made[fate]++);
  });
}

export function historyOf(fate: Fate, seed: number): History {
  const random = randomOf(seed);
  switch (fate) {
    case 'healthy':
      return healthy(random, seed);
    case 'heals':
      return healing(random, seed);
    case 'stuck':
      return stuck(random, seed);
  }
}

/** Seconds that a gate may wait, where nothing should keep it so long. */
const longTimeout = 180_000;

/** How long a failure lasts that must be called stuck. */
const shortStuckAfter = 5_000;

/** One history of so many is waited for by a process of its own. */
const perProcess = 20;

function healthy(random: Random, seed: number): History {
  const change = changeOf(random, {});
  const { after } = change;
  const middle = random.chance(0.4) ? middleOf(random, after) : undefined;
  const replaces = change.before !== undefined && change.before.template !== after.template;
  const needsDeletion = after.strategy === 'OnDelete' && replaces;
  return {
    fate: 'healthy',
    seed,
    ...change,
    middle,
    pace: paceOf(random, Math.max(after.replicas, middle?.set.replicas ?? 0), after, middle !== undefined),
    trouble: undefined,
    gate: {
      // Nobody deletes the pods.
      for: needsDeletion || random.chance(0.1) ? 'ready' : 'rollout',
      timeout: longTimeout,
      // Shorter than some pods take to start: to be slow is no failure.
      stuckAfter: random.between(2, 8) * 1_000,
      ...outputOf(random, seed),
    },
    expected: undefined,
  };
}

/** Milliseconds by which a failure that heals is shorter than what counts as stuck. */
const margin = 6_000;

function healing(random: Random, seed: number): History {
  const kinds = ['crashes', 'image is missing', 'node is lost'] as const;
  const kind = kinds[seed % kinds.length] ?? 'crashes';
  // Pods must be made, or there must be some on the node.
  const needs = kind === 'node is lost' ? { existing: true, least: 1 } : { making: true, least: 1 };
  const change = changeOf(random, { ...needs, most: 4, rolling: true });
  const { trouble, longest } = troubleThatHeals(random, kind, change.after);
  const middle = kind !== 'node is lost' && random.chance(0.2) ? middleOf(random, change.after) : undefined;
  return {
    fate: 'heals',
    seed,
    ...change,
    middle,
    pace: paceOf(random, change.after.replicas, change.after, middle !== undefined),
    trouble,
    gate: { for: 'rollout', timeout: longTimeout, stuckAfter: longest + margin, ...outputOf(random, seed) },
    expected: undefined,
  };
}

function troubleThatHeals(
  random: Random,
  kind: 'crashes' | 'image is missing' | 'node is lost',
  { minReadySeconds }: SetShape,
): { trouble: Trouble; longest: number } {
  const pods = random.pick('one', 'each');
  switch (kind) {
    case 'crashes': {
      const times = random.between(1, 4);
      const backOff = random.between(200, 500);
      // Each run takes its time too, before it ends.
      const flaps = minReadySeconds > 1 && random.chance(0.5);
      return { trouble: { kind, times, backOff, flaps, pods }, longest: backOff * (2 ** times - 1) + times * 1_000 };
    }
    case 'image is missing': {
      const lasts = random.between(500, 4_000);
      return { trouble: { kind, lasts, pods }, longest: lasts };
    }
    case 'node is lost': {
      const lasts = random.between(1_000, 5_000);
      return { trouble: { kind, lasts }, longest: lasts };
    }
  }
}

const stuckKinds = [
  'crashes',
  'image has no name',
  'quota',
  'name is taken',
  'image is missing',
  'nobody deletes',
  'finalizer',
  'claims do not fit',
  'node is lost',
  'name is too long',
  'never ready',
] as const;

function stuck(random: Random, seed: number): History {
  const kind = stuckKinds[seed % stuckKinds.length] ?? 'crashes';
  const { change, trouble, expected } = troubleThatStays(random, kind);
  return {
    fate: 'stuck',
    seed,
    ...change,
    middle: undefined,
    pace: paceOf(random, change.after.replicas, change.after, false),
    trouble,
    gate: {
      for: 'rollout',
      timeout: expected === 'time-out' ? random.between(6, 10) * 1_000 : longTimeout,
      stuckAfter: expected === 'time-out' ? longTimeout : shortStuckAfter,
      ...outputOf(random, seed),
    },
    expected,
  };
}

type Stays = { change: ChangeOfSet; trouble: Trouble; expected: NonNullable<History['expected']> };

function troubleThatStays(random: Random, kind: (typeof stuckKinds)[number]): Stays {
  const making = (): ChangeOfSet => changeOf(random, { making: true, least: 1, most: 4, rolling: true });
  const growing = (): ChangeOfSet => changeOf(random, { growing: true, least: 1, most: 4 });
  const updating = (): ChangeOfSet => changeOf(random, { updating: true, least: 1, most: 4, rolling: true });
  const pods = random.pick('one', 'each');
  switch (kind) {
    case 'crashes': {
      const change = making();
      const flaps = change.after.minReadySeconds > 1 && random.chance(0.5);
      const trouble: Trouble = { kind, times: undefined, backOff: random.between(500, 1_000), flaps, pods };
      return { change, trouble, expected: 'likely' };
    }
    case 'image is missing':
      return { change: making(), trouble: { kind, lasts: undefined, pods }, expected: 'likely' };
    case 'image has no name':
      return { change: making(), trouble: { kind }, expected: 'certain' };
    case 'never ready':
      return { change: making(), trouble: { kind }, expected: 'time-out' };
    case 'name is too long':
      return { change: created(growing()), trouble: { kind }, expected: 'certain' };
    case 'quota': {
      const change = growing();
      const most = change.after.replicas - 1;
      const trouble: Trouble = { kind, pods: random.between(change.before?.replicas ?? 0, most) };
      return { change, trouble, expected: 'likely' };
    }
    case 'name is taken': {
      const change = growing();
      const { start, replicas, policy } = change.after;
      const first = start + (change.before?.replicas ?? 0);
      // An ordered set comes to the next one only when this one is well.
      const last = policy === 'OrderedReady' ? first : start + replicas - 1;
      return { change, trouble: { kind, ordinal: random.between(first, last) }, expected: 'certain' };
    }
    case 'node is lost':
      return { change: updating(), trouble: { kind, lasts: undefined }, expected: 'likely' };
    case 'finalizer': {
      const change = updating();
      // The one that goes first.
      const ordinal = change.after.start + (change.before?.replicas ?? 1) - 1;
      return { change, trouble: { kind, ordinal }, expected: 'likely' };
    }
    case 'nobody deletes':
      return { change: withStrategy(updating(), 'OnDelete'), trouble: { kind }, expected: 'outdated' };
    case 'claims do not fit': {
      const { before, after } = updating();
      const change = { before, after: { ...after, claims: [...after.claims, 'late'] } };
      return { change, trouble: { kind }, expected: 'certain' };
    }
  }
}

type ChangeOfSet = Pick<History, 'before' | 'after'>;

function created({ after }: ChangeOfSet): ChangeOfSet {
  return { before: undefined, after };
}

function withStrategy({ before, after }: ChangeOfSet, strategy: SetShape['strategy']): ChangeOfSet {
  return { before: before && { ...before, strategy }, after: { ...after, strategy } };
}

interface Wishes {
  /** At least, and at most, so many pods after it. */
  least?: number;
  most?: number;
  /** Some pod is made anew. */
  making?: boolean;
  /** The set is made, or gets more pods. */
  growing?: boolean;
  /** The set is there, with pods, and gets another template, which all pods take. */
  updating?: boolean;
  /** The set is there, with pods. */
  existing?: boolean;
  /** Its controller replaces pods. */
  rolling?: boolean;
}

function changeOf(random: Random, wishes: Wishes): ChangeOfSet {
  const { least = 0, most = 5, making, growing, updating, existing, rolling } = wishes;
  const before = shapeOf(random, { least, most, rolling: rolling === true });
  const kinds = ['create', 'update', 'up', 'down', 'update and up'] as const;
  const fitting = kinds.filter(
    (kind) =>
      !(making && kind === 'down') &&
      !(growing && kind !== 'create' && kind !== 'up') &&
      !(updating && !kind.startsWith('update')) &&
      !(existing && kind === 'create'),
  );
  const kind = random.pick(fitting[0] ?? 'create', ...fitting.slice(1));
  const { replicas } = before;
  const template = before.template + 1;
  // Where all pods must be updated, or pods must be made, none is held back.
  const whole = { ...before, partition: making || updating ? 0 : before.partition };
  switch (kind) {
    case 'create':
      return created({ before: whole, after: whole });
    case 'update':
      return { before: whole, after: { ...whole, template } };
    case 'up':
      return { before: whole, after: { ...whole, replicas: replicas + random.between(1, 2) } };
    case 'down':
      return { before: { ...whole, replicas: replicas + random.between(1, 2) }, after: whole };
    case 'update and up':
      return { before: whole, after: { ...whole, template, replicas: replicas + random.between(1, 2) } };
  }
}

function shapeOf(
  random: Random,
  { least, most, rolling }: { least: number; most: number; rolling: boolean },
): SetShape {
  const replicas = random.between(Math.max(least, random.chance(0.1) ? 0 : 1), most);
  return {
    replicas,
    start: random.pick(0, 0, 0, 1, 5),
    policy: random.pick('OrderedReady', 'Parallel'),
    strategy: rolling ? 'RollingUpdate' : random.pick('RollingUpdate', 'RollingUpdate', 'RollingUpdate', 'OnDelete'),
    partition: random.chance(0.25) ? random.between(0, replicas) : 0,
    minReadySeconds: random.pick(0, 0, 1, 2, 3),
    claims: random.chance(0.25) ? random.pick(['data'], ['data', 'log']) : [],
    template: 1,
  };
}

function middleOf(random: Random, after: SetShape): NonNullable<History['middle']> {
  const more = { ...after, replicas: after.replicas + random.between(1, 2) };
  const updates = after.strategy === 'RollingUpdate' && random.chance(0.5);
  return {
    wait: random.between(100, 1_200),
    set: updates ? { ...after, template: after.template + 1 } : more,
  };
}

/** Milliseconds that all pods together may take. */
const budget = 12_000;

/** @param held whether something happens in the middle, which must not be over by then */
function paceOf(random: Random, pods: number, { policy }: SetShape, held: boolean): Pace {
  const inTurn = policy === 'OrderedReady' ? Math.max(1, pods) : 1;
  const longest = Math.min(3_000, budget / inTurn / 2);
  const span = (): [number, number] => {
    const most = Math.round(random.pick(longest / 8, longest / 3, longest));
    return [Math.round(most / 4), most];
  };
  const start = span();
  return { start: held ? [600, Math.max(800, start[1])] : start, ready: span(), end: random.between(10, 600) };
}

function outputOf(random: Random, seed: number): Pick<History['gate'], 'output' | 'asProcess'> {
  return { output: random.pick('text', 'json'), asProcess: seed % perProcess === 0 };
}
