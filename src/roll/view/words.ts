/** What there is to say of a roll: why it is not begun, what to mind, how it goes, and how it ended. */

import { listed } from '#src/drawing/cells.ts';
import { rolloutWords, unschedulableWords } from '#src/drawing/rolloutwords.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { revisionHash } from '#src/statefulset/identity.ts';
import type { Blocker } from '#src/statefulset/rollout.ts';
import type { StepNews } from '../model/news.ts';
import type { PlannedPod, RollPlan, RollRefusal, RollWarning } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import { isBeyondReturn, type RollEnd, type RollState, type StopReason } from '../model/state.ts';

/** Ordinals of an order that are all told. */
const mostTold = 12;

/** `roll 7f3a of statefulset/products-db: 2 pods, one at a time: 1, 0` */
export function rollTitle(id: string | undefined, set: string, ordinals: readonly number[], atATime: number): string {
  const roll = id === undefined ? 'roll' : `roll ${id}`;
  const count = `${ordinals.length} pod${ordinals.length === 1 ? '' : 's'}`;
  const pace = atATime === 1 ? 'one at a time' : `up to ${atATime} at a time`;
  const shown = ordinals.length > mostTold ? [...ordinals.slice(0, mostTold - 2), '…', ordinals.at(-1)] : ordinals;
  return ordinals.length === 0
    ? `${roll} of statefulset/${set}: no pod`
    : `${roll} of statefulset/${set}: ${count}, ${pace}: ${shown.join(', ')}`;
}

/** `in a → b`, `in a`: what a restart makes of a pod's revision. */
export function revisionWords({ metadata: { name } }: StatefulSet, { revision: { now, next } }: PlannedPod): string {
  const [old, coming] = [now, next].map((revision) => revision && revisionHash(name, revision));
  if (old === undefined && coming === undefined) return 'unknown';
  return old === coming || coming === undefined ? (old ?? 'unknown') : `${old ?? 'unknown'} → ${coming}`;
}

export function leftWords(why: RollPlan['left'][number]['why']): string {
  return `stays: ${leftReasons[why]}`;
}

const leftReasons: Readonly<Record<RollPlan['left'][number]['why'], string>> = {
  'not chosen': 'not chosen',
  'up to date': 'at the update revision',
  'held back': 'the partition keeps it at its revision',
  'not old enough': 'not old enough',
};

export function refusalWords(refusal: RollRefusal): string {
  switch (refusal.kind) {
    case 'controller at work': {
      const { status, detail } = rolloutWords(refusal.rollout);
      return `the controller has work of its own (${listed(status.text, detail)}): wait until it is done, or mend it`;
    }
    case 'ordinal outside the set': {
      const { start, end } = refusal.wanted;
      const range = end > start ? `its ordinals are ${start} to ${end - 1}` : 'it wants no pod';
      return `there is no ordinal ${refusal.ordinal}: ${range}`;
    }
    case 'ordered set':
      return `--max-unavailable ${refusal.maxUnavailable} is for Parallel sets: the controller of an OrderedReady set makes one pod at a time`;
    case 'not ready':
      return `${blockersWords(refusal.pods)}: no other pod may go meanwhile`;
    case 'claim is being deleted':
      return `claim ${refusal.claim} of ${refusal.pod} is being deleted: its data would go with the pod; save it first`;
    case 'budget never lets go':
      return `PodDisruptionBudget ${refusal.budget} never lets ${podsWords(refusal.pods)} go: it allows no disruption at any time`;
    case 'several budgets':
      return `${refusal.pod} is selected by several PodDisruptionBudgets (${refusal.budgets.join(', ')}): the API server evicts no such pod`;
    case 'unknown':
      return refusal.refusal === undefined
        ? `the ${refusal.part} were not seen`
        : `no right to ${refusal.refusal.verb} ${refusal.refusal.resource}, without which nothing safe can be done: ${refusal.refusal.message}`;
  }
}

function podsWords(pods: readonly string[]): string {
  const [first = ''] = pods;
  return pods.length > 3 ? `${first} and ${pods.length - 1} more` : pods.join(', ');
}

export function warningWords(warning: RollWarning): string {
  switch (warning.kind) {
    case 'data goes':
      return `what is in ${warning.volumes.join(', ')} goes with each pod (emptyDir or ephemeral)`;
    case 'owner':
      return `the set is kept by ${warning.owner}, which may have plans of its own for its pods`;
    case 'no way back':
      return `${warning.pod} may not come back: ${unschedulableWords({ scheduler: '', volume: warning.elsewhere })}`;
    case 'no grace period':
      return 'terminationGracePeriodSeconds is 0: a pod is taken away before its node has ended it, and two of one name may run';
    case 'budgets unknown': {
      const why =
        warning.refusal === undefined ? '' : `: no right to ${warning.refusal.verb} ${warning.refusal.resource}`;
      return `whether a PodDisruptionBudget is in the way is not known${why}`;
    }
  }
}

function blockersWords(pods: readonly Blocker[]): string {
  const told = pods.slice(0, 3).map(({ pod, word }) => `${pod} is ${word || 'without status'}`);
  return listed(...told, pods.length > 3 && `${pods.length - 3} more are not ready`);
}

export function stopWords(reason: StopReason, { evicts }: Pick<PodHandling, 'evicts'>): string {
  switch (reason.kind) {
    case 'set is gone':
      return 'the set is being deleted, or gone';
    case 'set changed':
      return 'the set was changed or scaled by somebody else: look at it, and begin a new roll';
    case 'others not ready':
      return blockersWords(reason.pods);
    case 'claim is being deleted':
      return `its claim ${reason.claim} is being deleted: the data would go with the pod`;
    case 'claim not seen':
      return `its claim ${reason.claim} was not seen: whether the data would go with the pod is not known`;
    case 'other storage':
      return `the new pod is not on the claim or volume that the old one had: ${reason.claim}`;
    case 'timed out':
      return [`--timeout is over while it was ${phaseWords(reason.phase.kind)}`, whyWords(reason)]
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
        : `its Lease is held by ${reason.holder} now, who goes on with it`;
    case 'check failed':
      return reason.which === 'dns'
        ? `its name is not right: ${reason.message}`
        : `--${reason.which} failed: ${reason.message}`;
  }
}

function whyWords({ phase, why }: Extract<StopReason, { kind: 'timed out' }>): string | undefined {
  return phase.kind === 'blocked' ? phase.why : why;
}

/** What a pod was doing, behind 'while it was'. */
function phaseWords(phase: RollState['steps'][number]['phase']['kind']): string {
  switch (phase) {
    case 'ending':
      return 'ending';
    case 'coming':
      return 'coming back';
    case 'blocked':
      return 'blocked';
    case 'check':
      return 'being checked';
    case 'dns':
      return 'waiting for its name in DNS';
    case 'back':
      return 'being read once more';
    case 'pre-check':
      return 'being checked before it goes';
    default:
      return 'about to go';
  }
}

/** How long the parts of a pod's restart took. Milliseconds, by one clock. */
export interface StepTimes {
  evicted?: number;
  gone?: number;
  ready?: number;
  done?: number;
}

/** Notes when something happened to a pod. */
export function timesAfter(times: StepTimes, { what, already }: StepNews, now: number): StepTimes {
  switch (what) {
    case 'evicted':
      return { ...times, evicted: now };
    case 'gone':
      return already ? { ...times } : { ...times, gone: now };
    case 'ready':
      return { ...times, ready: now };
    case 'unready': {
      const { ready: _, ...rest } = times;
      return rest;
    }
    case 'done':
      return { ...times, done: now };
    default:
      return times;
  }
}

/** One event as a line says it. */
export function newsWords(news: StepNews, times: StepTimes, { evicts, check, preCheck }: PodHandling): string {
  const since = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? '' : ` after ${inSeconds(to - from)}`;
  switch (news.what) {
    case 'asking':
      return 'asks whether it may go';
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
  }
}

/** To the tenth where that tells something. */
function inSeconds(milliseconds: number): string {
  return milliseconds < 9_950 ? `${(milliseconds / 1_000).toFixed(1)} s` : humanDuration(milliseconds);
}

function quoted(command: string | undefined): string {
  return `'${command ?? ''}'`;
}

/** `Running 0/1`, `Pending`; undefined where there is no pod. */
export function podWords(pod: Pod | undefined): string | undefined {
  if (pod === undefined) return undefined;
  const { word, ready, containers } = podStatus(pod);
  return word === 'Running' ? `Running ${ready}/${containers}` : word || 'no status';
}

/** What was done and what was not: `2 of 3 pods restarted; not: web-0`. */
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
