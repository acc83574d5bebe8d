/** Puts into words why a rollout is stuck, and what a person can do. */
import { podStatus } from '#src/objects/podstatus.ts';
import { humanDuration } from '#src/objects/time.ts';
import type { Evidence } from '#src/statefulset/failure.ts';
import type { Progress } from '#src/statefulset/rollout.ts';
import type { Stuck, StuckCause } from '#src/statefulset/stuck.ts';
import { listed, shortened } from './sentences.ts';

/** What a person can do stands first, because a narrow terminal cuts the end. */
export function stuckWords(progress: Progress, stuck: Stuck): string {
  const { pod, cause } = stuck;
  switch (cause) {
    case 'broken in the update revision':
    case 'broken in an older revision':
      return brokenWords(progress, stuck);
    case 'strategy not enabled':
      return cannotWords(cause);
    case 'cannot be created':
      // The missing pod's own line has the whole message.
      return `${pod} ${cannotWords(cause)} (FailedCreate)`;
    default:
      return `${pod} ${cannotWords(cause)}`;
  }
}

type CannotCause = Exclude<StuckCause, 'broken in the update revision' | 'broken in an older revision'>;

const cannot: Readonly<Record<CannotCause, string>> = {
  'name taken': 'cannot be created: a pod that the set does not control has its name',
  'identity does not fit': 'has a name that the set does not give: every sync of the controller ends here',
  'claims do not fit':
    'lacks a volume of the claim templates, and the volumes of a pod cannot be changed: the controller does nothing more until somebody deletes it',
  'label too long': 'cannot be created: a label with the name of the set would have more than 63 characters',
  'strategy not enabled': 'the controller does not know the update strategy: a feature gate is off',
  'cannot be created': 'cannot be created',
};

/** What the controller cannot do with a pod, without the pod's name. */
export function cannotWords(cause: StuckCause): string {
  return cause in cannot ? cannot[cause as CannotCause] : cause;
}

function brokenWords(progress: Progress, { pod, cause, evidence, endangered, since }: Stuck): string {
  const object = [...progress.unavailable, ...progress.condemned].find(({ metadata }) => metadata.name === pod);
  const word = object === undefined ? '' : podStatus(object).word;
  const lasts = since === undefined ? '' : ` for ${humanDuration(progress.now - since)}`;
  const state = `${word === 'Running' || word === '' ? 'not ready' : word}${lasts}`;
  const told = evidence.filter((each) => !isSaidTwice(each, evidence)).map(evidenceWords);
  return [cannotGoOn(progress, pod, cause, endangered, state), ...told].filter((each) => each !== '').join('; ');
}

function cannotGoOn(
  progress: Progress,
  pod: string,
  cause: StuckCause,
  endangered: string | undefined,
  state: string,
): string {
  if (endangered !== undefined) {
    const where = cause === 'broken in an older revision' ? ' in an older revision' : '';
    return `save the data of ${pod}: its claim ${endangered} is being deleted and goes with the pod; ${state}${where}`;
  }
  if (progress.condemned.some(({ metadata }) => metadata.name === pod)) {
    return `delete ${pod}: ${state}, and the controller removes no other pod before`;
  }
  if (cause === 'broken in an older revision') {
    return `delete ${pod}: ${state} in an older revision, which the controller never replaces`;
  }
  if (progress.state === 'scaling') return `${pod} is ${state}: the controller makes no other pod before it is ready`;
  return `${pod} is ${state} in the update revision: the update goes no further`;
}

/** Whether other evidence says the same: the pod's condition what the scheduler's event says, its container that it crashes. */
function isSaidTwice(evidence: Evidence, all: readonly Evidence[]): boolean {
  if (evidence.kind !== 'warning') return false;
  if (evidence.reason === 'FailedScheduling') return all.some(({ kind }) => kind === 'unschedulable');
  return evidence.message.startsWith('Back-off restarting') && all.some(({ kind }) => kind === 'container');
}

function evidenceWords(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'container': {
      const { name, exitCode, restarts } = evidence;
      const told = listed(
        exitCode !== undefined && exitCode !== 0 && `exit code ${exitCode}`,
        restarts > 0 && `${restarts} restart${restarts === 1 ? '' : 's'}`,
      );
      return told && `container ${name}: ${told}`;
    }
    case 'warning':
      return `${evidence.reason}: ${shortened(evidence.message)}`;
    case 'unschedulable':
      return shortened(evidence.message);
    case 'node':
      return evidence.state === 'missing'
        ? `its node ${evidence.node} is gone`
        : `its node ${evidence.node} is not ready`;
    case 'finalizers':
      return `held by the finalizers ${evidence.names.join(', ')}`;
  }
}
