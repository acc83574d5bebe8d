import assert from 'node:assert/strict';
import type { Claim, Event, Node, Pod, StatefulSet } from '#src/objects/types.ts';
import { blockerOf } from '#src/statefulset/blocker.ts';
import { firstUpdated, revisionAt, revisionStanding } from '#src/statefulset/controller/revisions.ts';
import { type Progress, type Rollout, rollout } from '#src/statefulset/rollout.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';
import {
  ago,
  boundClaim,
  crashing,
  forbidden,
  node,
  podOf,
  snapshotOf,
  statefulSet,
  warning,
} from '../objects/snapshots.ts';

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

interface Around {
  pods?: readonly Pod[];
  claims?: readonly Claim[];
  nodes?: readonly Node[];
  events?: readonly Event[];
}

function rolloutOf(set: StatefulSet, around: Around): Rollout {
  return rollout(rolloutContexts(snapshotOf(around))(set));
}

/** The rollout of a set that the controller has seen. */
function progressOf(set: StatefulSet, around: Around): Progress {
  const found = rolloutOf(set, around);
  assert.ok('judgement' in found, found.state);
  return found;
}

/** The set's status alone tells. */
function byStatus(set: StatefulSet): Progress {
  const found = rollout(rolloutContexts({ ...snapshotOf({}), pods: forbidden('pods') })(set));
  assert.ok('judgement' in found, found.state);
  return found;
}

const pending: NonNullable<Pod['status']> = { phase: 'Pending' };

function ready(status: 'True' | 'False', minutes: number) {
  return [{ type: 'Ready', status, lastTransitionTime: ago(minutes) }];
}

/** A container that fails, not ready for so many minutes. */
function failing(minutes: number): NonNullable<Pod['status']> {
  return { ...crashing(), conditions: ready('False', minutes) };
}

function creating(minutes: number): NonNullable<Pod['status']> {
  const containerStatuses = [
    {
      name: 'db',
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
      state: { waiting: { reason: 'ContainerCreating' } },
    },
  ];
  return { phase: 'Pending', conditions: ready('False', minutes), containerStatuses };
}

function warned(pod: Pod, minutes: number): Event {
  return { ...warning(pod, 'FailedMount', 'configmap "settings" not found'), lastTimestamp: ago(minutes) };
}

function acts({ next }: Progress): string[] {
  return next.map(({ act, pod }) => `${act} ${pod}`);
}

function waits({ waitsFor }: Progress): string[] {
  return waitsFor.map(({ pod, why }) => `${pod} ${why.kind}`);
}

function counts({ state, updated, target, heldBack }: Progress) {
  return { state, updated, target, heldBack };
}

describe('an update', () => {
  it('is done when every pod is at the update revision', () => {
    const progress = progressOf(updating(), { pods: pods(updating(), fresh, fresh, fresh) });
    assert.deepEqual(counts(progress), { state: 'done', updated: 3, target: 3, heldBack: 0 });
    assert.deepEqual([acts(progress), waits(progress)], [[], []]);
  });

  it('replaces the highest outdated pod next', () => {
    const progress = progressOf(updating(), { pods: pods(updating(), old, old, fresh) });
    assert.deepEqual(counts(progress), { state: 'updating', updated: 1, target: 3, heldBack: 0 });
    assert.deepEqual(acts(progress), ['delete pod web-1']);
  });

  it('goes no further than the partition, which counts from ordinals.start', () => {
    const set = updating({
      ordinals: { start: 5 },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    });
    assert.equal(firstUpdated(set), 7);
    assert.deepEqual(counts(progressOf(set, { pods: pods(set, old, old, fresh) })), {
      state: 'done',
      updated: 1,
      target: 1,
      heldBack: 2,
    });
    assert.equal(progressOf(set, { pods: pods(set, old, old, old) }).state, 'updating');
  });

  it('under OnDelete waits for somebody to delete the pods, whatever currentRevision says', () => {
    const set = updating({ updateStrategy: { type: 'OnDelete' } });
    const progress = progressOf(set, { pods: pods(set, old, fresh, old) });
    assert.deepEqual([progress.state, progress.updated, acts(progress)], ['waits for deletion', 1, []]);
    assert.equal(progressOf(set, { pods: pods(set, fresh, fresh, fresh) }).state, 'done');
  });

  it('is under way while an outdated pod is there, even if both revisions of the status are one after an undo', () => {
    const set = statefulSet('web', { replicas: 2 });
    const progress = progressOf(set, { pods: [podOf(set, 0, { revision: 'web-0' }), podOf(set, 1)] });
    assert.deepEqual([progress.state, acts(progress)], ['updating', ['delete pod web-0']]);
  });

  it('waits for a pod that is ready and not yet available, by the time of the server', () => {
    const set = updating({ minReadySeconds: 600 });
    const status = { phase: 'Running', conditions: ready('True', 4) };
    const young = podOf(set, 2, { revision: fresh, status });
    const progress = progressOf(set, { pods: [...pods(set, old, old), young] });
    assert.equal(progress.state, 'updating');
    assert.deepEqual(waits(progress).at(0), 'web-0 not available');
    const [first] = progressOf(statefulSet('web', { spec: { minReadySeconds: 600 } }), {
      pods: [podOf(set, 0, { revision: old, status })],
    }).waitsFor;
    assert.equal(first?.rest, 6 * 60_000);
  });

  it('is not known before the controller has seen it', () => {
    const set = updating();
    const changed = { ...set, metadata: { ...set.metadata, generation: 2 } };
    assert.deepEqual(rolloutOf(changed, { pods: pods(set, old, old, old) }), { state: 'unseen' });
  });

  it('is none in a manifest', () => {
    assert.deepEqual(rolloutOf(statefulSet('web', { status: null }), {}), { state: 'no status' });
  });

  it('is over when the set is being deleted', () => {
    const set = updating();
    const going = { ...set, metadata: { ...set.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(rolloutOf(going, { pods: pods(set, old, old, fresh) }), { state: 'deleting' });
  });

  it('of a set with maxUnavailable is told for both controllers where the feature gate decides', () => {
    const rollingUpdate = { partition: 0, maxUnavailable: 2 };
    const set = updating({ podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
    const progress = progressOf(set, { pods: pods(set, old, old, old) });
    assert.deepEqual(acts(progress), ['delete pod web-2', 'delete pod web-1']);
    assert.deepEqual(
      progress.otherwise?.next.map(({ pod }) => pod),
      ['web-2'],
    );
  });
});

describe('a rollout', () => {
  const stuckOf = (progress: Progress) => {
    assert.ok(progress.judgement.kind === 'stuck', progress.judgement.kind);
    const { ground, pod, cause } = progress.judgement.stuck;
    return `${ground}: ${pod} ${cause}`;
  };

  it('is likely stuck on a pod that has failed for five minutes, in the update revision and in an older one', () => {
    const set = updating();
    const behind = (revision: string, minutes: number) =>
      progressOf(set, { pods: [...pods(set, old, old), podOf(set, 2, { revision, status: failing(minutes) })] });
    assert.equal(stuckOf(behind(fresh, 6)), 'likely: web-2 broken in the update revision');
    assert.equal(stuckOf(behind('web-0', 6)), 'likely: web-2 broken in an older revision');
    assert.equal(behind('web-0', 4).judgement.kind, 'goes on');
    assert.deepEqual(waits(behind('web-0', 4)), ['web-2 not ready']);
  });

  it('names the container, its exit code and its restarts as evidence', () => {
    const set = updating();
    const { judgement } = progressOf(set, {
      pods: [...pods(set, old, old), podOf(set, 2, { revision: fresh, status: failing(6) })],
    });
    assert.ok(judgement.kind === 'stuck');
    assert.deepEqual(judgement.stuck.evidence, [
      { kind: 'container', name: 'db', word: 'CrashLoopBackOff', exitCode: 1, restarts: 3 },
    ]);
  });

  it('is likely stuck where a container has crashed so often that its back-offs alone took five minutes', () => {
    const set = updating();
    const flapping = { ...crashing(5), conditions: ready('False', 1) };
    const progress = progressOf(set, {
      pods: [...pods(set, old, old), podOf(set, 2, { revision: fresh, status: flapping })],
    });
    assert.equal(stuckOf(progress), 'likely: web-2 broken in the update revision');
  });

  it('of a parallel set waits for its highest pod, and not for a broken one in an older revision below', () => {
    const set = updating({ podManagementPolicy: 'Parallel' });
    const broken = (ordinal: number, revision: string) => podOf(set, ordinal, { revision, status: failing(60) });
    assert.equal(
      stuckOf(progressOf(set, { pods: [...pods(set, old, old), broken(2, fresh)] })),
      'likely: web-2 broken in the update revision',
    );
    const below = progressOf(set, { pods: [broken(0, 'web-0'), ...pods(set, old, old, fresh).slice(1)] });
    assert.deepEqual([below.judgement.kind, acts(below)], ['goes on', ['delete pod web-1']]);
  });

  it('is not stuck on a pod that is only starting, however long, without a sign of failure', () => {
    const set = updating();
    const starting = podOf(set, 2, { revision: old, status: creating(60) });
    const progress = progressOf(set, { pods: [...pods(set, old, old), starting] });
    assert.deepEqual([progress.judgement.kind, waits(progress)], ['goes on', ['web-2 not ready']]);
    assert.equal(progress.waitsFor[0]?.lasted, 60 * 60_000);
  });

  it('is likely stuck where a recent warning tells why a pod is still starting', () => {
    const set = updating();
    const starting = podOf(set, 2, { revision: old, status: creating(60) });
    const around = (minutes: number) => ({
      pods: [...pods(set, old, old), starting],
      events: [warned(starting, minutes)],
    });
    assert.equal(stuckOf(progressOf(set, around(9))), 'likely: web-2 broken in an older revision');
    assert.equal(progressOf(set, around(11)).judgement.kind, 'goes on');
  });

  it('is undetermined where events may not be read', () => {
    const set = updating();
    const starting = podOf(set, 2, { revision: old, status: creating(60) });
    const snapshot = {
      ...snapshotOf({ pods: [...pods(set, old, old), starting] }),
      events: forbidden<Event>('events'),
    };
    const found = rollout(rolloutContexts(snapshot)(set));
    assert.deepEqual('judgement' in found && found.judgement, { kind: 'undetermined', missing: ['events'] });
  });

  it('is likely stuck on a pod whose node is not ready', () => {
    const set = updating();
    const containerStatuses = [
      { name: 'db', ready: true, restartCount: 0, image: '', imageID: '', state: { running: {} } },
    ];
    const lost = podOf(set, 2, {
      revision: fresh,
      status: { phase: 'Running', conditions: ready('False', 30), containerStatuses },
    });
    const nodes = [node('node-1', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } })];
    assert.equal(
      stuckOf(progressOf(set, { pods: [...pods(set, old, old), lost], nodes })),
      'likely: web-2 broken in the update revision',
    );
  });

  it('names the claim that would go with the pod on which it is stuck', () => {
    const set = statefulSet('web', { replicas: 2, templates: ['data'], status: { updateRevision: fresh } });
    const claims = [boundClaim('data-web-0', { metadata: { deletionTimestamp: ago(1) } }), boundClaim('data-web-1')];
    const { judgement } = progressOf(set, {
      pods: [podOf(set, 0, { revision: old, status: failing(6) }), podOf(set, 1)],
      claims,
    });
    assert.equal(judgement.kind === 'stuck' && judgement.stuck.endangered?.claim, 'data-web-0');
  });

  it('is certainly stuck on a pod that lacks a volume of the claim templates', () => {
    const former = statefulSet('web', { replicas: 2, templates: ['data'] });
    const set = statefulSet('web', { replicas: 2, templates: ['data', 'wal'] });
    const progress = progressOf(set, {
      pods: [0, 1].map((ordinal) => podOf(former, ordinal)),
      claims: ['data-web-0', 'data-web-1', 'wal-web-0'].map((name) => boundClaim(name)),
    });
    assert.equal(stuckOf(progress), 'certain: web-0 claims do not fit');
    const going = progressOf(set, {
      pods: [podOf(former, 0, { metadata: { deletionTimestamp: ago(0) } }), podOf(former, 1)],
    });
    assert.notEqual(going.judgement.kind, 'stuck');
  });

  it('is certainly stuck where an object that it does not control has the name of a missing pod', () => {
    const set = statefulSet('web', { replicas: 2 });
    const foreign = podOf(set, 1, {
      metadata: {
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'web', uid: 'job', controller: true }],
      },
    });
    assert.equal(stuckOf(progressOf(set, { pods: [podOf(set, 0), foreign] })), 'certain: web-1 name taken');
  });

  it('is likely stuck where the API server has refused a pod for five minutes', () => {
    const set = statefulSet('web', { replicas: 2 });
    const message =
      'create Pod web-1 in StatefulSet web failed error: pods "web-1" is forbidden: exceeded quota: small';
    const event = { ...warning(set, 'FailedCreate', message), firstTimestamp: ago(8), lastTimestamp: ago(1) };
    assert.equal(
      stuckOf(progressOf(set, { pods: [podOf(set, 0)], events: [event] })),
      'likely: web-1 cannot be created',
    );
    const young = { ...event, firstTimestamp: ago(2) };
    assert.equal(progressOf(set, { pods: [podOf(set, 0)], events: [young] }).judgement.kind, 'goes on');
  });

  it('is likely stuck on an image whose name is none, with certainty', () => {
    const set = updating();
    const status = failing(6);
    const [container] = status.containerStatuses ?? [];
    const misnamed = {
      ...container,
      name: 'db',
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
      state: { waiting: { reason: 'InvalidImageName' } },
    };
    const broken = podOf(set, 2, { revision: fresh, status: { ...status, containerStatuses: [misnamed] } });
    assert.equal(
      stuckOf(progressOf(set, { pods: [...pods(set, old, old), broken] })),
      'certain: web-2 broken in the update revision',
    );
  });
});

describe('a set', () => {
  it('with too few or too many pods is scaling, which goes before updating', () => {
    const set = updating();
    assert.equal(progressOf(set, { pods: pods(set, old, old) }).state, 'scaling');
    assert.equal(progressOf(set, { pods: pods(set, fresh, fresh, fresh, old) }).state, 'scaling');
  });

  it('that is scaled down removes no pod while two of those that go are broken, and waits for one of them', () => {
    const set = statefulSet('web', { replicas: 0 });
    const broken = [1, 2].map((ordinal) => podOf(set, ordinal, { status: failing(60) }));
    const progress = progressOf(set, { pods: [podOf(set, 0), ...broken] });
    assert.deepEqual(waits(progress), ['web-2 not ready', 'web-1 not ready']);
    assert.equal(progress.judgement.kind, 'stuck');
  });

  it('with all pods as asked and one not ready is not ready, and the pod is named', () => {
    const set = statefulSet('web', { replicas: 2 });
    const failingFor = (minutes: number) =>
      progressOf(set, { pods: [podOf(set, 0), podOf(set, 1, { status: failing(minutes) })] });
    assert.equal(failingFor(60).judgement.kind, 'stuck', 'no other pod waits for it, but the set is not as asked');
    const progress = failingFor(1);
    assert.deepEqual([progress.state, progress.judgement.kind], ['not ready', 'goes on']);
    assert.deepEqual(
      progress.unavailable.map(({ metadata }) => metadata.name),
      ['web-1'],
    );
  });

  it('with a pod that is ready and not yet available is not done', () => {
    const set = statefulSet('web', { replicas: 1, spec: { minReadySeconds: 60 } });
    const young = podOf(set, 0, { status: { phase: 'Running', conditions: ready('True', 0.5) } });
    assert.equal(progressOf(set, { pods: [young] }).state, 'not ready');
  });

  it('waits for a pod that is being deleted since that was asked, not since its grace period is over', () => {
    const set = statefulSet('web', { replicas: 2 });
    const ending = podOf(set, 0, { metadata: { deletionTimestamp: ago(-1), deletionGracePeriodSeconds: 120 } });
    const [waiting] = progressOf(set, { pods: [ending, podOf(set, 1)] }).waitsFor;
    assert.deepEqual([waiting?.pod, waiting?.why.kind, waiting?.lasted], ['web-0', 'terminating', 60_000]);
  });
});

describe('a set whose pods could not be read', () => {
  const onDelete = { updateStrategy: { type: 'OnDelete' } };
  const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };
  const of = (
    status: NonNullable<StatefulSet['status']>,
    spec: Partial<NonNullable<StatefulSet['spec']>> = {},
  ): string => {
    const progress = byStatus(statefulSet('web', { replicas: 3, spec, status }));
    return `${progress.state} ${progress.updated}/${progress.target} ${progress.heldBack}`;
  };

  it('is as far as its status says', () => {
    assert.equal(of({ replicas: 3 }), 'done 3/3 0');
    assert.equal(of({ replicas: 2 }), 'scaling 3/3 0');
    const { judgement } = byStatus(statefulSet('web', { replicas: 3 }));
    assert.deepEqual(judgement, { kind: 'undetermined', missing: ['pods'] });
    assert.equal(of({ replicas: 3, updatedReplicas: 1 }), 'updating 1/3 0');
    assert.equal(of({ replicas: 3, readyReplicas: 2 }), 'not ready 3/3 0');
    assert.equal(of({ replicas: 3, readyReplicas: 3, availableReplicas: 2 }), 'not ready 3/3 0');
  });

  it('waits for deletion under OnDelete', () => {
    assert.equal(of({ replicas: 3, updatedReplicas: 1 }, onDelete), 'waits for deletion 1/3 0');
    assert.equal(of({ replicas: 3 }, onDelete), 'done 3/3 0');
  });

  it('is held back by its partition', () => {
    assert.equal(of({ replicas: 3, updatedReplicas: 1 }, partition), 'done 1/1 2');
    assert.equal(of({ replicas: 3, updatedReplicas: 0 }, partition), 'updating 0/1 2');
  });

  it('that has no numbers yet has no pods', () => {
    const progress = byStatus({ ...statefulSet('web'), status: { replicas: 0, observedGeneration: 1 } });
    assert.deepEqual([progress.state, progress.pods, progress.wanted], ['scaling', 0, 1]);
    assert.deepEqual(acts(progress), ['create pod web-0']);
  });
});

describe('a pod that the controller creates again', () => {
  it('has the update revision, from the partition on', () => {
    const set = updating({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
    assert.deepEqual(
      [0, 1, 2].map((ordinal) => revisionAt(set, ordinal)),
      [old, old, fresh],
    );
    assert.equal(revisionAt(updating({ updateStrategy: { type: 'OnDelete' } }), 0), fresh);
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
