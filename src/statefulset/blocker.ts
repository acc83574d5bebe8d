/** A pod that is not ready, described in kubectl's words. */
import { isTrouble, podStatus, unscheduledMessage } from '#src/objects/podstatus.ts';
import type { Pod } from '#src/objects/types.ts';
import { isEnded } from './controller/pods.ts';

export interface Blocker {
  pod: string;
  /** kubectl's word for its state; `not ready` if it is Running; empty if it has no status. */
  word: string;
  /** Whether something is wrong with the pod that time alone does not mend. */
  trouble: boolean;
}

export function blockerOf(pod: Pod): Blocker {
  const { word } = podStatus(pod);
  return {
    pod: pod.metadata.name,
    word: word === 'Running' ? 'not ready' : word,
    trouble: unscheduledMessage(pod) !== undefined || (isTrouble(word) && !isEnded(pod)),
  };
}
