/** What is said of a roll while it goes on, and when it ends. */

import { unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import type { Admission } from '../model/admission.ts';
import type { StepNews } from '../model/news.ts';
import type { PlannedPod, RollPlan } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import { isBeyondReturn, type Phase, type RollEnd, type RollState, type StopReason } from '../model/state.ts';
import { leaderUnknownWords, leadsWords, toldOrder } from './orderwords.ts';
import { blockersWords, podsWords } from './refusals.ts';
import type { StepTimes } from './times.ts';

/** `roll 7f3a of statefulset/products-db: 2 pods, one at a time: 1, 0` */
export function rollTitle(id: string | undefined, set: string, ordinals: readonly number[], atATime: number): string {
  const roll = id === undefined ? 'roll' : `roll ${id}`;
  const count = `${ordinals.length} pod${ordinals.length === 1 ? '' : 's'}`;
  const pace = atATime === 1 ? 'one at a time' : `up to ${atATime} at a time`;
  return ordinals.length === 0
    ? `${roll} of statefulset/${set}: no pod`
    : `${roll} of statefulset/${set}: ${count}, ${pace}: ${toldOrder(ordinals)}`;
}

/** The title of a plan that is not carried out. */
export function dryRunTitle(set: string, ordinals: readonly number[], atATime: number, isServer: boolean): string {
  return `${rollTitle(undefined, set, ordinals, atATime)} (${isServer ? 'server dry run' : 'dry run'})`;
}

/** What a restart makes of a pod's revision: `a → b`, or `a` where it stays. */
export function revisionWords({ metadata: { name } }: StatefulSet, { revision: { now, next } }: PlannedPod): string {
  const [old, coming] = [now, next].map((revision) => revision && revisionHash(name, revision));
  if (old === undefined && coming === undefined) return 'unknown';
  return old === coming || coming === undefined ? (old ?? 'unknown') : `${old ?? 'unknown'} → ${coming}`;
}

export function stayWords(why: RollPlan['left'][number]['why']): string {
  return `stays: ${stayReasons[why]}`;
}

const stayReasons: Readonly<Record<RollPlan['left'][number]['why'], string>> = {
  'not chosen': 'not chosen',
  'up to date': 'at the update revision',
  'held back': 'the partition keeps it at its revision',
  'not old enough': 'not old enough',
};

export function stopWords(reason: StopReason, { evicts }: Pick<PodHandling, 'evicts'>): string {
  switch (reason.kind) {
    case 'set is gone':
      return 'the set is being deleted, or gone';
    case 'set changed':
      return 'the set was changed or scaled by somebody else: look at it, and begin a new roll';
    case 'others not ready':
      return blockersWords(reason.pods);
    case 'not counted':
      return `the controller does not count ${reason.pods === 1 ? 'a pod' : `${reason.pods} pods`} as available that ${reason.pods === 1 ? 'is' : 'are'}: see whether it runs, and whether its clock is right`;
    case 'claim is being deleted':
      return `its claim ${reason.claim} is being deleted: it would go with the pod, and its data too unless its volume is kept (Retain)`;
    case 'claim not seen':
      return `its claim ${reason.claim} was not seen: whether the data would go with the pod is not known`;
    case 'other storage':
      return `the new pod is not on the claim or volume that the old one had: ${reason.claim}`;
    case 'timed out':
      return [`--timeout is over while it was ${phaseWords[reason.phase.kind]}`, whyWords(reason)]
        .filter(Boolean)
        .join(': ');
    case 'deadline':
      return '--deadline is over';
    case 'refused':
      return `the API server refuses to ${evicts ? 'evict' : 'delete'} it: ${reason.message}`;
    case 'no reading':
      return `the cluster could not be read for the time of --timeout: ${reason.message}`;
    case 'lease lost':
      return reason.holder === undefined
        ? 'its Lease is gone or was given up: somebody has ended this roll'
        : `its Lease is held by ${reason.holder} now, who goes on with it or has begun another roll`;
    case 'check failed':
      return reason.which === 'dns'
        ? `its name is not right: ${reason.message}`
        : `--${reason.which} failed: ${reason.message}`;
    case 'leader unknown':
      return leaderUnknownWords(reason);
  }
}

function whyWords({ phase, why }: Extract<StopReason, { kind: 'timed out' }>): string | undefined {
  return phase.kind === 'blocked' ? phase.why : why;
}

/** What a pod was doing, as it stands behind `while it was`. */
const phaseWords: Readonly<Record<Phase['kind'], string>> = {
  waits: 'about to go',
  confirm: 'about to go',
  confirmed: 'about to go',
  'pre-check': 'being checked before it goes',
  'may go': 'about to go',
  evicting: 'about to go',
  blocked: 'blocked',
  ending: 'ending',
  coming: 'coming back',
  check: 'being checked',
  dns: 'waiting for its name in DNS',
  back: 'being read once more',
  done: 'done',
};

/** One event as a line says it. */
export function newsWords(news: StepNews, times: StepTimes, { evicts, check, preCheck }: PodHandling): string {
  const since = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? '' : ` after ${inSeconds(to - from)}`;
  switch (news.what) {
    case 'asking':
      return 'asks whether it may go';
    case 'waiting':
      return `waits for ${news.waitsFor ?? ''} to be available`;
    case 'pre-check':
      return `pre-check ${quoted(preCheck)}`;
    case 'blocked':
      return `blocked: ${news.why ?? ''}`;
    case 'evicted':
      return evicts ? 'evicted' : 'deleted';
    case 'gone':
      return news.already ? 'was replaced already' : `gone${since(times.evicted, times.gone)}`;
    case 'ready':
      return `ready${since(times.gone, times.ready)}`;
    case 'unready':
      return 'not ready any more';
    case 'check':
      return `check ${quoted(check)}`;
    case 'dns':
      return 'waits for its name in DNS';
    case 'done':
      return `done${since(times.evicted, times.done)}`;
    case 'leads':
      return leadsWords(news);
    case 'no leader':
      return `waits to know who leads${news.unknown === undefined ? '' : `: ${unknownLeaderWords(news.unknown)}`}`;
  }
}

/** Short times to the tenth of a second. */
function inSeconds(milliseconds: number): string {
  return milliseconds < 9_950 ? `${(milliseconds / 1_000).toFixed(1)} s` : humanDuration(milliseconds);
}

function quoted(command: string | undefined): string {
  return `'${command ?? ''}'`;
}

/** `Running 0/1` or `Pending`; undefined without a pod. */
export function podWords(pod: Pod | undefined): string | undefined {
  if (pod === undefined) return undefined;
  const { word, ready, containers } = podStatus(pod);
  return word === 'Running' ? `Running ${ready}/${containers}` : word || 'no status';
}

/** What was done and what was not: `2 of 3 pods restarted; not begun: web-0`. */
export function sumWords({ steps }: RollState): string {
  const done = steps.filter(({ phase }) => phase.kind === 'done');
  const underWay = steps.filter(isBeyondReturn);
  const rest = steps.filter((step) => !done.includes(step) && !underWay.includes(step));
  const names = (some: typeof steps) => podsWords(some.map(({ pod }) => pod));
  return [
    `${done.length} of ${steps.length} pods restarted`,
    underWay.length > 0 && `half-way: ${names(underWay)}`,
    rest.length > 0 && `not begun: ${names(rest)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

export function endWords(end: RollEnd, handling: PodHandling): string {
  switch (end.kind) {
    case 'done':
      return 'done';
    case 'interrupted':
      return 'interrupted, as asked';
    case 'stopped':
      return `stopped${end.pod === undefined ? '' : ` at ${end.pod}`}: ${stopWords(end.reason, handling)}`;
  }
}

export function admissionWords(admission: Admission): string {
  switch (admission.kind) {
    case 'admitted':
      return 'admitted';
    case 'would wait':
      return `would wait: ${admission.why}`;
    case 'refused':
      return `refused: ${admission.why}`;
  }
}

/** @param command that goes on from here; undefined where none does */
export function leftWords(command: string | undefined): string {
  return command === undefined ? 'left at once' : `left at once; go on: ${command}`;
}

/** The sets whose roll was not begun, since the roll of another set was refused or did not end well. */
export function notBegunWords(sets: readonly string[]): string {
  return `not begun: ${sets.map((set) => `statefulset/${set}`).join(', ')}`;
}
