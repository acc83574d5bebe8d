/**
 * Which pods of a rolling update go now. At this point no pod is missing, and in an ordered set all are available.
 * Source: the end of `updateStatefulSet`, and `updateStatefulSetAfterInvariantEstablished`, stateful_set_control.go.
 */
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { Act, Controller, Outcome, Wait } from './acts.ts';
import { isAvailable, isTerminating, isUnavailable, revisionOf, unavailability } from './pods.ts';
import { existingPod, type Replica, type SyncContext } from './replicas.ts';
import { firstUpdated } from './revisions.ts';

/** @param acts what the sync has done before: it may have created pods, which are not available yet */
export function updatePods(
  context: SyncContext,
  controller: Controller,
  replicas: readonly Replica[],
  acts: readonly Act[],
): Outcome {
  if (!controller.gates.maxUnavailable) return oneByOne(context, replicas);
  const budgeted = { ...context, minor: controller.minor };
  const chosen = withinBudget(budgeted, replicas, []);
  return { acts: deletions(chosen), waits: waitsOf(budgeted, replicas, [...acts, ...deletions(chosen)]) };
}

/** Whether an update has nothing to do and nothing to wait for, whatever the controller. To ask each one takes longer. */
export function isSettled(context: SyncContext, replicas: readonly Replica[]): boolean {
  return replicas.every(({ pod }) => pod && !isOutdated(context, pod) && !isUnavailable(context, pod));
}

/** With the version of the controller, on which the choice depends. */
type Budgeted = SyncContext & Pick<Controller, 'minor'>;

function deletions(pods: readonly Pod[]): Act[] {
  return pods.map((pod) => ({ act: 'delete pod', pod: pod.metadata.name, why: 'update' }));
}

/** Without the gate: the highest outdated pod, once all pods above it are available. */
function oneByOne(context: SyncContext, replicas: readonly Replica[]): Outcome {
  for (const replica of targetsOf(context, replicas)) {
    const { pod } = replica;
    // It was created a moment ago.
    if (pod === undefined) return {};
    if (isOutdated(context, pod) && !isTerminating(pod)) return { acts: deletions([pod]) };
    if (isUnavailable(context, pod)) return { waits: [unavailability(context, pod)] };
  }
  return {};
}

/**
 * With the gate: the highest outdated pods, as many as may be unavailable besides those that are. Since 1.37, all outdated
 * pods of a Parallel set that are unavailable, and then as many available ones.
 *
 * @param eased unavailable pods that are counted as available
 */
function withinBudget(context: Budgeted, replicas: readonly Replica[], eased: readonly Pod[]): Pod[] {
  const { set, ordered, minor } = context;
  const budget = Math.max(mostUnavailable(set) - (unavailableCount(context, replicas) - eased.length), 0);
  const outdated = outdatedOf(context, replicas);
  if (ordered || minor < 37) return outdated.slice(0, budget);
  const available = outdated.filter((pod) => isAvailable(context, pod) || eased.includes(pod));
  return [...outdated.filter((pod) => !available.includes(pod)), ...available.slice(0, budget)];
}

/** The controller waits for the unavailable pods that stay, if more pods would go once these are available. */
function waitsOf(context: Budgeted, replicas: readonly Replica[], acts: readonly Act[]): Wait[] {
  const going = new Set(acts.flatMap((act) => (act.act === 'delete pod' ? act.pod : [])));
  const staying = replicas
    .flatMap(existingPod)
    .filter((pod) => isUnavailable(context, pod) && !isTerminating(pod) && !going.has(pod.metadata.name));
  const more = withinBudget(context, replicas, staying).filter(({ metadata }) => !going.has(metadata.name));
  return more.length > 0 ? staying.map((pod) => unavailability(context, pod)) : [];
}

/** The pods of the update that are to be replaced, the highest first. */
function outdatedOf(context: SyncContext, replicas: readonly Replica[]): Pod[] {
  return targetsOf(context, replicas)
    .flatMap(existingPod)
    .filter((pod) => isOutdated(context, pod) && !isTerminating(pod));
}

/** From the highest ordinal down to the partition. */
function targetsOf({ set }: SyncContext, replicas: readonly Replica[]): Replica[] {
  const from = firstUpdated(set);
  return replicas.filter(({ ordinal }) => ordinal >= from).toReversed();
}

/** Whether the pod has an older revision. A pod without the label does. */
function isOutdated({ set }: SyncContext, pod: Pod): boolean {
  return revisionOf(pod) !== set.status?.updateRevision;
}

/** With pods that were created a moment ago. */
function unavailableCount(context: SyncContext, replicas: readonly Replica[]): number {
  return replicas.filter(({ pod }) => pod === undefined || isUnavailable(context, pod)).length;
}

/**
 * How many pods may be unavailable in a rolling update: a number, or a share of the replicas rounded down, at least 1.
 * Source: `getStatefulSetMaxUnavailable`, stateful_set_utils.go.
 */
function mostUnavailable({ spec }: StatefulSet): number {
  const wished = spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  const text = String(wished);
  const count = text.endsWith('%')
    ? Math.floor((Number(text.slice(0, -1)) * (spec?.replicas ?? 1)) / 100)
    : Number(text);
  return count >= 1 ? count : 1;
}
