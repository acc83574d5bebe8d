/** Puts into words how many pods a PodDisruptionBudget lets go. */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { listed } from '#src/drawing/sentences.ts';
import type { Budget } from '#src/objects/types.ts';

/** `lets 1 go`, `lets none go` */
export function budgetCell({ status }: Budget): Cell {
  const allowed = status?.disruptionsAllowed;
  if (allowed === undefined) return absence('not given');
  return allowed > 0 ? { text: `lets ${allowed} go` } : { text: 'lets none go', tone: 'warning' };
}

/** `minAvailable 2, 2 of 3 healthy` */
export function budgetDetail({ spec, status }: Budget): string {
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec ?? {};
  const { currentHealthy, expectedPods } = status ?? {};
  return listed(
    minAvailable !== undefined && `minAvailable ${minAvailable}`,
    maxUnavailable !== undefined && `maxUnavailable ${maxUnavailable}`,
    expectedPods !== undefined && `${currentHealthy ?? 0} of ${expectedPods} healthy`,
    policy === 'AlwaysAllow' && 'pods that are not ready may always go',
  );
}
