/** What a check of a pod found wrong. */
import type { WhyUndetermined } from '#src/dns/model/clusterdomain.ts';
import type { JudgedName } from '#src/dns/model/verdicts.ts';
import type { PodAnswer } from '#src/statefulset/leadership.ts';

/** Why a command did not succeed in a pod within its time. */
export interface CommandFault {
  /** How the last try ended. */
  last: PodAnswer;
  /** Milliseconds for which it was tried. */
  timeout: number;
}

/** Why a pod's name in DNS does not lead to the pod. */
export type NameFault =
  | { kind: 'no name' }
  /** Nobody can be asked for the name. */
  | { kind: 'domain undetermined'; why: WhyUndetermined }
  | { kind: 'judged'; name: JudgedName; serviceName: string | undefined }
  /** The names or the DNS servers could not be asked. */
  | { kind: 'not asked'; message: string };
