import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { type Goal, outcomeOf, type Standing, standingOf } from '#src/status/model/gate.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { forbidden, podOf, snapshotOf, statefulSet } from '../../objects/snapshots.ts';

function standing(set: StatefulSet, pods: Pod[], goal: Goal = 'rollout'): Standing {
  const [topology] = topologies(snapshotOf({ statefulSets: [set], pods }), [set]);
  assert.ok(topology);
  return standingOf(topology, goal);
}

const old = 'web-before';

describe('the gate of a set', () => {
  it('is open for a set that wants no pod, once its last one is gone', () => {
    const set = statefulSet('web', { replicas: 0 });
    assert.deepEqual(standing(set, []), { kind: 'met' });
    assert.deepEqual(standing(set, [podOf(set, 0)]), { kind: 'waiting' });
  });

  it('counts the partition from the first ordinal', () => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    const set = statefulSet('web', { replicas: 2, start: 5, spec });
    assert.equal(standing(set, [podOf(set, 5, { revision: old }), podOf(set, 6)]).kind, 'met');
    assert.equal(standing(set, [podOf(set, 5), podOf(set, 6, { revision: old })]).kind, 'waiting');
  });

  it('stays shut with a pod below the first ordinal', () => {
    const set = statefulSet('web', { replicas: 1, start: 5 });
    assert.equal(standing(set, [podOf(set, 5), podOf(set, 0)], 'ready').kind, 'waiting');
  });

  it('names the outdated pods of OnDelete, but not those that get a successor anyway', () => {
    const set = statefulSet('web', { replicas: 3, spec: { updateStrategy: { type: 'OnDelete' } } });
    const ended = podOf(set, 0, { revision: old, status: { phase: 'Failed' } });
    const pods = [ended, podOf(set, 1, { revision: old }), podOf(set, 2)];
    assert.deepEqual(standing(set, pods), { kind: 'outdated', pods: ['web-1'] });
    assert.equal(standing(set, [ended, podOf(set, 1), podOf(set, 2)]).kind, 'waiting');
  });

  it('does not open for a set at which each sync of the controller ends, though its pods are well', () => {
    const set = statefulSet('web', { replicas: 1, templates: ['data'] });
    const pod = podOf(set, 0, { spec: { volumes: [] } });
    assert.equal(standing(set, [pod]).kind, 'stuck');
    assert.equal(standing(set, [pod], 'ready').kind, 'met');
  });

  it('is unknown where the pods may not be listed, whatever the counts in the status are', () => {
    const set = statefulSet('web', { replicas: 1 });
    const snapshot = { ...snapshotOf({ statefulSets: [set] }), pods: forbidden<Pod>('pods') };
    const [topology] = topologies(snapshot, [set]);
    assert.ok(topology);
    assert.deepEqual(standingOf(topology, 'rollout'), { kind: 'unknown' });
  });

  it('gives up for one set, does not know for one, waits for one, and opens for all, in this order', () => {
    const [met, waiting, unknown] = [{ kind: 'met' }, { kind: 'waiting' }, { kind: 'unknown' }] as const;
    assert.equal(outcomeOf([met, { kind: 'deleting' }, unknown, waiting]), 'failed');
    assert.equal(outcomeOf([met, unknown, waiting]), 'unknown');
    assert.equal(outcomeOf([met, waiting]), 'waiting');
    assert.equal(outcomeOf([met, met]), 'met');
  });
});
