/**
 * What the API server answers to the eviction of a pod, by the PodDisruptionBudgets of the pod's namespace.
 *
 * Source: `Create` and `checkAndDecrement`, pkg/registry/core/pod/storage/eviction.go; how a budget counts:
 * pkg/controller/disruption/disruption.go. Kubernetes 1.34 to 1.37 decide alike.
 */
import { isOver } from './budget.ts';
import { holds } from './conditions.ts';
import type { Budget, Pod } from './types.ts';

export type EvictionAnswer =
  | { kind: 'admitted' }
  /**
   * The budget forbids the eviction for now. `not observed`: its controller has not seen its newest change; `spent`: it
   * allows no disruption (both HTTP 429). `miscounted`: its counts cannot be right, which its controller mends (403).
   */
  | { kind: 'wait'; budget: string; why: 'not observed' | 'spent' | 'miscounted' }
  /** The pod is selected by more than one budget (500), whatever they say. */
  | { kind: 'several budgets'; budgets: string[] }
  /** The budget forbids the eviction, and will always do so: it demands as many healthy pods as there are. */
  | { kind: 'never'; budget: string };

/** Why pods cannot be evicted, now or later. */
export type BudgetRefusal =
  | { kind: 'budget never lets go'; budget: string; pods: string[] }
  | { kind: 'several budgets'; pod: string; budgets: string[] };

/**
 * The refusals for the pods as they are now. A pod that is ready now is still ready when its turn comes, and only the
 * first pods of a roll may be unready.
 *
 * @param chosen in the order in which they are to go
 * @param pods all that were seen of the namespace: they may be more than a budget has counted
 */
export function budgetRefusals(
  budgets: readonly Budget[],
  chosen: readonly Pod[],
  pods: readonly Pod[],
): BudgetRefusal[] {
  const several: BudgetRefusal[] = [];
  const never = new Map<string, string[]>();
  for (const pod of chosen) {
    const { name } = pod.metadata;
    const answer = evictionAnswer(pod, budgets, pods);
    if (answer.kind === 'several budgets')
      several.push({ kind: 'several budgets', pod: name, budgets: answer.budgets });
    if (answer.kind === 'never') never.set(answer.budget, [...(never.get(answer.budget) ?? []), name]);
  }
  return [
    ...several,
    ...[...never].map(([budget, names]) => ({ kind: 'budget never lets go', budget, pods: names }) as const),
  ];
}

/** @param pods all that were seen of the namespace, `pod` among them; undefined where others of its set are yet to come */
export function evictionAnswer(pod: Pod, budgets: readonly Budget[], pods: readonly Pod[] | undefined): EvictionAnswer {
  if (meetsNoBudget(pod)) return { kind: 'admitted' };
  const own = budgets.filter((one) => isOver(one, pod.metadata));
  const [budget] = own;
  if (budget === undefined) return { kind: 'admitted' };
  if (own.length > 1) return { kind: 'several budgets', budgets: own.map(({ metadata }) => metadata.name) };
  if (!holds(pod.status?.conditions, 'Ready') && letsUnreadyGo(budget)) return { kind: 'admitted' };
  const why = whyNoDisruption(budget);
  if (why === undefined) return { kind: 'admitted' };
  const { name } = budget.metadata;
  return isForGood(budget, pods) ? { kind: 'never', budget: name } : { kind: 'wait', budget: name, why };
}

/** `canIgnorePDB` */
function meetsNoBudget({ metadata, status }: Pod): boolean {
  const phase = status?.phase;
  return phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed' || metadata.deletionTimestamp !== undefined;
}

/** Whether a running pod that is not ready may go without spending anything (KEP-3017). */
function letsUnreadyGo({ spec, status }: Budget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/** `MaxDisruptedPodSize` */
const mostDisruptedPods = 2_000;

/** `checkAndDecrement` */
function whyNoDisruption({ metadata, status }: Budget): Extract<EvictionAnswer, { kind: 'wait' }>['why'] | undefined {
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {} } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0)) return 'not observed';
  if (disruptionsAllowed < 0 || Object.keys(disruptedPods).length > mostDisruptedPods) return 'miscounted';
  return disruptionsAllowed === 0 ? 'spent' : undefined;
}

/** More pods than a budget ever counts. A share that wants all of so many wants all of any number. */
const countless = 1_000_000;

/** Whether a budget that allows no disruption now demands as many healthy pods as there can be. */
function isForGood(budget: Budget, pods: readonly Pod[] | undefined): boolean {
  const seen = pods?.filter((pod) => isOver(budget, pod.metadata)).length;
  // A budget lags behind the pods: one that was missing when it counted may be here by now.
  const isKnown = seen !== undefined && isCounted(budget);
  const expected = isKnown ? Math.max(budget.status?.expectedPods ?? 0, seen) : countless;
  return demanded(budget.spec, expected) >= expected;
}

/** Whether the budget's counts are of its newest spec, and could be made (`failSafe`). A manifest has none. */
function isCounted({ metadata, status }: Budget): boolean {
  if (status === undefined) return false;
  const { observedGeneration = 0, conditions = [] } = status;
  const hasFailed = conditions.some(({ reason }) => reason === 'SyncFailed');
  return observedGeneration >= (metadata.generation ?? 0) && !hasFailed;
}

/** How many of so many pods must be healthy (`getExpectedPodCount`). A budget that says nothing expects no pod, and allows none. */
function demanded({ maxUnavailable, minAvailable }: NonNullable<Budget['spec']> = {}, pods: number): number {
  if (maxUnavailable !== undefined) return pods - shareOf(maxUnavailable, pods);
  return minAvailable === undefined ? pods : shareOf(minAvailable, pods);
}

/** A number of pods, or a percentage of them, rounded up (`GetScaledValueFromIntOrPercent`). */
function shareOf(value: number | string, pods: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * pods) / 100);
}
