/** Puts into words how far a rollout is, what the controller does next, and what a set or a pod waits for. */
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Controller } from '#src/statefulset/controller/acts.ts';
import { isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import type { PodAct, Progress, Rollout } from '#src/statefulset/rollout.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import { longWait, type Waiting } from '#src/statefulset/waiting.ts';
import { absence, type Cell } from './cells.ts';
import { listed, named } from './sentences.ts';
import { stuckWords } from './stuckwords.ts';

export interface RolloutWords {
  status: Cell;
  /** The reason for the status, or what is left to do; may be empty. */
  detail: string;
}

export function rolloutWords(rollout: Rollout): RolloutWords {
  switch (rollout.state) {
    case 'no status':
      return { status: absence('not given'), detail: '' };
    case 'deleting':
      return warning('Terminating', 'the set is being deleted');
    case 'unseen':
      return warning('Pending', 'the controller has not seen the latest change');
    default:
      return progressWords(rollout);
  }
}

function progressWords(progress: Progress): RolloutWords {
  const { judgement } = progress;
  if (judgement.kind === 'stuck') return stuck(progress, judgement.stuck);
  const { heldBack, updated, target, wanted } = progress;
  switch (progress.state) {
    case 'scaling':
      return warning('Scaling', outlookWords(progress, scalingWords(progress)));
    case 'updating':
      return warning('Updating', outlookWords(progress, `${updated} of ${target} updated`));
    case 'waits for deletion': {
      const counts = `${updated} of ${wanted} updated`;
      return warning('Outdated', listed(unavailableWords(progress), counts, 'OnDelete waits for pods to be deleted'));
    }
    case 'not ready':
      return warning('NotReady', listed(nextWords(progress.next), unavailableWords(progress), unreadWords(progress)));
    case 'done': {
      const detail = heldBack > 0 ? `${heldBack} held back by the partition` : '';
      return { status: { text: 'Updated', tone: 'good' }, detail };
    }
  }
}

function warning(text: string, detail: string): RolloutWords {
  return { status: { text, tone: 'warning' }, detail };
}

function stuck(progress: Progress, reason: Stuck): RolloutWords {
  return { status: { text: 'Stuck', tone: 'bad' }, detail: stuckWords(progress, reason) };
}

function scalingWords({ pods, wanted }: Progress): string {
  const are = pods === 1 ? '1 pod is' : `${pods} pods are`;
  return pods < wanted ? `${pods} of ${wanted} pods are there` : `${are} there, ${wanted} wanted`;
}

/** What the controller does next, or else for which pod it waits; then how far it is. */
function outlookWords(progress: Progress, counts: string): string {
  const { next, waitsFor, otherwise } = progress;
  const [first] = waitsFor;
  const words = nextWords(next) || (first && waitsWords(first)) || '';
  if (otherwise !== undefined) {
    const other = nextWords(otherwise.next) || otherwise.waitsFor.slice(0, 1).map(waitsWords)[0];
    if (other !== words) {
      return `${listed(words || 'waits for nothing', counts)}; ${controllerWords(otherwise.controller)}: ${other || 'nothing'}`;
    }
  }
  return listed(words, unreadWords(progress), counts);
}

export function controllerWords({ minor, gates }: Controller): string {
  return `a controller ${gates.maxUnavailable ? `of Kubernetes 1.${minor}` : 'without the feature gate MaxUnavailableStatefulSet'}`;
}

/** `why is not known without events`; false where all was read that would tell it. */
function unreadWords({ judgement }: Progress): string | false {
  const unread = judgement.kind === 'undetermined' ? judgement.missing.filter((part) => part !== 'pods') : [];
  return unread.length > 0 && `why is not known without ${unread.join(' and ')}`;
}

/** `next: deletes web-1 for the update`; empty if the controller does nothing with pods */
export function nextWords(next: readonly PodAct[]): string {
  const groups = Map.groupBy(next, actWords);
  const told = [...groups].map(([[verb, reason], acts]) => `${verb} ${named(acts.map(({ pod }) => pod))}${reason}`);
  return told.length > 0 ? `next: ${told.join(', ')}` : '';
}

type Words = readonly [verb: string, reason: string];

const creates: Words = ['creates', ''];
const updates: Words = ['updates the labels of', ''];
const adopts: Words = ['adopts', ''];
const releases: Words = ['releases', ''];
const deletes: Readonly<Record<Extract<PodAct, { act: 'delete pod' }>['why'], Words>> = {
  update: ['deletes', ' for the update'],
  'scale-down': ['deletes', ' to scale down'],
  ended: ['deletes', ' (ended)'],
  recreate: ['deletes', ' to recreate all'],
};

/** The same words for acts that are told together. */
function actWords(act: PodAct): Words {
  switch (act.act) {
    case 'create pod':
      return creates;
    case 'delete pod':
      return deletes[act.why];
    case 'update pod':
      return updates;
    case 'adopt':
      return adopts;
    case 'release':
      return releases;
  }
}

/** `waits for web-2 (ContainerCreating for 3d)`, `waits for web-0 to be available for 40s more` */
export function waitsWords({ pod: name, why, object, outdated, lasted, rest }: Waiting): string {
  switch (why.kind) {
    case 'not available':
      return `waits for ${name} to be available${rest === undefined ? '' : ` for ${humanDuration(Math.max(rest, 1_000))} more`}`;
    case 'claim is stale':
      return `waits until the claim ${why.claim} of an earlier ${name} is gone`;
    case 'claim is being deleted':
      return `waits until the claim ${why.claim}, which is being deleted, is gone`;
    case 'name taken':
      return `waits until another pod of the name ${name} is gone`;
    case 'terminating':
      return `waits for ${name} (Terminating${longWords(lasted)})`;
    case 'not ready': {
      const word = object && podWord(podStatus(object).word);
      const long = longWords(lasted);
      const older = outdated && long ? ' in an older revision, where a mended template alone does not help' : '';
      return `waits for ${name}${word ? ` (${word}${long}${older})` : ''}`;
    }
  }
}

function longWords(lasted: number | undefined): string {
  return lasted !== undefined && lasted >= longWait ? ` for ${humanDuration(lasted)}` : '';
}

/** kubectl's word for the pod's state, or what it means here. */
function podWord(word: string): string {
  return word === 'Running' ? 'not ready' : word;
}

/** The first pod that is not available. */
function unavailableWords(progress: Progress): string | undefined {
  const [pod] = progress.unavailable;
  if (pod === undefined) return undefined;
  const { name } = pod.metadata;
  const waiting = progress.waitsFor.find((each) => each.pod === name);
  if (waiting?.why.kind === 'not available') return waitsWords(waiting);
  const { word } = podStatus(pod);
  return `${name} is ${isReady(pod) && !isTerminating(pod) ? 'not available yet' : podWord(word) || 'without status'}`;
}
