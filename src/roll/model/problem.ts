/** The reasons why a roll may not begin: those of its plan, and those around it. */
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import type { NameFault } from './fault.ts';
import type { RollRefusal } from './plan.ts';

export type Problem =
  | { kind: 'plan'; refusal: RollRefusal }
  /** `rights`: as an administrator grants them, such as `create pods/eviction`. */
  | { kind: 'rights missing'; rights: string[]; namespace: string }
  /** The same for the Lease, which a roll can do without. */
  | { kind: 'lease rights missing'; rights: string[]; namespace: string }
  /** The pod template has no container of this name for the checks to run in. */
  | { kind: 'no such container'; container: string }
  /** Another roll of the set is under way, or was left half-way. */
  | { kind: 'other roll'; roll: OtherRoll }
  /** A name that is wrong while its pod is ready will be no better for the next pod. */
  | { kind: 'name wrong'; pod: string; fault: NameFault }
  /** For so many milliseconds, the pods did not say which one leads. */
  | { kind: 'leader unknown'; unknown: UnknownLeader; timeout: number }
  /** Somebody took the Lease between the plan and the beginning. */
  | { kind: 'somebody was faster' };

/** A roll that a Lease tells of. */
export interface OtherRoll {
  /** Undefined where its record cannot be read. */
  id: string | undefined;
  /** Undefined where it was stopped before its end. */
  holder: string | undefined;
}
