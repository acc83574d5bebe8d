import assert from 'node:assert/strict';
import { budgetRefusals, evictionAnswer } from '#src/objects/eviction.ts';
import type { Budget, Pod } from '#src/objects/types.ts';
import { budgetOf, crashing, podOf, statefulSet } from './snapshots.ts';

const set = statefulSet('web', { replicas: 3 });
const others = [podOf(set, 0), podOf(set, 1)];
const unready = podOf(set, 2, { status: crashing() });
const ready = podOf(set, 2);
const inPhase = (phase: string) => podOf(set, 2, { status: { phase } });
const pods: Record<string, Pod> = {
  ready,
  unready,
  pending: inPhase('Pending'),
  succeeded: inPhase('Succeeded'),
  failed: inPhase('Failed'),
  ending: podOf(set, 2, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
  endingUnready: podOf(set, 2, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: crashing() }),
};

const answerTo = (pod: Pod, ...budgets: Budget[]) => evictionAnswer(pod, budgets, [...others, pod]);
const kindOf = (pod: Pod, ...budgets: Budget[]) => {
  const answer = answerTo(pod, ...budgets);
  return answer.kind === 'wait' ? `wait: ${answer.why}` : answer.kind;
};

const never = budgetOf({ maxUnavailable: 0 });
const spare = budgetOf({ maxUnavailable: 1 }, { desiredHealthy: 2, disruptionsAllowed: 1 });
const spent = budgetOf({ maxUnavailable: 1 }, { desiredHealthy: 2, currentHealthy: 2 });
const below = { currentHealthy: 2 };

describe('the eviction of a pod', () => {
  for (const what of ['pending', 'succeeded', 'failed', 'ending', 'endingUnready']) {
    it(`meets no budget where it is ${what}`, () => {
      const pod = pods[what] ?? ready;
      for (const budgets of [[], [never], [spare, spent], [never, budgetOf({ minAvailable: 3 }, {}, 'b')]]) {
        assert.deepEqual(answerTo(pod, ...budgets), { kind: 'admitted' });
      }
    });
  }

  it('is admitted where no budget selects the pod', () => {
    const elsewhere = { ...never, metadata: { ...never.metadata, namespace: 'elsewhere' } };
    const ofOthers = budgetOf({ maxUnavailable: 0, selector: { matchLabels: { app: 'db' } } });
    const { selector: _, ...unselecting } = never.spec ?? {};
    for (const pod of [ready, unready]) {
      assert.equal(kindOf(pod), 'admitted');
      assert.equal(kindOf(pod, elsewhere, ofOthers, { ...never, spec: unselecting }), 'admitted');
    }
  });

  it('is a matter of a budget whose selector is empty: it selects every pod', () => {
    assert.equal(kindOf(ready, budgetOf({ maxUnavailable: 0, selector: {} })), 'never');
  });

  it('is refused where two budgets select a running pod, whatever they say', () => {
    const spares = budgetOf({ maxUnavailable: 1 }, { disruptionsAllowed: 1 }, 'b');
    const allows = budgetOf({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, {}, 'c');
    for (const pod of [ready, unready]) {
      assert.deepEqual(answerTo(pod, spare, spares), { kind: 'several budgets', budgets: ['web', 'b'] });
      assert.deepEqual(answerTo(pod, allows, spares), { kind: 'several budgets', budgets: ['c', 'b'] });
    }
  });

  const cases: [what: string, budget: Budget, ready: string, unready: string][] = [
    ['has a disruption to spare', spare, 'admitted', 'admitted'],
    ['has spent its disruptions, and has as many healthy pods as it demands', spent, 'wait: spent', 'admitted'],
    [
      'has fewer healthy pods than it demands',
      budgetOf({ minAvailable: 2 }, { desiredHealthy: 2, currentHealthy: 1 }),
      'wait: spent',
      'wait: spent',
    ],
    [
      'demands none, and has none',
      budgetOf({ maxUnavailable: 3 }, { desiredHealthy: 0, currentHealthy: 0 }),
      'wait: spent',
      'wait: spent',
    ],
    [
      'demands none, and has one',
      budgetOf({ maxUnavailable: 3 }, { desiredHealthy: 0, currentHealthy: 1, disruptionsAllowed: 1 }),
      'admitted',
      'admitted',
    ],
    [
      'has fewer healthy pods of two sets than it demands of both',
      budgetOf({ minAvailable: 3 }, { expectedPods: 6, currentHealthy: 2 }),
      'wait: spent',
      'wait: spent',
    ],
    ['lets none be unavailable', budgetOf({ maxUnavailable: 0 }, below), 'never', 'never'],
    ['lets 0 % be unavailable', budgetOf({ maxUnavailable: '0%' }, below), 'never', 'never'],
    ['demands all', budgetOf({ minAvailable: '100%' }, below), 'never', 'never'],
    ['demands more than there are', budgetOf({ minAvailable: 4 }, { ...below, desiredHealthy: 4 }), 'never', 'never'],
    ['demands a share that comes to all', budgetOf({ minAvailable: '67%' }, below), 'never', 'never'],
    ['names no number', budgetOf({}, { expectedPods: 0, currentHealthy: 2, desiredHealthy: 0 }), 'never', 'never'],
    [
      'demands a share that leaves one',
      budgetOf({ minAvailable: '66%' }, { desiredHealthy: 2, disruptionsAllowed: 1 }),
      'admitted',
      'admitted',
    ],
    ['lets none be unavailable, and has not seen a pod become unready', never, 'never', 'admitted'],
    [
      'lets none be unavailable, and has more healthy pods than it expects',
      budgetOf({ maxUnavailable: 0 }, { currentHealthy: 4, disruptionsAllowed: 1 }),
      'admitted',
      'admitted',
    ],
    [
      'lets none be unavailable, but those that are unready go',
      budgetOf({ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, below),
      'never',
      'admitted',
    ],
    [
      'demands all, but those that are unready go',
      budgetOf({ minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, below),
      'never',
      'admitted',
    ],
    [
      'lets those that are unready go if it is met, and is not',
      budgetOf({ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'IfHealthyBudget' }, below),
      'never',
      'never',
    ],
    [
      'has not counted since it was changed',
      budgetOf({ maxUnavailable: 1 }, { ...below, observedGeneration: 0, disruptionsAllowed: 1 }),
      'wait: not observed',
      'wait: not observed',
    ],
    [
      'has not counted since it was changed to demand as many as there are',
      budgetOf({ minAvailable: 3 }, { ...below, observedGeneration: 0 }),
      'wait: not observed',
      'wait: not observed',
    ],
    [
      'has not counted since it was changed to demand nearly all',
      budgetOf({ minAvailable: '99%' }, { ...below, observedGeneration: 0 }),
      'wait: not observed',
      'wait: not observed',
    ],
    [
      'has not counted since it was changed to let none be unavailable',
      budgetOf({ maxUnavailable: 0 }, { ...below, observedGeneration: 0, disruptionsAllowed: 1 }),
      'never',
      'never',
    ],
    [
      'has not counted since it was changed, but lets those go that are unready',
      budgetOf({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { observedGeneration: 0 }),
      'wait: not observed',
      'admitted',
    ],
    [
      'has counted fewer than none',
      budgetOf({ maxUnavailable: 1 }, { ...below, disruptionsAllowed: -1 }),
      'wait: miscounted',
      'wait: miscounted',
    ],
    [
      'could not count, and once expected as many as it demands',
      budgetOf({ minAvailable: 3 }, { ...below, conditions: [syncFailed()] }),
      'wait: spent',
      'wait: spent',
    ],
    [
      'could not count, and lets none be unavailable',
      budgetOf({ maxUnavailable: 0 }, { ...below, conditions: [syncFailed()] }),
      'never',
      'never',
    ],
  ];
  for (const [what, one, ofReady, ofUnready] of cases) {
    it(`by a budget that ${what}`, () => {
      assert.deepEqual([kindOf(ready, one), kindOf(unready, one)], [ofReady, ofUnready]);
    });
  }

  function syncFailed() {
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    return { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: '', lastTransitionTime };
  }

  it('waits while more evictions are unconfirmed than the API server remembers', () => {
    const disrupted = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`db-${at}`, '2026-01-01T00:00:00Z']));
    const full = (count: number) =>
      budgetOf({ maxUnavailable: 1 }, { disruptionsAllowed: 1, disruptedPods: disrupted(count) });
    assert.deepEqual([kindOf(ready, full(2_000)), kindOf(ready, full(2_001))], ['admitted', 'wait: miscounted']);
  });

  it('is not refused for good by a count that lags behind the pods', () => {
    const lagging = budgetOf({ minAvailable: 2 }, { expectedPods: 2, currentHealthy: 2, desiredHealthy: 2 });
    assert.equal(evictionAnswer(ready, [lagging], [...others, ready]).kind, 'wait');
    assert.equal(evictionAnswer(ready, [lagging], [podOf(set, 1), ready]).kind, 'never');
    const { status: _, ...uncounted } = lagging;
    assert.equal(evictionAnswer(ready, [uncounted], [podOf(set, 1), ready]).kind, 'wait', 'a manifest');
    assert.equal(evictionAnswer(ready, [lagging], undefined).kind, 'wait', 'others are yet to come');
    assert.equal(evictionAnswer(ready, [never], undefined).kind, 'never');
  });

  it('names the budget that it waits for', () => {
    assert.deepEqual(answerTo(ready, spent), { kind: 'wait', budget: 'web', why: 'spent' });
    assert.deepEqual(answerTo(ready, never), { kind: 'never', budget: 'web' });
  });
});

describe('a roll is refused by budgets', () => {
  const refused = (budgets: Budget[], chosen: Pod[]) =>
    budgetRefusals(budgets, chosen, [...others, chosen.find(({ metadata }) => metadata.name === 'web-2') ?? ready]);

  it('once for each budget that never lets pods go, in the order in which they would go', () => {
    assert.deepEqual(refused([never], [ready, ...others]), [
      { kind: 'budget never lets go', budget: 'web', pods: ['web-2', 'web-0', 'web-1'] },
    ]);
  });

  it('but not for the pods that it lets go because they are not ready', () => {
    const sickGo = budgetOf({ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, below);
    assert.deepEqual(refused([sickGo], [unready]), []);
    assert.deepEqual(refused([sickGo], [unready, ...others]), [
      { kind: 'budget never lets go', budget: 'web', pods: ['web-0', 'web-1'] },
    ]);
  });

  it('for each running pod that two of them select', () => {
    const second = budgetOf({ minAvailable: 2 }, {}, 'platform');
    const several = (pod: string) => ({ kind: 'several budgets', pod, budgets: ['web', 'platform'] });
    assert.deepEqual(refused([spare, second], [ready, unready]), [several('web-2'), several('web-2')]);
    assert.deepEqual(refused([spare, second], [inPhase('Pending'), ...others]), [several('web-0'), several('web-1')]);
    assert.deepEqual(refused([spare, second], [inPhase('Pending')]), []);
  });

  it('not where the pods only have to wait', () => {
    assert.deepEqual(refused([spent], [ready, ...others]), []);
  });
});
