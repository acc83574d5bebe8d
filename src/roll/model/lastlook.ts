/** What a roll that has stopped tells of its set: the diagnosis, with the pods first at which it has stopped. */
import { actionsFor, changesTemplate } from '#src/status/model/actions.ts';
import type { Cause } from '#src/status/model/causes.ts';
import type { Diagnosis } from '#src/status/model/diagnosis.ts';
import { isUnderWay, type RollState, type Stop } from './state.ts';

/** `unread`: why nothing could be read. */
export type LastLook = { diagnosis: Diagnosis } | { unread: string };

/**
 * The causes that concern the pods of the stop come first. Pods that OnDelete leaves in an older revision are left out: the
 * roll itself is what restarts them, and another one is refused while its Lease is there.
 */
export function concerning(diagnosis: Diagnosis, stop: Stop, steps: RollState['steps']): Diagnosis {
  const pods = new Set(podsOf(stop, steps));
  const causes = diagnosis.causes.filter(({ what }) => what.kind !== 'outdated');
  const isConcerned = (cause: Cause) => namesIn(cause).some((pod) => pods.has(pod));
  return { ...diagnosis, causes: [...causes.filter(isConcerned), ...causes.filter((cause) => !isConcerned(cause))] };
}

function podsOf({ pod, reason }: Stop, steps: RollState['steps']): string[] {
  if (pod !== undefined) return [pod];
  const blockers = reason.kind === 'others not ready' ? reason.pods : steps.filter(isUnderWay);
  return blockers.map((each) => each.pod);
}

function namesIn({ pod, what }: Cause): readonly string[] {
  if (what.kind === 'budget') return what.pods;
  return pod === undefined ? [] : [pod];
}

/** Whether something that the diagnosis suggests changes the set, whose roll can then not be resumed. */
export function suggestsAnotherTemplate({ causes, topology }: Diagnosis): boolean {
  return causes.some((cause) => actionsFor(cause, topology).some(changesTemplate));
}
