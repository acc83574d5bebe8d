/** The budgets that never let pods of a set be evicted: which they are, and what a person can do about them. */
import { evictionAnswer } from '#src/objects/eviction.ts';
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import type { Budget, Pod } from '#src/objects/types.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Action, Look } from './actions.ts';
import type { BudgetTrouble } from './causes.ts';

/**
 * Only what does not pass by itself. The set's controller deletes pods and asks no budget: these hold up drains and
 * rolls, and never a rollout.
 *
 * @param all budgets, and all pods that were seen of the namespace
 */
export function budgetTroubles(
  { set, members, rollout }: Topology,
  all: readonly Budget[],
  seen: readonly Pod[],
): BudgetTrouble[] {
  if (rollout.state === 'deleting') return [];
  // The strictest first.
  const budgets = all
    .filter(({ metadata }) => metadata.namespace === set.metadata.namespace)
    .toSorted((a, b) => (b.status?.desiredHealthy ?? 0) - (a.status?.desiredHealthy ?? 0));
  const isWhole = members.every(({ state }) => state === 'found');
  const pods = isWhole ? seen : undefined;
  const own = members.flatMap((member) => (member.state === 'found' ? member.pod : []));
  const held = Map.groupBy(own, (pod) => budgetsAgainst(pod, budgets, pods).join());
  return [...held].flatMap(([names, [first, ...others]]): BudgetTrouble[] => {
    if (names === '' || first === undefined) return [];
    const against = budgetsAgainst(first, budgets, pods);
    return [
      {
        kind: 'budget',
        budgets: budgets.filter(({ metadata }) => against.includes(metadata.name)),
        pods: [first, ...others].map(({ metadata }) => metadata.name),
      },
    ];
  });
}

function budgetsAgainst(pod: Pod, budgets: readonly Budget[], pods: readonly Pod[] | undefined): string[] {
  const answer = evictionAnswer(pod, budgets, pods);
  if (answer.kind === 'several budgets') return answer.budgets;
  return answer.kind === 'never' ? [answer.budget] : [];
}

export function budgetActions({ budgets, pods }: BudgetTrouble): Action[] {
  const [strictest, ...others] = budgets;
  if (strictest === undefined) return [];
  const names = budgets.map(({ metadata }) => metadata.name);
  const looks: Look[] = [{ do: 'list budgets' }, { do: 'describe budgets', budgets: names }];
  const [budget = '', ...rest] = names;
  if (others.length > 0) return [...looks, { do: 'delete budgets', budgets: rest, stays: budget }];
  const owner = controllerOf(strictest);
  const guarded = Math.max(strictest.status?.expectedPods ?? 0, pods.length);
  return [...looks, { do: 'let one pod be evicted', budget, pods: guarded, owner: owner && ownerName(owner) }];
}
