/** Puts into words how pods would come back otherwise than they are, and what a person can do. */
import { counted } from '#src/drawing/sentences.ts';
import type { ClaimChange } from '#src/statefulset/controller/successor.ts';
import type { OtherClaims, SuccessorRefusal } from '../model/successors.ts';
import { deleteCommand, type Subject } from './nextwords.ts';

/** So many changes of a pod are told. */
const mostTold = 2;

export function otherClaimsWords(
  set: Subject,
  { pods, wedge }: Extract<SuccessorRefusal, { kind: 'other claims' }>,
): string {
  const [first] = pods;
  if (first === undefined) return '';
  const { pod, changes, stay, go } = first;
  const told = changes.slice(0, mostTold).map((change) => changeWords(pod, change));
  return [
    pods.length > 1 && `${counted(pods.length, 'pod')} would not come back as they are`,
    ...(told.length > 0 ? told : [`${pod} is none of the pods that the set makes now`]),
    changes.length > mostTold && counted(changes.length - mostTold, 'more change'),
    wedge &&
      `until ${wedge.pod} is deleted by hand, the controller makes no pod ${wedge.isLowest ? 'at all' : 'above it'}`,
    stay.length > 0 && `${stay.join(', ')} ${stay.length > 1 ? 'stay' : 'stays'}`,
    go.length > 0 && `${go.join(', ')} would go with the pod`,
    helpWords(set, first, wedge?.pod),
  ]
    .filter(Boolean)
    .join('; ');
}

function changeWords(pod: string, change: ClaimChange): string {
  const { claim } = change;
  switch (change.kind) {
    case 'claim missing':
      return change.instead === undefined
        ? `${pod} is on ${claim}, which the set no longer gives it: it would come back without that volume`
        : `${pod} is on ${claim}, and the set now gives it ${change.instead}: it would come back on that volume, without its data`;
    case 'claim added':
      return `${pod} has no volume for ${claim}, which the set now gives it`;
    case 'mount missing':
      return `container ${change.container} of ${pod} has ${claim} at ${change.path}, and would not find the same there again`;
  }
}

/** @param wedge the pod that has to go first */
function helpWords(set: Subject, { pod, changes }: OtherClaims, wedge: string | undefined): string {
  const command = deleteCommand(set, wedge ?? pod);
  const isOfTemplates = changes.some((change) => change.kind === 'claim missing' && change.ofTemplate);
  const isOfPods = changes.some(({ kind }) => kind !== 'claim added');
  const inTurn = wedge === undefined ? '' : ', then the next one up';
  if (isOfTemplates) {
    return `to keep the data, delete the set with --cascade=orphan and create it with its former claim templates; to go on without it: ${command}${inTurn}`;
  }
  if (isOfPods) return `mend the pod template, or if it is meant so: ${command}${inTurn}`;
  return `if it is meant so: ${command}${inTurn}`;
}

export function successorUnknownWords({
  pods,
  revision,
  refusal,
}: Extract<SuccessorRefusal, { kind: 'successor unknown' }>): string {
  const which = pods.length > 3 ? `${pods[0]} and ${pods.length - 1} more` : pods.join(', ');
  const why =
    refusal === undefined
      ? 'which was not found'
      : `no right to ${refusal.verb} ${refusal.resource}: ${refusal.message}`;
  return `with which claims ${which} would come back is not known: the partition keeps ${pods.length > 1 ? 'them' : 'it'} in revision ${revision}, ${why}`;
}
