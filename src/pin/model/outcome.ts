/** What became of a Service that was to be pinned or unpinned. */
import type { Service } from '#src/objects/types.ts';
import { patched } from './patch.ts';
import type { PinPlan, PlannedPin } from './plan.ts';
import type { RestorePlan, UnpinPlan } from './restoreplan.ts';

/** kubectl's `--dry-run`. */
export type DryRun = 'none' | 'client' | 'server';

export type PinOutcome = Pinned | Exclude<PinPlan, PlannedPin> | NotWritten;

export interface Pinned {
  kind: 'pinned';
  plan: PlannedPin;
  /** The Service after the write; in a dry run as it would be. */
  service: Service;
  /** Undefined where nobody waited for the endpoints. */
  wait: EndpointWait | undefined;
}

/** How the wait for the endpoints ended; `seconds` count from the write. */
export type EndpointWait =
  /** They name the pod alone; `before` is how many they named before the write. */
  | { kind: 'followed'; before: number; seconds: number }
  /** They name these pods and addresses. */
  | { kind: 'timed out' | 'interrupted'; names: string[]; seconds: number }
  /** They could not be read. */
  | { kind: 'unseen'; message: string };

export type UnpinOutcome = Unpinned | Exclude<UnpinPlan, RestorePlan> | NotWritten;

export interface Unpinned {
  kind: 'unpinned';
  plan: RestorePlan;
  /** The Service after the writes; in a dry run as it would be. */
  service: Service;
  leftover: Leftover | undefined;
}

/** The selector is restored, but the second write failed: the writer of the pin still owns the selector. */
interface Leftover {
  /** Whether the annotation is still there too, so that unpin can be run again. */
  annotation: boolean;
  fieldManager: string;
  /** Why the write failed. */
  message: string;
}

export type NotWritten =
  /** The API server refused; `message` is kubectl's sentence for that. */
  | { kind: 'failed'; service: Service; message: string; isForbidden: boolean }
  /** Somebody else changed the selector or the annotation at the same time: `service` is how they left it. */
  | { kind: 'overtaken'; service: Service };

/** What would become of a Service, when only the plan is wanted. */
export function plannedPin(plan: PinPlan): PinOutcome {
  if (plan.kind !== 'pin') return plan;
  return { kind: 'pinned', plan, service: patched(plan.service, plan.patch), wait: undefined };
}

export function plannedUnpin(plan: UnpinPlan): UnpinOutcome {
  if (plan.kind !== 'restore') return plan;
  return { kind: 'unpinned', plan, service: patched(plan.service, plan.patch), leftover: undefined };
}
