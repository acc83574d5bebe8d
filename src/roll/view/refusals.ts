/** Why a roll is not begun, and what to mind in a roll that is. */
import type { Unaskable } from '#src/dns/model/unaskable.ts';
import { unaskableWords } from '#src/dns/view/unaskablewords.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { reachWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import type { Refusal } from '#src/objects/snapshot.ts';
import type { Blocker } from '#src/statefulset/blocker.ts';
import type { VolumeFate } from '#src/statefulset/fate.ts';
import { longestLabel, longestSafeName } from '#src/statefulset/namelimits.ts';
import type { RollRefusal, RollWarning } from '../model/plan.ts';
import type { OtherRoll, Problem } from '../model/problem.ts';
import { nameFaultWords } from './faults.ts';
import { deleteCommand, type Subject } from './nextwords.ts';
import { leaderUnknownWords } from './orderwords.ts';
import { remedyWords } from './remedywords.ts';
import { otherClaimsWords, successorUnknownWords } from './successorwords.ts';

/** The whole line for people. */
export function problemLine(set: Subject, problem: Problem): string {
  return `error: statefulset/${set.name} is not rolled: ${problemWords(set, problem)}`;
}

export function problemWords(set: Subject, problem: Problem): string {
  switch (problem.kind) {
    case 'plan':
      return refusalWords(set, problem.refusal);
    case 'rights missing':
      return rightsWords(problem.rights, problem.namespace);
    case 'lease rights missing':
      return `${rightsWords(problem.rights, problem.namespace)}: with --no-lease it goes without, but then nobody keeps another roll of the set away, and this one cannot be resumed`;
    case 'no such container':
      return `--container ${problem.container}: its pod template has no such container`;
    case 'other roll':
      return otherRollWords(set.name, problem.roll);
    case 'name wrong':
      return `--wait-dns: the name of ${problem.pod} is not right even now: ${nameFaultWords(problem.fault)}`;
    case 'leader unknown':
      return leaderUnknownWords(problem);
    case 'somebody was faster':
      return 'somebody else has just begun a roll of it';
  }
}

/** `no right to create pods/eviction, get leases in namespace shop` */
function rightsWords(rights: readonly string[], namespace: string): string {
  return `no right to ${rights.join(', ')} in namespace ${namespace}`;
}

/** Why no set can be rolled, and the next thing to try. */
export function setsUnseenLine({ verb, resource, message }: Refusal): string {
  return `error: no right to ${verb} ${resource}, without which a roll cannot follow its set: ${message}; ask the cluster's administrator for the role kubectl-sts-roll (docs/rbac/roll.yaml)`;
}

/** Why the cluster's DNS servers cannot be asked. */
export function unaskableDnsLine(unaskable: Unaskable): string {
  return `error: --wait-dns: ${unaskableWords(unaskable)}`;
}

function otherRollWords(set: string, { id, holder }: OtherRoll): string {
  const roll = id === undefined ? 'a roll' : `roll ${id}`;
  const state = holder === undefined ? 'was stopped before its end' : `is under way, or was cut off: held by ${holder}`;
  const next = id === undefined ? 'or' : 'go on with --resume, or';
  return `${roll} of statefulset/${set} ${state}: see it with --status, ${next} forget it with --abort`;
}

export function refusalWords(set: Subject, refusal: RollRefusal): string {
  switch (refusal.kind) {
    case 'controller at work': {
      const { status, detail } = rolloutWords(refusal.rollout);
      return `the controller has work of its own (${listed(status.text, detail)}): ${remedyWords(set, refusal.remedy)}`;
    }
    case 'ordinal outside the set': {
      const { start, end } = refusal.wanted;
      const range = end > start ? `its ordinals are ${start} to ${end - 1}` : 'it wants no pod';
      return `there is no ordinal ${refusal.ordinal}: ${range}`;
    }
    case 'ordered set':
      return `--max-unavailable ${refusal.maxUnavailable} is for Parallel sets: the controller of an OrderedReady set makes one pod at a time`;
    case 'not ready':
      return unreadyWords(set, refusal);
    case 'other claims':
      return otherClaimsWords(set, refusal);
    case 'revision label too long':
      return `${podsWords(refusal.pods)} would not come back: the API server refuses the label controller-revision-hash of the next pod, the set's name and a hash, which is longer than ${longestLabel} characters; with a set's name of up to ${longestSafeName} it always fits`;
    case 'successor unknown':
      return successorUnknownWords(refusal);
    case 'claim is being deleted':
      return `claim ${refusal.claim} of ${refusal.pod} is being deleted: ${endangeredWords(refusal.volumeFate)}`;
    case 'budget never lets go':
      return `PodDisruptionBudget ${refusal.budget} never lets ${podsWords(refusal.pods)} go: it allows no disruption at any time`;
    case 'several budgets':
      return `${refusal.pod} is selected by several PodDisruptionBudgets (${refusal.budgets.join(', ')}): the API server evicts no such pod while it runs`;
    case 'unknown':
      return refusal.refusal === undefined
        ? `the ${refusal.part} were not seen`
        : `no right to ${refusal.refusal.verb} ${refusal.refusal.resource}, without which nothing safe can be done: ${refusal.refusal.message}`;
  }
}

function endangeredWords(fate: VolumeFate | undefined): string {
  switch (fate) {
    case 'deleted':
    case 'scrubbed':
      return 'its data would go with the pod; save it first';
    case 'to be deleted':
      return 'its data would go with the pod if its volume can be deleted; save it first';
    case 'unknown':
      return 'its data may go with the pod, since its volume was not read; save it first';
    case 'released from its object':
      return 'its volume would go with the pod too, though the storage behind it is kept (Retain); save it first';
    case 'kept':
      return 'the claim would go with the pod, which would come back without its data; its volume is kept (Retain)';
    case undefined:
      return 'the claim would go with the pod';
  }
}

/** A pod that something is wrong with does not get ready by waiting. */
function unreadyWords(set: Subject, { pods, first, claimsStay }: Extract<RollRefusal, { kind: 'not ready' }>): string {
  const trouble = pods.find((pod) => pod.trouble);
  const command = deleteCommand(set, (trouble ?? pods[0])?.pod ?? '');
  const next = listed(
    trouble === undefined ? 'wait until it is ready' : 'mend it',
    first === undefined
      ? trouble && claimsStay && `or make it anew: ${command}`
      : `or let it go first: --first ${first}`,
  );
  return `${blockersWords(pods)}: no other pod may go meanwhile: ${next}`;
}

export function podsWords(pods: readonly string[]): string {
  const [first = ''] = pods;
  return pods.length > 3 ? `${first} and ${pods.length - 1} more` : pods.join(', ');
}

export function warningLine(warning: RollWarning): string {
  return `warning: ${warningWords(warning)}`;
}

export function warningWords(warning: RollWarning): string {
  switch (warning.kind) {
    case 'data goes':
      return `what is in ${warning.volumes.join(', ')} goes with each pod (emptyDir or ephemeral)`;
    case 'data left behind':
      return `each new pod begins without the data in ${warning.volumes.join(', ')}, which the old volumes keep (Retain)`;
    case 'owner':
      return `the set is kept by ${warning.owner}, which may have plans of its own for its pods`;
    case 'no way back':
      return `${warning.pod} may not come back: ${reachWords(warning.reach)}`;
    case 'way back unknown': {
      const { verb, resource } = warning.refusal;
      return `whether a node takes each pod back is not known: no right to ${verb} ${resource}`;
    }
    case 'no grace period':
      return 'terminationGracePeriodSeconds is 0: a pod is taken away before its node has ended it, and two of one name may run';
    case 'budgets unknown': {
      const why =
        warning.refusal === undefined ? '' : `: no right to ${warning.refusal.verb} ${warning.refusal.resource}`;
      return `whether a PodDisruptionBudget is in the way is not known${why}`;
    }
  }
}

export function blockersWords(pods: readonly Blocker[]): string {
  const told = pods.slice(0, 3).map(({ pod, word }) => `${pod} is ${word || 'without status'}`);
  return listed(...told, pods.length > 3 && `${pods.length - 3} more are not ready`);
}
