import assert from 'node:assert/strict';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { blockerOf, firstUpdated, nextRevision, revisionStanding, rollout } from '#src/statefulset/rollout.ts';
import { crashing, podOf, statefulSet } from '../objects/snapshots.ts';

/** A set of three whose template was changed: pods are at `web-1`, and `web-2` is asked for. */
function updating(spec: Partial<NonNullable<StatefulSet['spec']>> = {}): StatefulSet {
  return statefulSet('web', { replicas: 3, spec, status: { updateRevision: 'web-2' } });
}

function pods(set: StatefulSet, ...revisions: string[]): Pod[] {
  const { start } = set.spec?.ordinals ?? { start: 0 };
  return revisions.map((revision, position) => podOf(set, (start ?? 0) + position, { revision }));
}

const old = 'web-1';
const fresh = 'web-2';
const pending: NonNullable<Pod['status']> = { phase: 'Pending' };

describe('an update', () => {
  it('is done when every pod is at the update revision', () => {
    assert.deepEqual(rollout(updating(), pods(updating(), fresh, fresh, fresh)), { state: 'done', heldBack: 0 });
  });

  it('is on its way while pods are at another revision', () => {
    const state = rollout(updating(), pods(updating(), old, old, fresh));
    assert.ok(state.state === 'updating');
    assert.deepEqual([state.updated, state.target], [1, 3]);
  });

  it('goes no further than the partition, which counts from ordinals.start', () => {
    const set = updating({
      ordinals: { start: 5 },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    });
    assert.equal(firstUpdated(set), 7);
    assert.deepEqual(rollout(set, pods(set, old, old, fresh)), { state: 'done', heldBack: 2 });
    assert.equal(rollout(set, pods(set, old, old, old)).state, 'updating');
  });

  it('under OnDelete waits for somebody to delete the pods, whatever currentRevision says', () => {
    const set = updating({ updateStrategy: { type: 'OnDelete' } });
    const state = rollout(set, pods(set, old, fresh, old));
    assert.ok(state.state === 'waits for deletion');
    assert.deepEqual([state.updated, state.wanted], [1, 3]);
    assert.equal(rollout(set, pods(set, fresh, fresh, fresh)).state, 'done');
  });

  it('of an ordered set is stuck on a pod that is broken in an older revision', () => {
    const set = updating();
    const broken = podOf(set, 2, { revision: 'web-0', status: crashing() });
    const state = rollout(set, [...pods(set, old, old), broken]);
    assert.ok(state.state === 'stuck');
    assert.deepEqual([state.blocker.pod, state.cause], ['web-2', 'broken in an older revision']);
  });

  it('of an ordered set is stuck on a pod that is broken in the update revision', () => {
    const set = updating();
    const broken = podOf(set, 2, { revision: fresh, status: crashing() });
    const state = rollout(set, [...pods(set, old, old), broken]);
    assert.ok(state.state === 'stuck');
    assert.deepEqual([state.blocker.pod, state.cause], ['web-2', 'broken in the update revision']);
  });

  it('of a parallel set is not: there the controller replaces the broken pod', () => {
    const set = updating({ podManagementPolicy: 'Parallel' });
    const broken = podOf(set, 2, { revision: 'web-0', status: crashing() });
    assert.notEqual(rollout(set, [...pods(set, old, old), broken]).state, 'stuck');
  });

  it('is not stuck on a pod that is only starting', () => {
    const set = updating();
    const starting = podOf(set, 2, { revision: fresh, status: pending });
    assert.notEqual(rollout(set, [...pods(set, old, old), starting]).state, 'stuck');
  });

  it('is not known before the controller has seen it', () => {
    const set = updating();
    const changed = { ...set, metadata: { ...set.metadata, generation: 2 } };
    assert.deepEqual(rollout(changed, pods(set, old, old, old)), { state: 'unseen' });
  });

  it('is none in a manifest', () => {
    assert.deepEqual(rollout(statefulSet('web', { status: null }), []), { state: 'no status' });
  });

  it('is over when the set is being deleted', () => {
    const set = updating();
    const going = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(rollout(going, pods(set, old, old, fresh)), { state: 'deleting' });
  });
});

describe('a set', () => {
  it('with too few or too many pods is scaling, which goes before updating', () => {
    const set = updating();
    assert.equal(rollout(set, pods(set, old, old)).state, 'scaling');
    assert.equal(rollout(set, pods(set, fresh, fresh, fresh, old)).state, 'scaling');
  });

  it('with all pods as asked and one not ready is not ready, and the pod is named', () => {
    const set = statefulSet('web', { replicas: 2 });
    const state = rollout(set, [podOf(set, 0), podOf(set, 1, { status: crashing() })]);
    assert.ok(state.state === 'not ready');
    assert.equal(state.blocker?.pod, 'web-1');
  });
});

describe('a set whose pods could not be read', () => {
  const state = (status: NonNullable<StatefulSet['status']>, spec: Partial<NonNullable<StatefulSet['spec']>> = {}) =>
    rollout(statefulSet('web', { replicas: 3, spec, status }), undefined);
  const onDelete = { updateStrategy: { type: 'OnDelete' } };
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };

  it('is as far as its status says', () => {
    assert.deepEqual(state({ replicas: 3 }), { state: 'done', heldBack: 0 });
    assert.deepEqual(state({ replicas: 2 }), { state: 'scaling', pods: 2, wanted: 3, blocker: undefined });
    assert.deepEqual(state({ replicas: 3, updatedReplicas: 1 }), {
      state: 'updating',
      updated: 1,
      target: 3,
      blocker: undefined,
    });
    assert.deepEqual(state({ replicas: 3, readyReplicas: 2 }), { state: 'not ready', blocker: undefined });
  });

  it('waits for deletion under OnDelete', () => {
    assert.deepEqual(state({ replicas: 3, updatedReplicas: 1 }, onDelete), {
      state: 'waits for deletion',
      updated: 1,
      wanted: 3,
      blocker: undefined,
    });
    assert.deepEqual(state({ replicas: 3 }, onDelete), { state: 'done', heldBack: 0 });
  });

  it('is held back by its partition', () => {
    assert.deepEqual(state({ replicas: 3, updatedReplicas: 1 }, partition), { state: 'done', heldBack: 2 });
    assert.deepEqual(state({ replicas: 3, updatedReplicas: 0 }, partition), {
      state: 'updating',
      updated: 0,
      target: 1,
      blocker: undefined,
    });
  });

  it('that has no numbers yet has no pods', () => {
    const set = { ...statefulSet('web'), status: { replicas: 0, observedGeneration: 1 } };
    assert.deepEqual(rollout(set, undefined), { state: 'scaling', pods: 0, wanted: 1, blocker: undefined });
  });
});

describe('a pod that the controller creates again', () => {
  it('has the update revision, from the partition on', () => {
    const set = updating({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    assert.deepEqual(
      [0, 1, 2].map((ordinal) => nextRevision(set, ordinal)),
      [old, old, fresh],
    );
    assert.equal(nextRevision(updating({ updateStrategy: { type: 'OnDelete' } }), 0), fresh);
  });
});

describe('a pod that is not Running and Ready', () => {
  const blocker = (status: NonNullable<Pod['status']>) =>
    blockerOf(podOf(updating(), 0, { status, spec: { nodeName: '' } }));
  const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' };

  it('is in trouble, or only not ready yet', () => {
    assert.deepEqual(blocker(crashing()), { pod: 'web-0', word: 'CrashLoopBackOff', trouble: true });
    assert.deepEqual(blocker({ phase: 'Running' }), { pod: 'web-0', word: 'not ready', trouble: false });
    assert.deepEqual(blocker(pending), { pod: 'web-0', word: 'Pending', trouble: false });
  });

  it('is in trouble if it fits no node', () => {
    assert.equal(blocker({ ...pending, conditions: [unscheduled] }).trouble, true);
  });

  it('is replaced by the controller if it has ended, and so is not in trouble', () => {
    assert.deepEqual(blocker({ phase: 'Failed', reason: 'Evicted' }), {
      pod: 'web-0',
      word: 'Evicted',
      trouble: false,
    });
  });
});

describe('a pod’s revision', () => {
  const set = updating();
  const standing = (revision: string) => revisionStanding(set, podOf(set, 0, { revision }));

  it('is the update’s, the current one, or neither', () => {
    assert.equal(standing(fresh), 'update');
    assert.equal(standing(old), 'current');
    assert.equal(standing('web-0'), 'neither');
  });

  it('is not known where the pod or the set does not say', () => {
    assert.equal(revisionStanding(set, podOf(set, 0, { metadata: { labels: {} } })), 'unlabelled');
    assert.equal(revisionStanding(statefulSet('web', { status: null }), podOf(set, 0, { revision: old })), 'unknown');
  });
});
