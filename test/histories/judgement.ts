/** Whether a gate said what it must, when it must. Times are in milliseconds since the epoch. */
import type { Ground, History } from './history.ts';

/** From when until when a rollout was done; `to` is undefined while it is. */
export interface Held {
  from: number;
  to: number | undefined;
  /** How many milliseconds it took at that moment to look at the set and its pods twice, as a gate does. */
  looks: number;
}

/** Since when something fails, and when that was seen first: a busy cluster tells late. */
export interface Failing {
  since: number;
  seenAt: number;
}

/** A timer beside the gates was late by so many milliseconds: the machine was busy, which is not their fault. */
export interface Stall {
  at: number;
  late: number;
}

/** What was written, or seen, at a time. */
export interface Line {
  at: number;
  text: string;
}

/** What a gate said, and what happened. */
export interface Told {
  startedAt: number;
  /** What it wrote. */
  lines: readonly Line[];
  /** Null: it went on waiting until it was interrupted. */
  code: number | null;
  endedAt: number;
  /** The reason that it gave for a code of 1. */
  ground: Ground | undefined;
  held: readonly Held[];
  failing: Failing | undefined;
  /** The outdated pods when it ended. */
  outdated: readonly string[];
  stalls: readonly Stall[];
}

export type Fault =
  /** It said something so many milliseconds before that was so; undefined: it never was. */
  | { kind: 'too early'; by: number | undefined }
  | { kind: 'too late'; by: number }
  /** It was still waiting, so many milliseconds after it should have told. */
  | { kind: 'waits on'; by: number }
  | { kind: 'wrong code'; code: number }
  | { kind: 'wrong ground'; ground: Ground | undefined }
  /** A pod that it should have named. */
  | { kind: 'unnamed'; pod: string };

/** In which completion must be told. */
export const second = 1_000;

/** In which a verdict must be told that is certain, or for which `--stuck-after` is over. */
const verdictWithin = 10_000;

/** By which a gate may be late, at most, since the machine is busy. */
const mostBusy = 3_000;

/** By which two who watch the same server may see the same change, one after the other. */
const together = 250;

/** In which a process must have started, whether or not it writes anything. */
const longestStart = 1_000;

/** By which a time in an object, in whole seconds, may lie before what it tells of. */
const rounding = 1_000;

const never = Number.POSITIVE_INFINITY;

/** @returns what is wrong, if anything */
export function judged({ expected, gate }: Pick<History, 'expected' | 'gate'>, told: Told): Fault | undefined {
  const { code, ground, endedAt } = told;
  if (expected === undefined) return code === 0 || code === null ? completion(told) : { kind: 'wrong code', code };
  if (code === 0) return { kind: 'too early', by: undefined };
  if (code !== null && code !== 1) return { kind: 'wrong code', code };
  const { least, most } = due(expected, gate, told);
  const late = endedAt - most - stalled(told, most - second);
  if (code === null) return { kind: 'waits on', by: late };
  if (ground !== expected) return { kind: 'wrong ground', ground };
  if (endedAt < least) return { kind: 'too early', by: least === never ? undefined : least - endedAt };
  if (late > 0) return { kind: 'too late', by: late };
  const pod = expected === 'outdated' ? unnamed(told) : undefined;
  return pod === undefined ? undefined : { kind: 'unnamed', pod };
}

function unnamed({ outdated, lines }: Told): string | undefined {
  const text = lines.map((line) => line.text).join('');
  return outdated.find((name) => !text.includes(name));
}

/** When the gate could first know something. */
export function knownAt({ startedAt, lines: [first] }: Pick<Told, 'startedAt' | 'lines'>): number {
  return Math.min(startedAt + longestStart, first?.at ?? never);
}

/** It must end while the rollout is done, or within a second. One that is done for a moment only may be missed. */
function completion(told: Told): Fault | undefined {
  const { code, endedAt, held } = told;
  const known = knownAt(told);
  const allowed = ({ from, looks }: Held): number => {
    const busy = looks + stalled(told, Math.max(from, known));
    return second + Math.min(busy, mostBusy);
  };
  const late = (one: Held): number => endedAt - Math.max(one.from, known) - allowed(one);
  const before = held.filter(({ from }) => from - together <= endedAt);
  const lasted = ({ from, to = endedAt }: Held): number => Math.min(to, endedAt) - Math.max(from, known);
  const missed = before.find((one) => lasted(one) > allowed(one));
  if (missed) return { kind: code === 0 ? 'too late' : 'waits on', by: late(missed) };
  if (code === 0 && before.some((one) => late(one) <= 0)) return undefined;
  const [next] = held.filter(({ from }) => from > endedAt);
  return code === 0 ? { kind: 'too early', by: next && next.from - endedAt } : { kind: 'waits on', by: 0 };
}

/** For how many milliseconds the machine kept gates from their work, from a time until this one ended. */
function stalled({ stalls, endedAt }: Told, from: number): number {
  const within = ({ at, late }: Stall): number => Math.max(0, Math.min(at, endedAt) - Math.max(at - late, from));
  return stalls.reduce((sum, stall) => sum + within(stall), 0);
}

/** Between when and when a gate must end with 1. */
export function due(
  expected: Ground,
  { stuckAfter, timeout }: History['gate'],
  told: Pick<Told, 'failing' | 'startedAt' | 'lines'>,
): { least: number; most: number } {
  const { startedAt, failing } = told;
  const known = knownAt(told);
  switch (expected) {
    case 'certain':
    case 'outdated':
      return { least: startedAt, most: known + verdictWithin };
    case 'likely': {
      // Nothing is likely before anything fails.
      if (failing === undefined) return { least: never, most: never };
      const { since, seenAt } = failing;
      const whole = Math.max(since, known) + stuckAfter;
      return { least: since + stuckAfter - rounding, most: Math.max(whole, seenAt) + verdictWithin };
    }
    case 'time-out':
      return { least: startedAt + timeout - together, most: known + timeout + second };
  }
}

/** How many milliseconds a gate that was right took, from when it could tell. */
export function tookToTell({ expected, gate }: Pick<History, 'expected' | 'gate'>, told: Told): number {
  const { held, endedAt, failing, startedAt } = told;
  const known = knownAt(told);
  const since = {
    certain: known,
    outdated: known,
    'time-out': startedAt + gate.timeout,
    likely: Math.max(known, failing?.since ?? known) + gate.stuckAfter,
  };
  const done = held.findLast(({ from }) => from - together <= endedAt)?.from ?? endedAt;
  return Math.max(0, endedAt - (expected === undefined ? Math.max(known, done) : since[expected]));
}
