/** Puts into words what helps where the controller is at work, or waits in vain. */
import { listed } from '#src/drawing/sentences.ts';
import { isDataSafe, volumeFateWords } from '#src/drawing/volumefatewords.ts';
import type { GoingClaim } from '#src/statefulset/fate.ts';
import type { Remedy } from '../model/remedy.ts';
import { deleteCommand, describeCommand, type Subject, undoCommand } from './nextwords.ts';

export function remedyWords(set: Subject, remedy: Remedy): string {
  switch (remedy.kind) {
    case 'wait':
      return remedy.troubled === undefined
        ? 'wait until it is done'
        : `wait until it is done, unless ${remedy.troubled} does not get well: ${describeCommand(set, remedy.troubled)}`;
    case 'none':
      return 'there will be no pod to roll';
    case 'look': {
      const [pod] = remedy.pods;
      return `whether it goes on by itself is not known${pod === undefined ? '' : `: ${describeCommand(set, pod)}`}`;
    }
    case 'save data':
      return savingWords(set, remedy);
    case 'delete pod':
      return `${deleteCommand(set, remedy.pod)} (${fateWords(remedy)})`;
    case 'let it end':
      return endingWords(set, remedy);
    case 'free the name': {
      const { pod, owner } = remedy;
      const whose = owner === undefined ? 'belongs to no controller' : `belongs to ${owner}`;
      return `${pod} ${whose}: move it away, or if nobody needs it: ${deleteCommand(set, pod)}`;
    }
    case 'mend the pod':
      return mendingWords(set, remedy);
    case 'mend the cause':
      return 'mend what the API server says';
    case 'rename the set':
      return 'create it under a shorter name';
    case 'change the strategy':
      return 'give it the update strategy RollingUpdate or OnDelete';
  }
}

function fateWords({ comesBack, goes }: Extract<Remedy, { kind: 'delete pod' }>): string {
  return [comesBack ? 'it comes back in another revision' : 'it does not come back', ...lossWords(goes)].join('; ');
}

/** What would go with the pod. */
function lossWords(goes: readonly GoingClaim[] | undefined): string[] {
  if (goes === undefined) return ['whether a claim would go with it is not known'];
  return goes.map(({ claim, volumeFate }) => listed(`${claim} would be deleted with it`, volumeFateWords(volumeFate)));
}

function savingWords(set: Subject, { pod, volumeFate }: Extract<Remedy, { kind: 'save data' }>): string {
  const command = deleteCommand(set, pod);
  if (!isDataSafe(volumeFate)) return `save its data, and only then: ${command}`;
  if (volumeFate === undefined) return command;
  return `its volume keeps its data (Retain); if it may come back without it: ${command}`;
}

function endingWords(set: Subject, { pod, finalizers, node }: Extract<Remedy, { kind: 'let it end' }>): string {
  if (finalizers.length > 0) {
    return `${pod} is being deleted already: the controllers of its finalizers (${finalizers.join(', ')}) have to let it go`;
  }
  const where = node === undefined ? 'anywhere' : `on node ${node}`;
  return `${pod} is being deleted already: once you are sure that it runs no longer ${where}: ${deleteCommand(set, pod)} --force`;
}

function mendingWords(set: Subject, { pod, undo, remains, goes }: Extract<Remedy, { kind: 'mend the pod' }>): string {
  const template = `mend the pod template${undo ? `, or go back: ${undoCommand(set)}` : ''}`;
  const loss = lossWords(goes).map((words) => ` (${words})`);
  const then = `; then ${deleteCommand(set, pod)}${loss.join('')}, since the controller does not replace a broken pod`;
  return `see why ${pod} is not ready (${describeCommand(set, pod)}); if its revision is broken, ${template}${remains ? then : ''}`;
}
