/** Puts into words why a rollout is stuck, and what a person can do. */
import { isOfKind, ownerName, setKind } from '#src/objects/owners.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Evidence } from '#src/statefulset/failure.ts';
import { setNameOf } from '#src/statefulset/identity.ts';
import { longestLabel, longestSafeName } from '#src/statefulset/namelimits.ts';
import type { Progress } from '#src/statefulset/rollout.ts';
import { isOnLostNode, type Stuck, type StuckCause } from '#src/statefulset/stuck.ts';
import { schedulerWords } from './schedulingwords.ts';
import { inOneLine, listed, named, shortened } from './sentences.ts';
import { isDataSafe, volumeFateWords } from './volumefatewords.ts';

/** What a person can do stands first, because a narrow terminal cuts the end. */
export function stuckWords(progress: Progress, stuck: Stuck): string {
  const { pod, cause, evidence } = stuck;
  switch (cause) {
    case 'broken in the update revision':
    case 'broken in an older revision':
      return brokenWords(progress, stuck);
    case 'does not end':
      return savedFirst(stuck, endlessWords(progress, stuck));
    case 'claims do not fit':
      return savedFirst(stuck, misfitWords(stuck));
    case 'strategy not enabled':
      return cannotWords(stuck);
    case 'cannot be created':
      return `${pod} ${cannotWords(stuck)}${lasts(progress, stuck)}: ${evidence.map(refusalWords).join('; ')}`;
    default:
      return `${pod} ${cannotWords(stuck)}`;
  }
}

type CannotCause = Extract<
  StuckCause,
  'identity does not fit' | 'claims do not fit' | 'label too long' | 'strategy not enabled' | 'cannot be created'
>;

const cannot: Readonly<Record<CannotCause, string>> = {
  'identity does not fit': 'has a name that the set does not give: every sync of the controller ends here',
  'claims do not fit': 'has no volume for a claim template',
  'label too long': `cannot be created: a label with the name of the set would have more than ${longestLabel} characters; names of up to ${longestSafeName} always fit`,
  'strategy not enabled': 'the controller does not know the update strategy: a feature gate is off',
  'cannot be created': 'cannot be created',
};

/** What the controller cannot do with a pod, without the pod's name. */
export function cannotWords({ pod, cause, evidence }: Stuck): string {
  if (cause === 'name taken') return `cannot be created: ${holderWords(pod, evidence)} has its name`;
  return cause in cannot ? cannot[cause as CannotCause] : cause;
}

function holderWords(pod: string, evidence: readonly Evidence[]): string {
  const holder = evidence.find((each) => each.kind === 'holder');
  if (holder === undefined) return 'a pod that the set does not control';
  const { controller } = holder;
  if (controller === undefined) return 'a pod that nobody controls';
  const isNamesake = isOfKind(controller, setKind) && controller.name === setNameOf(pod);
  return `a pod of ${isNamesake ? 'an earlier ' : ''}${ownerName(controller)}`;
}

function refusalWords(evidence: Evidence): string {
  return evidence.kind === 'warning' ? shortened(refusalCause(evidence.message)) : '';
}

const preamble = /^create Pod .* failed error: (pods "[^"]*" is forbidden: )?/i;

/** `create Pod web-1 in StatefulSet web failed error: pods "web-1" is forbidden: exceeded quota: …`, from its cause on. */
export function refusalCause(message: string): string {
  return inOneLine(message).replace(preamble, '');
}

/** A pod's volumes cannot be changed. */
function misfitWords({ pod, lacks, former, others }: Stuck): string {
  const templates = `claim template${lacks.length > 1 ? 's' : ''} ${named(lacks)}`;
  const loses = former.length > 0 ? `, and would come back without ${named(former)}` : '';
  const then = others.length > 0 ? `, then ${named(others)}` : '';
  return `${pod} has no volume for ${templates}${loses}: the controller does nothing until it is deleted by hand${then}`;
}

/** A claim that is being deleted goes with its pod. Its data need not be saved where the volume keeps it. */
function savedFirst({ pod, endangered }: Stuck, words: string): string {
  if (endangered === undefined) return words;
  const { claim, volumeFate } = endangered;
  const goes = listed(`its claim ${claim} is being deleted and goes with the pod`, volumeFateWords(volumeFate));
  return `${isDataSafe(volumeFate) ? '' : 'save the data of '}${pod}: ${goes}; ${words}`;
}

/** The pod and its state, the evidence, and what follows from it. */
function brokenWords(progress: Progress, stuck: Stuck): string {
  const { pod, cause, endangered, kept, lacks } = stuck;
  const state = `${stateWord(progress, stuck)}${lasts(progress, stuck)}`;
  const isOlder = cause === 'broken in an older revision' && !kept;
  const older = 'it is in an older revision, where a mended template alone does not help';
  if (endangered !== undefined) return savedFirst(stuck, told(state, stuck, isOlder ? older : ''));
  const loss = lossWords(stuck);
  const mayGo = loss === undefined && !stuck.mayRecover && !isOnLostNode(stuck);
  const deleted = `${mayGo ? 'delete ' : ''}${pod}: ${state}`;
  if (progress.condemned.some(({ metadata }) => metadata.name === pod)) {
    const either = named(progress.waitsFor.map((each) => each.pod)).replace(' and ', ' or ');
    return told(deleted, stuck, `it is no longer wanted, and no other pod goes until ${either} is ready`, loss);
  }
  // Its successor would begin on an empty volume: whether that is right, only a person knows.
  if (isOlder && lacks.length > 0) return told(`${pod}: ${state}`, stuck, older, misfitWords(stuck), loss);
  if (isOlder) return told(deleted, stuck, older, loss);
  if (stuck.comesBackIn !== undefined)
    return told(deleted, stuck, 'the partition gives its successor an older revision', loss);
  return told(`${pod}: ${state}`, stuck, consequence(progress, stuck));
}

/** What does not happen as long as the pod is broken, in the revision that its successor would have too. */
function consequence({ state, updated, target }: Progress, { kept }: Stuck): string | undefined {
  switch (state) {
    case 'scaling':
      return 'no other pod comes or goes until it is ready';
    case 'not ready':
      return kept ? 'it is in a revision that the partition keeps' : undefined;
    case 'waits for deletion':
      return 'it is in the update revision, as is each pod that is deleted now';
    default: {
      const revision = kept ? 'a revision that the partition keeps' : 'the update revision';
      return `it is in ${revision}, and the update goes no further: ${updated} of ${target} updated`;
    }
  }
}

/** What the pod's deletion would lose; undefined where that is nothing. */
function lossWords({ goes }: Stuck): string | undefined {
  if (goes === undefined) return 'whether a claim of the pod would go with it is not known';
  return goes.length > 0 ? `${named(goes.map(({ claim }) => claim))} would be deleted with it` : undefined;
}

function endlessWords(progress: Progress, stuck: Stuck): string {
  const what = progress.state === 'not ready' ? 'it gets no successor' : 'no other pod comes or goes';
  return told(`${stuck.pod}: Terminating${lasts(progress, stuck)}`, stuck, `${what} ${goneWords(stuck)}`);
}

/** Nobody is told to delete the Node: Kubernetes would then delete a pod that may still write to its volume. */
function goneWords({ evidence }: Stuck): string {
  const node = evidence.find(({ kind }) => kind === 'node');
  return node?.kind === 'node' && node.state === 'not ready' && !node.outOfService
    ? 'until the node is back or known to be off'
    : 'until it is gone';
}

function told(state: string, { evidence }: Stuck, ...ends: (string | undefined)[]): string {
  const words = evidence.filter((each) => !isSaidTwice(each, evidence)).map(evidenceWords);
  return [state, ...words, ...ends].filter(Boolean).join('; ');
}

function stateWord({ unavailable, condemned }: Progress, { pod }: Stuck): string {
  const object = [...unavailable, ...condemned].find(({ metadata }) => metadata.name === pod);
  const word = object === undefined ? '' : podStatus(object).word;
  return word === 'Running' || word === '' ? 'not ready' : word;
}

/** ` for 20m` */
function lasts({ now }: Progress, { since }: Stuck): string {
  return since === undefined ? '' : ` for ${humanDuration(now - since)}`;
}

/** Whether other evidence says the same: the pod's condition, or its container. */
function isSaidTwice(evidence: Evidence, all: readonly Evidence[]): boolean {
  if (evidence.kind !== 'warning') return false;
  if (evidence.reason === 'FailedScheduling') return all.some(({ kind }) => kind === 'unschedulable');
  const isKnown = /^(Back-off (restarting|pulling)|Error: (ImagePullBackOff|ErrImagePull)$)/.test(evidence.message);
  return isKnown && all.some(({ kind }) => kind === 'container');
}

/** Empty where the words for the cause say it. */
function evidenceWords(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'container': {
      const { name, exitCode, restarts, message } = evidence;
      const told = listed(
        exitCode !== undefined && exitCode !== 0 && `exit code ${exitCode}`,
        restarts > 0 && `${restarts} restart${restarts === 1 ? '' : 's'}`,
        message && shortened(message),
      );
      return told && `container ${name}: ${told}`;
    }
    case 'warning':
      return `${evidence.reason}: ${shortened(evidence.message)}`;
    case 'unschedulable':
      return schedulerWords(evidence.message);
    case 'node':
      if (evidence.state === 'missing') return `its node ${evidence.node} is gone`;
      return evidence.outOfService
        ? `its node ${evidence.node} is out of service`
        : `its node ${evidence.node} is not ready`;
    case 'finalizers':
      return `held by the finalizers ${evidence.names.join(', ')}`;
    case 'holder':
      return '';
  }
}
