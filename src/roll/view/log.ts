/** A roll as it is written where nothing is drawn: a line, or a JSON object, for each event. */

import { apiVersion } from '#src/drawing/document.ts';
import { jsonLine } from '#src/drawing/json.ts';
import { answerFields, unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import { notWatchedWords, outageWords } from '#src/drawing/notices.ts';
import { formatExactTime, formatTime } from '#src/objects/time.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Admission } from '../model/admission.ts';
import type { RollNews, StepNews } from '../model/news.ts';
import type { RollPlan } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import { isBeyondReturn, type RollEnd, type RollState, type StopReason } from '../model/state.ts';
import { warningWords } from './refusals.ts';
import { type StepTimes, timekeeper } from './times.ts';
import { admissionWords, endWords, newsWords, rollTitle, sumWords } from './words.ts';

/** The roll that the events belong to. */
export interface RollSubject {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
}

/** A roll written event by event, without drawing: lines for people, or JSON. */
export interface RollLog {
  /**
   * The text for one piece of news; empty where there is nothing to write.
   *
   * @param now milliseconds, by the roll's clock
   * @param time milliseconds since the epoch
   */
  entry(news: RollNews, now: number, time: number): string;
}

export function logOf(subject: RollSubject, json: boolean): RollLog {
  const keeper = timekeeper();
  /** Why each pod was last said to be blocked. Each reason is told once, not at each try. */
  const blocked = new Map<string, string | undefined>();
  let isBegun = false;

  function isRepeated(news: RollNews): boolean {
    if (news.kind !== 'step' || news.what !== 'blocked') return false;
    const isSame = blocked.has(news.pod) && blocked.get(news.pod) === news.why;
    blocked.set(news.pod, news.why);
    return isSame;
  }

  return {
    entry(news, now, time) {
      const title = news.kind === 'look' && !isBegun && !json ? titleLine(subject, news.state, formatTime(time)) : '';
      isBegun ||= news.kind === 'look';
      if (isRepeated(news)) return title;
      const times = keeper.note(news, now);
      return (
        title +
        (json
          ? newsObject(news, subject, times, formatExactTime(time))
          : newsLine(news, subject, times, formatTime(time)))
      );
    },
  };
}

function titleLine({ id, set }: RollSubject, { steps, settings }: RollState, time: string): string {
  const ordinals = steps.map(({ ordinal }) => ordinal);
  return `${time}  ${printable(rollTitle(id, set.metadata.name, ordinals, settings.maxUnavailable))}\n`;
}

/** `TIME  POD  EVENT`, or nothing for what is no event. @param time RFC 3339 */
export function newsLine(news: RollNews, subject: RollSubject, times: StepTimes, time: string): string {
  const who = 'pod' in news ? news.pod : `statefulset/${subject.set.metadata.name}`;
  const what = lineWords(news, subject, times);
  return what === undefined ? '' : `${time}  ${printable(who)}  ${printable(what)}\n`;
}

/** What a line says; undefined for what is no event. */
export function lineWords(news: RollNews, { handling }: RollSubject, times: StepTimes): string | undefined {
  switch (news.kind) {
    case 'look':
      return undefined;
    case 'step':
      // The question itself says so.
      return news.what === 'asking' ? undefined : newsWords(news, times, handling);
    case 'interrupted':
      return 'interrupted: no other pod will go';
    case 'lost':
      return outageWords(news.message);
    case 'recovered':
      return 'the API server answers again';
    case 'not watched':
      return notWatchedWords(news.refusal);
    case 'lease kept':
      return `the Lease could not be given up (${news.message}): who goes on has to wait until it counts as silent`;
  }
}

/** One event as a JSON object on a line; nothing for what is no event. */
export function newsObject(news: RollNews, subject: RollSubject, times: StepTimes, time: string): string {
  if (news.kind === 'look') return '';
  const common = headOf(subject, time);
  if (news.kind !== 'step') {
    const message = lineWords(news, subject, times);
    return jsonLine({ ...common, event: eventNames[news.kind], message });
  }
  const { kind: _, what, why, already, unknown, ...rest } = news;
  const seconds = took(what, times);
  return jsonLine({
    ...common,
    ...rest,
    event: eventNames[what],
    ...(seconds !== undefined && { seconds }),
    ...(already && { already }),
    ...(why !== undefined && { message: why }),
    ...(unknown !== undefined && { message: unknownLeaderWords(unknown), answers: unknown.answers.map(answerFields) }),
  });
}

/** The names that documents have. */
const eventNames: Readonly<Record<Exclude<RollNews['kind'], 'look' | 'step'> | StepNews['what'], string>> = {
  interrupted: 'interrupted',
  lost: 'lost',
  recovered: 'recovered',
  'not watched': 'notWatched',
  'lease kept': 'leaseKept',
  asking: 'asking',
  waiting: 'waiting',
  'pre-check': 'preCheck',
  blocked: 'blocked',
  evicted: 'evicted',
  gone: 'gone',
  ready: 'ready',
  unready: 'unready',
  check: 'check',
  dns: 'dns',
  done: 'done',
  leads: 'leads',
  'no leader': 'noLeader',
};

/** Seconds since the event that came before it. */
function took(what: StepNews['what'], { evicted, gone, ready, done }: StepTimes): number | undefined {
  switch (what) {
    case 'gone':
      return secondsBetween(evicted, gone);
    case 'ready':
      return secondsBetween(gone, ready);
    case 'done':
      return secondsBetween(evicted, done);
    default:
      return undefined;
  }
}

function secondsBetween(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.round(to - from) / 1_000;
}

function headOf({ id, set: { metadata } }: RollSubject, time: string) {
  return {
    apiVersion,
    kind: 'RollEvent',
    time,
    ...(id !== '' && { roll: id }),
    namespace: metadata.namespace,
    statefulSet: metadata.name,
  };
}

/**
 * How a roll begins, or what a dry run plans.
 *
 * @param admissions what the API server said to each pod's eviction, by the pod's name; given for a dry run only
 */
export function beginObject(
  subject: RollSubject,
  { pods, leader, left, warnings }: RollPlan,
  time: string,
  admissions?: ReadonlyMap<string, Admission>,
): string {
  return jsonLine({
    ...headOf(subject, time),
    event: admissions === undefined ? 'begun' : 'planned',
    pods: pods.map(({ name, ordinal, uid, revision }) => ({
      pod: name,
      ordinal,
      uid,
      revision,
      ...evictionOf(admissions?.get(name)),
    })),
    ...(leader !== undefined && { leader }),
    left: left.map(({ why, ...rest }) => ({ ...rest, why: stayNames[why] })),
    warnings: warnings.map(warningWords),
  });
}

function evictionOf(admission: Admission | undefined): { eviction?: string } {
  return admission === undefined ? {} : { eviction: admissionWords(admission) };
}

/**
 * How a roll ended.
 *
 * @param resume the command that goes on with it, where there is one
 * @param more fields of a roll that has stopped
 */
export function summaryObject(
  { id, set: { metadata }, handling }: RollSubject,
  state: RollState & { end: RollEnd },
  resume: string | undefined,
  time: string,
  more: object = {},
): string {
  const { end, steps } = state;
  const named = (isOf: (step: RollState['steps'][number]) => boolean) => steps.filter(isOf).map(({ pod }) => pod);
  return jsonLine({
    apiVersion,
    kind: 'RollSummary',
    time,
    roll: id,
    namespace: metadata.namespace,
    statefulSet: metadata.name,
    result: end.kind,
    ...(end.kind === 'stopped' && {
      pod: end.pod,
      reason: reasonNames[end.reason.kind],
      message: endWords(end, handling),
      ...(end.reason.kind === 'leader unknown' && { answers: end.reason.unknown.answers.map(answerFields) }),
    }),
    done: named(({ phase }) => phase.kind === 'done'),
    halfWay: named(isBeyondReturn),
    notBegun: named((step) => step.phase.kind !== 'done' && !isBeyondReturn(step)),
    ...(resume !== undefined && { resume }),
    ...more,
  });
}

/** Why a roll was not begun. */
export function refusalObject({ metadata }: StatefulSet, messages: readonly string[], time: string): string {
  return jsonLine({
    apiVersion,
    kind: 'RollSummary',
    time,
    namespace: metadata.namespace,
    statefulSet: metadata.name,
    result: 'refused',
    messages,
  });
}

const reasonNames: Readonly<Record<StopReason['kind'], string>> = {
  'set is gone': 'setIsGone',
  'set changed': 'setChanged',
  'others not ready': 'othersNotReady',
  'not counted': 'notCounted',
  'claim is being deleted': 'claimIsBeingDeleted',
  'claim not seen': 'claimNotSeen',
  'other storage': 'otherStorage',
  'timed out': 'timedOut',
  deadline: 'deadline',
  refused: 'refused',
  'no reading': 'noReading',
  'lease lost': 'leaseLost',
  'check failed': 'checkFailed',
  'leader unknown': 'leaderUnknown',
};

const stayNames: Readonly<Record<RollPlan['left'][number]['why'], string>> = {
  'not chosen': 'notChosen',
  'up to date': 'upToDate',
  'held back': 'heldBack',
  'not old enough': 'notOldEnough',
};

/** The line for people. Not escaped. */
export function summaryLine({ id, set, handling }: RollSubject, state: RollState & { end: RollEnd }): string {
  return `roll ${id} of statefulset/${set.metadata.name} ${endWords(state.end, handling)}: ${sumWords(state)}`;
}
