/** When a set is called stuck, and when it merely waits; and what is said of the pod that would have to go. */
import assert from 'node:assert/strict';
import { stuckWords } from '#src/drawing/stuckwords.ts';
import type { Claim, Event, Pod, StatefulSet } from '#src/objects/types.ts';
import { type Progress, rollout } from '#src/statefulset/rollout.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import {
  ago,
  boundClaim,
  crashing,
  forbidden,
  podOf,
  snapshotOf,
  statefulSet,
  time,
  warning,
} from '../objects/snapshots.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

const old = 'web-1';
const fresh = 'web-2';

/** Not ready for so many minutes. */
function unready(minutes: number, container: Partial<ContainerStatus> = {}): Status {
  const running: ContainerStatus = {
    name: 'db',
    ready: false,
    restartCount: 0,
    image: '',
    imageID: '',
    state: { running: { startedAt: ago(minutes) } },
  };
  const conditions = [{ type: 'Ready', status: 'False' as const, lastTransitionTime: ago(minutes) }];
  return { phase: 'Running', conditions, containerStatuses: [{ ...running, ...container }] };
}

/** A container that backs off, whose last run took so many minutes and ended a minute ago. */
function backingOff(restartCount: number, lastRun: number, message?: string): Partial<ContainerStatus> {
  const waiting = { reason: 'CrashLoopBackOff', ...(message === undefined ? {} : { message }) };
  const terminated = { exitCode: 1, startedAt: ago(lastRun + 1), finishedAt: ago(1) };
  return { restartCount, state: { waiting }, lastState: { terminated } };
}

function progressOf(set: StatefulSet, pods: Pod[], around: { claims?: Claim[]; events?: Event[] } = {}): Progress {
  const found = rollout(rolloutContexts(snapshotOf({ pods, ...around }))(set));
  assert.ok('judgement' in found, found.state);
  return found;
}

function stuckIn({ judgement }: Progress): Stuck {
  assert.ok(judgement.kind === 'stuck', judgement.kind);
  return judgement.stuck;
}

/** An ordered set half-way through an update, whose pod 1 is in the older revision. */
const web = statefulSet('web', { replicas: 2, status: { updateRevision: fresh, currentRevision: old } });

function halfWay(status: Status, events: Event[] = [], set = web): Progress {
  const pod = podOf(set, 1, { revision: old, status });
  return progressOf(set, [podOf(set, 0, { revision: old }), pod], { events });
}

function warned(reason: string, message: string, minutes: number): Event {
  return { ...warning(podOf(web, 1), reason, message), lastTimestamp: ago(minutes) };
}

describe('a pod that only starts', () => {
  it('is not stuck by what was in its way before it had a node, or before its container ran', () => {
    const unbound = warned('FailedScheduling', 'pod has unbound immediate PersistentVolumeClaims', 6);
    assert.equal(halfWay(unready(6), [unbound]).judgement.kind, 'goes on');
    const mounted = warned('FailedMount', 'MountVolume.SetUp failed', 7);
    assert.equal(halfWay(unready(6), [mounted]).judgement.kind, 'goes on');
    const again = warned('FailedMount', 'MountVolume.SetUp failed', 2);
    assert.equal(halfWay(unready(6), [again]).judgement.kind, 'stuck', 'a warning that came after the start counts');
  });

  it('is not stuck while its startup probe fails and has restarted nothing', () => {
    const probe = warned('Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 503', 1);
    assert.equal(halfWay(unready(20), [probe]).judgement.kind, 'goes on');
    assert.equal(halfWay(unready(20, { restartCount: 1 }), [probe]).judgement.kind, 'stuck');
  });

  it('is not to be deleted where nothing fails but a probe', () => {
    const probe = warned('Unhealthy', 'Readiness probe failed: connection refused', 1);
    const progress = halfWay(unready(20), [probe]);
    assert.match(stuckWords(progress, stuckIn(progress)), /^web-1: not ready for 20m; Unhealthy: Readiness probe/);
  });
});

describe('a container that has crashed', () => {
  const judged = (minutes: number, container: Partial<ContainerStatus>) =>
    halfWay(unready(minutes, container)).judgement.kind;

  it('is not counted by the restarts of its whole life', () => {
    assert.equal(judged(1, backingOff(40, 43_200, 'back-off 10s restarting failed container=db')), 'goes on');
    assert.equal(judged(1, backingOff(40, 1, 'back-off 40s restarting failed container=db')), 'goes on');
    assert.equal(judged(1, backingOff(40, 43_200)), 'goes on', 'it ran well for a month before');
  });

  it('fails for long where the kubelet backs off for five minutes, though it became ready in between', () => {
    assert.equal(judged(1, backingOff(9, 1, 'back-off 5m0s restarting failed container=db')), 'stuck');
    assert.equal(judged(1, backingOff(9, 1)), 'stuck', 'as a shortened manifest has it');
  });

  it('fails also while it runs between two crashes', () => {
    const between = (lastRun: number): Partial<ContainerStatus> => ({
      ...backingOff(28, lastRun),
      state: { running: { startedAt: ago(0) } },
    });
    const { evidence } = stuckIn(halfWay(unready(120, between(2))));
    assert.deepEqual(evidence, [{ kind: 'container', name: 'db', word: 'Error', exitCode: 1, restarts: 28 }]);
    assert.equal(judged(120, between(43_200)), 'goes on', 'it had run well: it has crashed once');
  });
});

describe('a file that was written long ago', () => {
  it('makes no ten seconds of a crash into days', () => {
    const [first, second] = [podOf(web, 0, { revision: old }), podOf(web, 1, { revision: old, status: unready(0.2) })];
    second.status = { ...second.status, containerStatuses: crashing(1).containerStatuses ?? [] };
    const snapshot = { ...snapshotOf({ pods: [first, second] }), latest: time + 3 * 86_400_000 };
    const found = rollout(rolloutContexts(snapshot)(web));
    assert.ok('judgement' in found && found.judgement.kind === 'goes on', JSON.stringify(found));
  });
});

describe('a set that has no other work', () => {
  const crashed = {
    ...crashing(),
    conditions: [{ type: 'Ready', status: 'False' as const, lastTransitionTime: ago(60) }],
  };

  it('is stuck at a pod for which its controller does not wait', () => {
    const queue = statefulSet('queue', { replicas: 2, spec: { podManagementPolicy: 'Parallel' } });
    const pods = [0, 1].map((ordinal) => podOf(queue, ordinal, { status: crashed }));
    assert.equal(stuckIn(progressOf(queue, pods)).cause, 'broken in the update revision');
  });

  it('is stuck under OnDelete at a pod of the update revision alone', () => {
    const set = statefulSet('web', {
      replicas: 2,
      spec: { updateStrategy: { type: 'OnDelete' } },
      status: { updateRevision: fresh, currentRevision: old },
    });
    const broken = (revision: string) =>
      progressOf(set, [podOf(set, 0, { revision: old }), podOf(set, 1, { revision, status: crashed })]);
    const progress = broken(fresh);
    assert.match(
      stuckWords(progress, stuckIn(progress)),
      /^web-1: CrashLoopBackOff for 60m.*; it is in the update revision, as is each pod that is deleted now$/,
    );
    assert.equal(broken(old).judgement.kind, 'goes on', 'to delete it is the way on');
  });

  it('whose update a partition has stopped gets its old revision back by the deletion of the broken pod', () => {
    const set = statefulSet('web', {
      replicas: 2,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
      status: { updateRevision: fresh, currentRevision: old },
    });
    const progress = progressOf(set, [
      podOf(set, 0, { revision: old }),
      podOf(set, 1, { revision: fresh, status: crashed }),
    ]);
    const stuck = stuckIn(progress);
    assert.deepEqual([stuck.comesBackIn, stuck.kept], [old, false]);
    assert.match(
      stuckWords(progress, stuck),
      /^delete web-1: .*; the partition gives its successor an older revision$/,
    );
  });
});

describe('the advice to delete a broken pod', () => {
  const set = statefulSet('web', {
    replicas: 2,
    templates: ['data'],
    status: { updateRevision: fresh, currentRevision: old },
  });
  const status = {
    ...crashing(),
    conditions: [{ type: 'Ready', status: 'False' as const, lastTransitionTime: ago(60) }],
  };
  const pods = [podOf(set, 0, { revision: old }), podOf(set, 1, { revision: old, status })];
  const words = (progress: Progress) => stuckWords(progress, stuckIn(progress));
  const claimOf = (ownerReferences: { apiVersion: string; kind: string; name: string; uid: string }[]) =>
    boundClaim('data-web-1', { metadata: { ownerReferences } });
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web-1', uid: pods[1]?.metadata.uid ?? '' };
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'keeper', uid: 'keeper' };

  it('is given where its claims stay', () => {
    assert.match(words(progressOf(set, pods, { claims: [claimOf([])] })), /^delete web-1: CrashLoopBackOff/);
    assert.match(words(progressOf(set, pods, { claims: [claimOf([owner, other])] })), /^delete web-1: /);
  });

  it('is not given where a claim would be deleted with it', () => {
    assert.match(
      words(progressOf(set, pods, { claims: [claimOf([owner])] })),
      /^web-1: CrashLoopBackOff.*; data-web-1 would be deleted with it$/,
    );
  });

  it('is not given where its claims could not be read', () => {
    const snapshot = { ...snapshotOf({ pods }), claims: forbidden<Claim>('persistentvolumeclaims') };
    const found = rollout(rolloutContexts(snapshot)(set));
    assert.ok('judgement' in found);
    assert.match(words(found), /^web-1: CrashLoopBackOff.*; whether a claim of the pod would go with it is not known$/);
  });
});

describe('a pod that the API server refuses', () => {
  it('counts as refused until the controller would have tried again', () => {
    const refused = (minutes: number): Event => ({
      ...warning(
        web,
        'FailedCreate',
        'Create Pod web-1 in StatefulSet web failed error: pods "web-1" is forbidden: no',
      ),
      firstTimestamp: ago(60),
      lastTimestamp: ago(minutes),
    });
    const judged = (minutes: number) =>
      progressOf(web, [podOf(web, 0, { revision: fresh })], { events: [refused(minutes)] });
    assert.match(stuckWords(judged(15), stuckIn(judged(15))), /^web-1 cannot be created.*: no$/);
    assert.equal(judged(25).judgement.kind, 'goes on');
  });
});

describe('a failure', () => {
  const crashedOnce = (minutesAgo: number, restartCount: number) => ({
    restartCount,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, startedAt: ago(minutesAgo), finishedAt: ago(minutesAgo) } },
  });

  it('lasts since the first crash, not since the pod began to start', () => {
    assert.equal(halfWay(unready(20, crashedOnce(1, 0))).judgement.kind, 'goes on');
    assert.equal(halfWay(unready(20, crashedOnce(6, 1))).judgement.kind, 'stuck');
  });

  it('has lasted for the back-offs between the crashes', () => {
    // 10 s, 20 s and 40 s.
    assert.equal(halfWay(unready(20, crashedOnce(4, 3))).judgement.kind, 'goes on');
    assert.equal(halfWay(unready(20, crashedOnce(4, 4))).judgement.kind, 'stuck');
    assert.equal(halfWay(unready(3, crashedOnce(4, 4))).judgement.kind, 'goes on', 'the pod was well in between');
  });

  it('of which only a warning tells has lasted since that was given first, in whatever words', () => {
    const told = (first: number, message: string) => ({
      ...warned('FailedMount', message, 1),
      metadata: { name: message, namespace: 'shop' },
      firstTimestamp: ago(first),
    });
    assert.equal(halfWay(unready(20), [told(2, 'secret "db" not found')]).judgement.kind, 'goes on');
    const both = [told(2, 'secret "db" not found'), told(7, 'timed out waiting for the condition')];
    assert.equal(halfWay(unready(20), both).judgement.kind, 'stuck');
  });

  it('is none for some minutes where only the claims of the pod are not provisioned yet, whatever the patience', () => {
    const message = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
    const pending = (minutes: number): Status => ({
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(minutes) },
      ],
    });
    const judged = (minutes: number) => {
      const pod = podOf(web, 1, { revision: fresh, status: pending(minutes), spec: { nodeName: '' } });
      const own = { ...pod, metadata: { ...pod.metadata, creationTimestamp: ago(minutes) } };
      const found = rollout({
        ...rolloutContexts(snapshotOf({ pods: [podOf(web, 0), own] }))(web),
        patience: 5_000,
      });
      return 'judgement' in found && found.judgement.kind;
    };
    assert.deepEqual([1, 4, 6].map(judged), ['goes on', 'goes on', 'stuck']);
  });

  it('is as old as somebody knows who watches the pod', () => {
    const pod = podOf(web, 0, { revision: fresh, status: unready(20, backingOff(2, 0.1)) });
    const judged = (minutes: number) => {
      const failingFrom = new Map([[pod.metadata.uid ?? '', Date.parse(ago(minutes))]]);
      const found = rollout(rolloutContexts(snapshotOf({ pods: [pod] }), { patience: 30_000, failingFrom })(web));
      return 'judgement' in found && found.judgement.kind;
    };
    assert.deepEqual([0.4, 0.6].map(judged), ['goes on', 'stuck']);
  });
});

describe('the pod of an earlier set of the same name', () => {
  const made = (minutes: number) =>
    statefulSet('web', { replicas: 1, metadata: { creationTimestamp: ago(minutes) }, status: { replicas: 0 } });
  const left = (set: StatefulSet, shape = {}) => {
    const pod = podOf({ ...set, metadata: { ...set.metadata, uid: 'uid-before' } }, 0);
    return { ...pod, metadata: { ...pod.metadata, ...shape } };
  };

  it('is waited for, since the garbage collector deletes it', () => {
    const set = made(1);
    const { judgement, waitsFor } = progressOf(set, [left(set)]);
    assert.equal(judgement.kind, 'goes on');
    assert.deepEqual(
      waitsFor.map(({ pod, why, lasted }) => [pod, why.kind, lasted]),
      [['web-0', 'name taken', 60_000]],
    );
  });

  it('is only likely to stay, if it has outlived the new set’s first minutes', () => {
    const set = made(6);
    const { ground, cause } = stuckIn(progressOf(set, [left(set)]));
    assert.deepEqual([ground, cause], ['likely', 'name taken']);
  });

  it('is certain to stay where another kind controls it', () => {
    const set = made(1);
    const ownerReferences = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-rs', controller: true },
    ];
    const { ground, cause } = stuckIn(progressOf(set, [left(set, { ownerReferences })]));
    assert.deepEqual([ground, cause], ['certain', 'name taken']);
  });
});

describe('a patience of its own', () => {
  const judged = (patience: number, status: Status) =>
    rollout({ ...rolloutContexts(snapshotOf({ pods: [podOf(web, 0, { revision: fresh, status })] }))(web), patience });
  const kindOf = (found: ReturnType<typeof judged>) => 'judgement' in found && found.judgement.kind;

  it('calls a set stuck once the failure has lasted for it', () => {
    const failing = unready(1, backingOff(2, 0.1));
    assert.deepEqual(
      [30_000, 60_000, 61_000].map((patience) => kindOf(judged(patience, failing))),
      ['stuck', 'stuck', 'goes on'],
    );
  });

  it('of somebody who watches begins with the watch: what failed before may just have been mended', () => {
    const failing = unready(6, backingOff(6, 0.1, 'back-off 5m0s restarting failed container'));
    const pods = [podOf(web, 0, { revision: fresh, status: failing })];
    const judgedBy = (watching: { watchedSince?: number }) =>
      kindOf(rollout(rolloutContexts(snapshotOf({ pods }), { patience: 60_000, ...watching })(web)));
    assert.equal(judgedBy({}), 'stuck');
    assert.deepEqual(
      [0.9, 1.1].map((minutes) => judgedBy({ watchedSince: Date.parse(ago(minutes)) })),
      ['goes on', 'stuck'],
    );
  });
});
