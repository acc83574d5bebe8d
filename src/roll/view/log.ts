/** A roll as it is written where nothing can be drawn anew: a line, or a JSON object, for each event. */

import { apiVersion, jsonLine } from '#src/drawing/json.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { RollNews } from '../model/news.ts';
import type { RollPlan } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import { isBeyondReturn, type RollEnd, type RollState } from '../model/state.ts';
import { endWords, newsWords, type StepTimes, sumWords, warningWords } from './words.ts';

/** Which roll is told of. */
export interface RollSubject {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
}

/** `TIME  POD  WHAT`; nothing for what is no event. @param time RFC 3339 */
export function newsLine(news: RollNews, subject: RollSubject, times: StepTimes, time: string): string {
  const who = 'pod' in news ? news.pod : `statefulset/${subject.set.metadata.name}`;
  const what = lineWords(news, subject, times);
  return what === undefined ? '' : `${time}  ${printable(who)}  ${printable(what)}\n`;
}

/** What a line says that is no pod's own. */
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
      return `${news.message}, trying again`;
    case 'recovered':
      return 'the API server answers again';
    case 'not watched':
      return `no right to ${news.refusal.verb} ${news.refusal.resource}, listed every few seconds instead: ${news.refusal.message}`;
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
  const { kind: _, what, why, already, ...rest } = news;
  const seconds = took(what, times);
  return jsonLine({
    ...common,
    ...rest,
    event: eventNames[what],
    ...(seconds !== undefined && { seconds }),
    ...(already && { already }),
    ...(why !== undefined && { message: why }),
  });
}

const eventNames = {
  interrupted: 'interrupted',
  lost: 'lost',
  recovered: 'recovered',
  'not watched': 'notWatched',
  'lease kept': 'leaseKept',
  asking: 'asking',
  'pre-check': 'preCheck',
  blocked: 'blocked',
  evicted: 'evicted',
  gone: 'gone',
  ready: 'ready',
  unready: 'unready',
  check: 'check',
  dns: 'dns',
  done: 'done',
} as const;

/** Seconds, since what came before it. */
function took(what: string, { evicted, gone, ready, done }: StepTimes): number | undefined {
  const pairs: Record<string, [number | undefined, number | undefined]> = {
    gone: [evicted, gone],
    ready: [gone, ready],
    done: [evicted, done],
  };
  const [from, to] = pairs[what] ?? [];
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
 * How it begins.
 *
 * @param admitted what the API server said to each pod's eviction, by the pod's name, where it was asked
 */
export function beginObject(
  subject: RollSubject,
  { pods, left, warnings }: RollPlan,
  time: string,
  admitted?: ReadonlyMap<string, string>,
): string {
  return jsonLine({
    ...headOf(subject, time),
    event: admitted === undefined ? 'begun' : 'planned',
    pods: pods.map(({ name, ordinal, uid, revision }) => ({
      pod: name,
      ordinal,
      uid,
      revision,
      ...(admitted?.has(name) && { eviction: admitted.get(name) }),
    })),
    left: left.map(({ why, ...rest }) => ({ ...rest, why: camel(why) })),
    warnings: warnings.map(warningWords),
  });
}

/** How it ended. @param resume what goes on with it, where that makes sense */
export function summaryObject(
  { id, set: { metadata }, handling }: RollSubject,
  state: RollState & { end: RollEnd },
  resume: string | undefined,
  time: string,
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
    ...(end.kind === 'stopped' && { pod: end.pod, reason: camel(end.reason.kind), message: endWords(end, handling) }),
    done: named(({ phase }) => phase.kind === 'done'),
    halfWay: named(isBeyondReturn),
    notBegun: named((step) => step.phase.kind !== 'done' && !isBeyondReturn(step)),
    ...(resume !== undefined && { resume }),
  });
}

/** Why it was not begun, as an object. */
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

function camel(words: string): string {
  return words.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The last lines for people. */
export function summaryLines(
  { id, set, handling }: RollSubject,
  state: RollState & { end: RollEnd },
  resume: string | undefined,
): string[] {
  const lines = [`roll ${id} of statefulset/${set.metadata.name} ${endWords(state.end, handling)}: ${sumWords(state)}`];
  if (resume !== undefined) lines.push(`go on: ${resume}`);
  return lines.map(printable);
}
