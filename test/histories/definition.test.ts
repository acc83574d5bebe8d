import assert from 'node:assert/strict';
import {
  failingSince,
  outdatedPods,
  ownPods,
  type SeenEvent,
  type SeenPod,
  type SeenSet,
  unmet,
} from './definition.ts';

const now = Date.parse('2026-01-01T00:00:10Z');

/** Two pods at revision B, ready since second 5, and the controller has seen generation 3. */
function set(spec: Partial<SeenSet['spec']> = {}, status: SeenSet['status'] = {}): SeenSet {
  return {
    metadata: { name: 'web', namespace: 'shop', uid: 'set', generation: 3, resourceVersion: '1' },
    spec: { replicas: 2, ...spec },
    status: { observedGeneration: 3, updateRevision: 'B', ...status },
  };
}

function pod(
  ordinal: number,
  {
    ready = 'True',
    since = 5,
    revision = 'B',
    ...metadata
  }: { ready?: string; since?: number; revision?: string } & Partial<SeenPod['metadata']> = {},
): SeenPod {
  const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: `2026-01-01T00:00:0${since}Z` }];
  return {
    metadata: {
      name: `web-${ordinal}`,
      namespace: 'shop',
      uid: `pod-${ordinal}`,
      resourceVersion: '1',
      labels: { 'controller-revision-hash': revision },
      ownerReferences: [{ uid: 'set', controller: true }],
      ...metadata,
    },
    status: { phase: 'Running', conditions },
  };
}

const why = (seen: SeenSet, pods: SeenPod[], goal: 'rollout' | 'ready' = 'rollout') =>
  unmet(seen, pods, goal, now)?.why;

describe('a rollout, as the judge sees it,', () => {
  const both = [pod(0), pod(1)];

  it('is done when all wanted pods are available at the update revision, and no other is there', () => {
    assert.equal(why(set(), both), undefined);
    assert.equal(why(set({ replicas: 0 }), []), undefined);
  });

  it('is not done while the newest generation is not observed', () => {
    assert.equal(why(set({}, { observedGeneration: 2 }), both), 'generation not observed');
  });

  it('is not done while a pod is outside the wanted ordinals, as long as it is there at all', () => {
    const leaving = pod(2, { deletionTimestamp: '2026-01-01T00:00:09Z' });
    assert.equal(why(set(), [...both, leaving]), 'web-2 is outside');
    assert.equal(why(set({ ordinals: { start: 1 } }), [...both, pod(2)]), 'web-0 is outside');
  });

  it('is not done while a wanted pod is missing, being deleted, or not ready', () => {
    assert.equal(why(set(), [pod(0)]), 'web-1 is missing');
    assert.equal(why(set(), [pod(0, { deletionTimestamp: '2026-01-01T00:00:09Z' }), pod(1)]), 'web-0 is being deleted');
    assert.equal(why(set(), [pod(0, { ready: 'False' }), pod(1)]), 'web-0 is not ready');
  });

  it('is done by the passing of time alone where pods only have to stay ready', () => {
    const pods = [pod(0, { since: 8 }), pod(1, { since: 9 })];
    const at = Date.parse('2026-01-01T00:00:12Z');
    assert.deepEqual(unmet(set({ minReadySeconds: 3 }), pods, 'rollout', now), { why: 'web-1 is not available', at });
    assert.equal(unmet(set({ minReadySeconds: 3 }), pods, 'rollout', at), undefined);
  });

  it('is not done while a pod from the partition on is outdated; to be ready, it may be', () => {
    const pods = [pod(0, { revision: 'A' }), pod(1)];
    const partition = (count: number) => ({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: count } },
    });
    assert.equal(why(set(partition(0)), pods), 'web-0 is outdated');
    assert.equal(why(set(partition(1)), pods), undefined);
    assert.equal(why(set(partition(0)), pods, 'ready'), undefined);
    assert.deepEqual(outdatedPods(set({ updateStrategy: { type: 'OnDelete' } }), pods), ['web-0']);
    const start = { ordinals: { start: 4 } };
    const shifted = [pod(4, { revision: 'A' }), pod(5)];
    assert.equal(why(set({ ...partition(1), ...start }), shifted), undefined);
    assert.equal(why(set({ ...partition(0), ...start }), shifted), 'web-4 is outdated');
  });

  it('has the pods that the set controls, whatever their names', () => {
    const foreign = pod(1, { ownerReferences: [] });
    const former = pod(1, { ownerReferences: [{ uid: 'former', controller: true }] });
    assert.deepEqual(ownPods(set(), [pod(0), foreign, former]), [pod(0)]);
  });
});

describe('a failure, as the judge sees it,', () => {
  const since = (pods: SeenPod[], events: SeenEvent[] = []) => failingSince(set(), pods, events, now);
  const withState = (state: object): SeenPod => ({ ...pod(0), status: { containerStatuses: [{ state }] } });

  it('is a container that ends with an error or whose image cannot be pulled, not one that starts', () => {
    assert.equal(since([withState({ terminated: { exitCode: 1 } })]), now);
    assert.equal(since([withState({ waiting: { reason: 'ImagePullBackOff' } })]), now);
    assert.equal(since([withState({ terminated: { exitCode: 0 } })]), undefined);
    assert.equal(since([withState({ waiting: { reason: 'ContainerCreating' } })]), undefined);
  });

  it('is a pod that is refused, since it was refused first', () => {
    const event = {
      metadata: set().metadata,
      reason: 'FailedCreate',
      firstTimestamp: '2026-01-01T00:00:03Z',
      involvedObject: { uid: 'set' },
    };
    assert.equal(since([], [event]), Date.parse('2026-01-01T00:00:03Z'));
    assert.equal(since([], [{ ...event, involvedObject: { uid: 'another' } }]), undefined);
  });

  it('is a pod that something holds, once its grace period is over', () => {
    const held = { deletionTimestamp: '2026-01-01T00:00:30Z', finalizers: ['example/nobody'] };
    assert.equal(since([pod(0, held)]), Date.parse('2026-01-01T00:00:30Z'));
    assert.equal(since([pod(0, { deletionTimestamp: '2026-01-01T00:00:30Z' })]), undefined);
  });
});
