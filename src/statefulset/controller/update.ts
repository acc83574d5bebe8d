/**
 * Which pods of a rolling update go now. At this point no pod is missing, and in an ordered set all are available.
 * Source: the end of `updateStatefulSet`, and `updateStatefulSetAfterInvariantEstablished`, stateful_set_control.go.
 */
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { Act, Outcome, Wait } from './acts.ts';
import { isAvailable, isTerminating, isUnavailable, revisionOf, unavailability } from './pods.ts';
import { existingPod, type Replica, type SyncContext } from './replicas.ts';
import { firstUpdated } from './revisions.ts';

/** @param acts what the sync has done before: it may have created pods, which are not available yet */
export function updatePods(context: SyncContext, replicas: readonly Replica[], acts: readonly Act[]): Outcome {
  const { controller, ordered } = context;
  if (!controller.gates.maxUnavailable) return oneByOne(context, replicas);
  const chosen =
    ordered || controller.minor < 37 ? withinBudget(context, replicas) : unavailableFirst(context, replicas);
  return { acts: deletions(chosen), waits: waitsOf(context, replicas, [...acts, ...deletions(chosen)]) };
}

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

/** The highest outdated pods, as many as may be unavailable besides those that are. */
function withinBudget(context: SyncContext, replicas: readonly Replica[]): Pod[] {
  const budget = mostUnavailable(context.set) - unavailableCount(context, replicas);
  return outdatedOf(context, replicas).slice(0, Math.max(budget, 0));
}

/** Since 1.37, for Parallel sets: all outdated pods that are unavailable, then as many available ones as may go. */
function unavailableFirst(context: SyncContext, replicas: readonly Replica[]): Pod[] {
  const budget = mostUnavailable(context.set) - unavailableCount(context, replicas);
  const outdated = outdatedOf(context, replicas);
  const available = outdated.filter((pod) => isAvailable(context, pod));
  return [...outdated.filter((pod) => !available.includes(pod)), ...available.slice(0, Math.max(budget, 0))];
}

/**
 * Where more pods are to be replaced than go now, the controller waits for the unavailable ones that stay, unless so many
 * others are unavailable that these would not help.
 */
function waitsOf(context: SyncContext, replicas: readonly Replica[], acts: readonly Act[]): Wait[] {
  const going = new Set(acts.flatMap((act) => (act.act === 'delete pod' ? act.pod : [])));
  if (outdatedOf(context, replicas).every(({ metadata }) => going.has(metadata.name))) return [];
  const staying = replicas
    .flatMap(existingPod)
    .filter((pod) => isUnavailable(context, pod) && !isTerminating(pod) && !going.has(pod.metadata.name));
  const helps = unavailableCount(context, replicas) - staying.length < mostUnavailable(context.set);
  return helps ? staying.map((pod) => unavailability(context, pod)) : [];
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
