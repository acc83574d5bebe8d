/** Budgets that let no pod go: told beside what is wrong, and no reason for a set to be called anything but well. */
import assert from 'node:assert/strict';
import type { Budget, Pod } from '#src/objects/types.ts';
import { actionsFor } from '#src/status/model/actions.ts';
import { diagnose } from '#src/status/model/diagnosis.ts';
import { standingOf } from '#src/status/model/gate.ts';
import { healthOf } from '#src/status/model/health.ts';
import { actionWords } from '#src/status/view/actionwords.ts';
import { causeWords } from '#src/status/view/causewords.ts';
import { topologies } from '#src/tree/model/topology.ts';
import {
  budgetOf,
  crashing,
  forbidden,
  headless,
  podOf,
  read,
  snapshotOf,
  statefulSet,
  time,
} from '../../objects/snapshots.ts';

const web = statefulSet('web', { replicas: 3 });
const pods = [0, 1, 2].map((ordinal) => podOf(web, ordinal));

interface BudgetShape {
  spec: NonNullable<Budget['spec']>;
  name?: string;
  status?: Partial<NonNullable<Budget['status']>> | null;
  owner?: string;
}

/** A budget that has counted three healthy pods, and wants all of them. `status`: null where nobody has counted yet. */
function budget({ spec, name = 'guard', status, owner }: BudgetShape): Budget {
  const { status: counts, ...guard } = budgetOf(spec, status ?? {}, name);
  const ownerReferences = owner ? [{ apiVersion: 'v1', kind: 'Cluster', name: owner, uid: 'u', controller: true }] : [];
  return {
    ...guard,
    metadata: { ...guard.metadata, ownerReferences },
    ...(status !== null && counts && { status: counts }),
  };
}

const rigid = budget({ spec: { maxUnavailable: 0 } });
const spare = budget({ spec: { maxUnavailable: 1 }, status: { desiredHealthy: 2, disruptionsAllowed: 1 } });

function told(budgets: readonly Budget[], own: readonly Pod[] = pods, set = web) {
  const snapshot = {
    ...snapshotOf({ statefulSets: [set], services: [headless('web')], pods: own }),
    budgets: read(budgets),
  };
  const [topology] = topologies(snapshot, [set]);
  assert.ok(topology);
  const { causes, skipped } = diagnose(topology, snapshot);
  return {
    words: causes.map((cause) => causeWords(cause, time)),
    grounds: causes.map(({ ground }) => ground),
    actions: causes.map((cause) => actionsFor(cause, topology).map((action) => actionWords(action, set))),
    health: healthOf(topology),
    gate: standingOf(topology, 'rollout').kind,
    skipped,
  };
}

describe('a budget that never lets a pod be evicted', () => {
  it('is told with what it wants, and the set is well all the same', () => {
    const { words, grounds, health, gate } = told([rigid]);
    assert.deepEqual(words, [
      'PodDisruptionBudget guard never lets web-0, web-1 and web-2 be evicted: it wants all its pods healthy (maxUnavailable 0, 3 of 3 healthy); drains and rolls wait in vain',
    ]);
    assert.deepEqual([grounds, health, gate], [['certain'], 'healthy', 'met']);
  });

  it('stands behind what is wrong with the set', () => {
    const unready = podOf(web, 1, { status: crashing() });
    const { words } = told([rigid], [podOf(web, 0), unready, podOf(web, 2)]);
    assert.deepEqual(
      words.map((each) => each.split(' ')[0]),
      ['web-1:', 'PodDisruptionBudget'],
    );
  });

  it('is looked at, and changed so that one pod goes at a time, with what that costs', () => {
    const [actions] = told([budget({ spec: { minAvailable: 3 }, owner: 'db' })]).actions;
    assert.deepEqual(
      actions?.map(({ kind, command }) => `${kind}: ${command}`),
      [
        'look: kubectl get pdb -n shop',
        'look: kubectl describe pdb guard -n shop',
        `change: kubectl patch pdb guard --type=merge -p '{"spec":{"maxUnavailable":1,"minAvailable":null}}' -n shop`,
      ],
    );
    assert.equal(
      actions?.[2]?.cost,
      'drains and rolls may then take one of the 3 pods at a time: the others have to do meanwhile; Cluster/db keeps this budget, and may put it back',
    );
    const alone = statefulSet('web', { replicas: 1 });
    const lonely = told([budget({ spec: { minAvailable: 1 }, status: { expectedPods: 1 } })], [podOf(alone, 0)], alone);
    assert.match(lonely.actions[0]?.[2]?.cost ?? '', /^drains and rolls may then take the only pod/);
  });

  const passing: [what: string, budgets: Budget[], own?: Pod[]][] = [
    ['lets a pod go', [spare]],
    [
      'lets a pod go once another one is ready',
      [budget({ spec: { maxUnavailable: 1 }, status: { currentHealthy: 2 } })],
    ],
    ['is over other pods', [budget({ spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'db' } } } })]],
    ['is of another namespace', [{ ...rigid, metadata: { ...rigid.metadata, namespace: 'elsewhere' } }]],
    [
      'wants as many pods as there are while one is missing',
      [budget({ spec: { minAvailable: 2 }, status: { expectedPods: 2, desiredHealthy: 2 } })],
      pods.slice(0, 2),
    ],
    ['has not counted the pods, as in a manifest', [budget({ spec: { minAvailable: 3 }, status: null })]],
  ];
  for (const [what, budgets, own] of passing) {
    it(`is none that ${what}`, () => {
      assert.deepEqual(
        told(budgets, own).words.filter((each) => each.includes('Budget')),
        [],
      );
    });
  }
});

describe('pods that several budgets select', () => {
  it('are never evicted, whatever the budgets say; the strictest of them stays', () => {
    const { words, actions, health } = told([spare, { ...rigid, metadata: { ...rigid.metadata, name: 'strict' } }]);
    assert.deepEqual(words, [
      'PodDisruptionBudgets strict and guard select web-0, web-1 and web-2, and the API server evicts no pod of several budgets: drains and rolls fail',
    ]);
    assert.equal(health, 'healthy');
    const [, describe, change] = actions[0] ?? [];
    assert.equal(describe?.command, 'kubectl describe pdb strict guard -n shop');
    assert.deepEqual(change, {
      kind: 'change',
      command: 'kubectl delete pdb guard -n shop',
      cost: 'strict alone guards these pods then; any other pods that it selects lose their guard',
    });
  });
});

describe('budgets that were not seen', () => {
  it('are named with what a diagnosis skipped', () => {
    const crashed = [podOf(web, 0, { status: crashing() }), ...pods.slice(1)];
    const snapshot = snapshotOf({ statefulSets: [web], services: [headless('web')], pods: crashed });
    const [topology] = topologies(snapshot, [web]);
    assert.ok(topology);
    const budgets = forbidden<Budget>('poddisruptionbudgets.policy');
    assert.deepEqual(diagnose(topology, { ...snapshot, budgets }).skipped, [
      { what: 'budgets', why: 'forbidden', right: 'list poddisruptionbudgets.policy' },
    ]);
    // In the overview, nobody looks for them.
    assert.deepEqual(diagnose(topology, snapshot).skipped, []);
  });
});
