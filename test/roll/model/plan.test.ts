import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Budget, Node, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import { planRoll, type RollPlan, type RollSnapshot, type RollWish } from '#src/roll/model/plan.ts';
import {
  boundClaim,
  crashing,
  forbidden,
  namespace,
  node,
  podOf,
  read,
  snapshotOf,
  statefulSet,
  volumeOf,
} from '../../objects/snapshots.ts';

type Objects = Parameters<typeof snapshotOf>[0];

const simple: Omit<RollWish, 'set'> = {
  order: 'reverse',
  ordinals: undefined,
  first: undefined,
  last: undefined,
  leader: undefined,
  outdated: false,
  before: undefined,
  maxUnavailable: 1,
  evicts: true,
};

function budget(name: string, shape: Partial<Budget> = {}): Budget {
  const spec = { selector: { matchLabels: { app: 'web' } }, maxUnavailable: 1 };
  const status = {
    currentHealthy: 3,
    desiredHealthy: 2,
    disruptionsAllowed: 1,
    expectedPods: 3,
    observedGeneration: 1,
  };
  return { metadata: { name, namespace, generation: 1 }, spec, status, ...shape };
}

function snapshot(objects: Objects, budgets: readonly Budget[] = []): RollSnapshot {
  return { ...snapshotOf(objects), budgets: read(budgets), revisions: read() };
}

function withAll(set: StatefulSet, pods: Pod[] = podsOf(set)): RollSnapshot {
  return snapshot({ statefulSets: [set], pods });
}

function podsOf(set: StatefulSet): Pod[] {
  const start = set.spec?.ordinals?.start ?? 0;
  return Array.from({ length: set.spec?.replicas ?? 1 }, (_, index) => podOf(set, start + index));
}

function ordinals({ pods }: RollPlan): number[] {
  return pods.map(({ ordinal }) => ordinal);
}

const kinds = (list: readonly { kind: string }[]) => list.map(({ kind }) => kind);

describe('the plan of a roll', () => {
  const set = statefulSet('web', { replicas: 4 });

  const orders: [what: string, wish: Partial<RollWish>, expected: number[]][] = [
    ['goes from the highest ordinal down, as the controller does', {}, [3, 2, 1, 0]],
    ['goes forward', { order: 'forward' }, [0, 1, 2, 3]],
    ['goes as listed, and leaves out what is not listed', { order: [2, 0, 1] }, [2, 0, 1]],
    ['goes to the named ordinals alone', { ordinals: [{ start: 1, end: 3 }] }, [2, 1]],
    ['goes to one last', { last: 2 }, [3, 1, 0, 2]],
    ['goes to one first', { first: 0, last: 3 }, [0, 2, 1, 3]],
  ];
  for (const [what, wish, expected] of orders) {
    it(what, () => {
      const plan = planRoll({ set, ...simple, ...wish }, withAll(set));
      assert.deepEqual([ordinals(plan), plan.refusals], [expected, []]);
    });
  }

  it('holds each chosen pod once, and says of each other why it stays', () => {
    const wishes = fc.record({
      order: fc.oneof(
        fc.constantFrom('reverse' as const, 'forward' as const),
        fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
      ),
      ordinals: fc.option(fc.constant([{ start: 1, end: 4 }]), { nil: undefined }),
      first: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      last: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(wishes, (wish) => {
        const plan = planRoll({ set, ...simple, ...wish }, withAll(set));
        const all = [...ordinals(plan), ...plan.left.map(({ ordinal }) => ordinal)];
        assert.deepEqual(all.sort(), [0, 1, 2, 3]);
      }),
    );
  });

  it('says in which revision each comes back: behind the partition the current one, counted from the start', () => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    const status = { currentRevision: 'web-1', updateRevision: 'web-2' };
    const held = statefulSet('web', { replicas: 2, start: 5, spec, status });
    const pods = [podOf(held, 5, { revision: 'web-1' }), podOf(held, 6, { revision: 'web-2' })];
    const plan = planRoll({ set: held, ...simple }, withAll(held, pods));
    assert.deepEqual(
      plan.pods.map(({ name, revision }) => [name, revision.now, revision.next]),
      [
        ['web-6', 'web-2', 'web-2'],
        ['web-5', 'web-1', 'web-1'],
      ],
    );
    assert.deepEqual(plan.refusals, []);
  });

  it('brings pods of an OnDelete set to the update revision, and can leave those that are there', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } };
    const status = { currentRevision: 'web-1', updateRevision: 'web-2' };
    const manual = statefulSet('web', { replicas: 2, spec, status });
    const pods = [podOf(manual, 0, { revision: 'web-1' }), podOf(manual, 1, { revision: 'web-2' })];
    const plan = planRoll({ set: manual, ...simple, outdated: true }, withAll(manual, pods));
    assert.deepEqual(
      plan.pods.map(({ name, revision }) => [name, revision.next]),
      [['web-0', 'web-2']],
    );
    assert.deepEqual(plan.left, [{ pod: 'web-1', ordinal: 1, why: 'up to date' }]);
    assert.deepEqual(plan.refusals, []);
  });

  it('leaves an outdated pod that a partition would bring back as it is', () => {
    const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
    const status = { currentRevision: 'web-1', updateRevision: 'web-2' };
    const half = statefulSet('web', { replicas: 2, spec, status });
    const pods = [podOf(half, 0, { revision: 'web-1' }), podOf(half, 1, { revision: 'web-1' })];
    const plan = planRoll({ set: half, ...simple, outdated: true }, withAll(half, pods));
    assert.deepEqual(ordinals(plan), [1]);
    assert.deepEqual(plan.left, [{ pod: 'web-0', ordinal: 0, why: 'held back' }]);
  });

  it('goes to old pods alone, and to none whose age is not known', () => {
    const made = (ordinal: number, creationTimestamp: string) =>
      podOf(set, ordinal, { metadata: { creationTimestamp } });
    const pods = [
      made(0, '2026-01-01T00:00:00Z'),
      made(1, '2026-01-03T00:00:00Z'),
      made(2, 'some time ago'),
      made(3, '2025-01-01T00:00:00Z'),
    ];
    const plan = planRoll({ set, ...simple, before: Date.UTC(2026, 0, 2) }, withAll(set, pods));
    assert.deepEqual(ordinals(plan), [3, 0]);
    assert.deepEqual(
      plan.left.map(({ why }) => why),
      ['not old enough', 'not old enough'],
    );
  });
});

describe('a roll is refused', () => {
  const set = statefulSet('web', { replicas: 3, templates: ['data'] });
  const claims = [0, 1, 2].map((ordinal) => boundClaim(`data-web-${ordinal}`));
  const well = { statefulSets: [set], pods: podsOf(set), claims };

  function refused(wish: Partial<RollWish>, objects: RollSnapshot): string[] {
    return kinds(planRoll({ set, ...simple, ...wish }, objects).refusals);
  }

  it('not where all is well', () => {
    assert.deepEqual(refused({}, snapshot(well, [budget('web')])), []);
  });

  it('while the controller has not seen the newest change, updates, scales or deletes', () => {
    const changed = (shape: Parameters<typeof statefulSet>[1]) => statefulSet('web', { replicas: 3, ...shape });
    const atWork = (one: StatefulSet, pods = podsOf(one)) => refused({ set: one }, withAll(one, pods));
    assert.deepEqual(atWork(changed({ metadata: { generation: 2 } })), ['controller at work']);
    const updating = changed({ status: { updateRevision: 'web-2' } });
    assert.deepEqual(
      atWork(
        updating,
        [0, 1, 2].map((each) => podOf(updating, each, { revision: 'web-1' })),
      ),
      ['controller at work'],
    );
    assert.deepEqual(atWork(set, [...podsOf(set), podOf(set, 3)]), ['controller at work']);
    assert.deepEqual(atWork(set, podsOf(set).slice(0, 2)), ['controller at work']);
    assert.deepEqual(atWork(changed({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })), [
      'controller at work',
    ]);
  });

  it('while a pod is not ready that does not go first', () => {
    const pods = [podOf(set, 0), podOf(set, 1), podOf(set, 2, { status: crashing() })];
    assert.deepEqual(refused({}, snapshot({ ...well, pods })), []);
    assert.deepEqual(refused({ order: 'forward' }, snapshot({ ...well, pods })), ['not ready']);
    assert.deepEqual(refused({ order: [0, 1] }, snapshot({ ...well, pods })), ['not ready']);
  });

  it('while a pod is not ready, and tells whether its claims would stay without it', () => {
    const pods = [podOf(set, 0), podOf(set, 1), podOf(set, 2, { status: crashing() })];
    const stay = (around: Parameters<typeof snapshot>[0]) =>
      planRoll({ set, ...simple, order: [0, 1] }, snapshot({ ...well, pods, ...around })).refusals.find(
        ({ kind }) => kind === 'not ready',
      );
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'web-2', uid: pods[2]?.metadata.uid ?? '' };
    const owned = claims.map((claim, at) =>
      at === 2 ? boundClaim(claim.metadata.name, { metadata: { ownerReferences: [owner] } }) : claim,
    );
    const told = (refusal: ReturnType<typeof stay>) => refusal?.kind === 'not ready' && refusal.claimsStay;
    assert.deepEqual([told(stay({})), told(stay({ claims: owned }))], [true, false]);
  });

  it('for an ordinal that the set does not have', () => {
    assert.deepEqual(refused({ order: [2, 7] }, snapshot(well)), ['ordinal outside the set']);
    assert.deepEqual(refused({ ordinals: [{ start: 1, end: 4 }] }, snapshot(well)), ['ordinal outside the set']);
    assert.deepEqual(refused({ ordinals: [{ start: 1, end: 3 }] }, snapshot(well)), []);
    assert.deepEqual(refused({ first: 7, last: 7 }, snapshot(well)), ['ordinal outside the set']);
  });

  it('for several pods at a time of a set that goes in order', () => {
    assert.deepEqual(refused({ maxUnavailable: 2 }, snapshot(well)), ['ordered set']);
    const parallel = statefulSet('web', { replicas: 3, spec: { podManagementPolicy: 'Parallel' } });
    assert.deepEqual(refused({ set: parallel, maxUnavailable: 2 }, withAll(parallel)), []);
  });

  it('where the API server would refuse the successor of a chosen pod for the label of its revision', () => {
    const long = 'n'.repeat(53);
    const at = (hash: string, partition = 0) => {
      const spec = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } } };
      const { status, ...rest } = statefulSet(long, { replicas: 3, spec });
      const revisions = { currentRevision: `${long}-123456789`, updateRevision: `${long}-${hash}` };
      return { ...rest, status: { ...status, replicas: 3, ...revisions } };
    };
    const told = (set: StatefulSet) =>
      planRoll({ set, ...simple }, withAll(set)).refusals.find(({ kind }) => kind === 'revision label too long');
    assert.equal(told(at('234567890')), undefined);
    const pods = [2, 1, 0].map((ordinal) => `${long}-${ordinal}`);
    assert.deepEqual(told(at('1234567890')), { kind: 'revision label too long', pods });
    // The partition keeps the others in a revision that fits.
    assert.deepEqual(told(at('1234567890', 2)), { kind: 'revision label too long', pods: pods.slice(0, 1) });
  });

  it('where a claim of a chosen pod is being deleted', () => {
    const going = claims.map((claim, ordinal) =>
      ordinal === 1
        ? boundClaim(claim.metadata.name, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })
        : claim,
    );
    const plan = planRoll({ set, ...simple }, snapshot({ ...well, claims: going }));
    const endangered = { kind: 'claim is being deleted', pod: 'web-1', claim: 'data-web-1' };
    assert.deepEqual(plan.refusals, [{ ...endangered, volumeFate: undefined }]);
    const volumes = going.map((claim) => volumeOf(claim, { persistentVolumeReclaimPolicy: 'Retain' }));
    const kept = planRoll({ set, ...simple }, snapshot({ ...well, claims: going, volumes }));
    assert.deepEqual(kept.refusals, [{ ...endangered, volumeFate: 'kept' }]);
    assert.deepEqual(refused({ order: [2, 0] }, snapshot({ ...well, claims: going })), []);
  });

  it('where claims or pods may not be seen', () => {
    const seen = snapshot(well);
    assert.deepEqual(refused({}, { ...seen, claims: forbidden('persistentvolumeclaims') }), ['unknown']);
    assert.deepEqual(refused({}, { ...seen, pods: forbidden('pods') }), ['unknown']);
    const bare = statefulSet('web', { replicas: 1 });
    assert.deepEqual(refused({ set: bare }, { ...withAll(bare), claims: forbidden('persistentvolumeclaims') }), []);
  });

  it('where a budget never lets go, or two select a pod, unless pods are deleted', () => {
    const selector = { matchLabels: { app: 'web' } };
    const status = {
      currentHealthy: 3,
      desiredHealthy: 3,
      disruptionsAllowed: 0,
      expectedPods: 3,
      observedGeneration: 1,
    };
    const never = budget('never', { spec: { selector, maxUnavailable: 0 }, status });
    const all = budget('all', { spec: { selector, minAvailable: '100%' }, status });
    const most = budget('most', { spec: { selector, minAvailable: 3 }, status });
    const stale = { ...most, metadata: { ...most.metadata, generation: 2 } };
    assert.deepEqual(refused({}, snapshot(well, [never])), ['budget never lets go']);
    assert.deepEqual(refused({}, snapshot(well, [all])), ['budget never lets go']);
    assert.deepEqual(refused({}, snapshot(well, [most])), ['budget never lets go']);
    assert.deepEqual(refused({}, snapshot(well, [stale])), []);
    assert.deepEqual(refused({ order: [1] }, snapshot(well, [budget('a'), budget('b')])), ['several budgets']);
    assert.deepEqual(refused({ evicts: false }, snapshot(well, [never, budget('b')])), []);
    const others = budget('others', { spec: { selector: { matchLabels: { app: 'db' } }, maxUnavailable: 0 } });
    const elsewhere = { ...never, metadata: { ...never.metadata, namespace: 'elsewhere' } };
    assert.deepEqual(refused({}, snapshot(well, [others, elsewhere])), []);
  });
});

describe('a roll warns', () => {
  function warned(set: StatefulSet, objects: RollSnapshot = withAll(set), wish: Partial<RollWish> = {}) {
    return planRoll({ set, ...simple, ...wish }, objects).warnings;
  }

  it('of nothing where nothing is to be warned of', () => {
    assert.deepEqual(warned(statefulSet('web')), []);
  });

  it('of volumes whose data goes with the pod, and of a grace period of 0', () => {
    const volumes = [
      { name: 'cache', emptyDir: {} },
      { name: 'scratch', ephemeral: {} },
      { name: 'config', configMap: {} },
    ];
    const spec = { template: { spec: { containers: [], volumes, terminationGracePeriodSeconds: 0 } } };
    assert.deepEqual(warned(statefulSet('web', { spec })), [
      { kind: 'data goes', volumes: ['cache', 'scratch'] },
      { kind: 'no grace period' },
    ]);
  });

  it('of ephemeral volumes that keep their data when the pods go, and the new pods begin without it', () => {
    const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }];
    const kept = statefulSet('web', { replicas: 1, spec: { template: { spec: { containers: [], volumes } } } });
    const claim = boundClaim('web-0-scratch');
    const seen = snapshot({
      statefulSets: [kept],
      pods: [podOf(kept, 0)],
      claims: [claim],
      volumes: [volumeOf(claim, { persistentVolumeReclaimPolicy: 'Retain' })],
    });
    assert.deepEqual(planRoll({ set: kept, ...simple }, seen).warnings, [
      { kind: 'data left behind', volumes: ['scratch'] },
    ]);
  });

  it('of somebody else who keeps the set', () => {
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'Database', name: 'shop', uid: '1', controller: true }];
    assert.deepEqual(warned(statefulSet('web', { metadata: { ownerReferences } })), [
      { kind: 'owner', owner: 'Database/shop' },
    ]);
  });

  it('of a pod whose volume is on a cordoned node', () => {
    const set = statefulSet('web', { templates: ['data'] });
    const claim = boundClaim('data-web-0');
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] }];
    const volume = volumeOf(claim, { nodeAffinity: { required: { nodeSelectorTerms: terms } } });
    const labels = { 'kubernetes.io/hostname': 'node-1' };
    const at = (unschedulable: boolean) =>
      snapshot({
        statefulSets: [set],
        pods: podsOf(set),
        claims: [claim],
        volumes: [volume],
        nodes: [node('node-1', { metadata: { name: 'node-1', labels }, spec: { unschedulable } })],
      });
    assert.deepEqual(kinds(warned(set, at(true))), ['no way back']);
    assert.deepEqual(warned(set, at(false)), []);
  });

  it('where nodes or volumes may not be seen, so that nobody knows whether a pod finds a node', () => {
    const [set, bare] = [statefulSet('web', { templates: ['data'] }), statefulSet('web')];
    for (const unseen of [{ nodes: forbidden<Node>('nodes') }, { volumes: forbidden<Volume>('persistentvolumes') }]) {
      assert.deepEqual(kinds(warned(set, { ...withAll(set), ...unseen })), ['way back unknown']);
      assert.deepEqual(warned(set, { ...withAll(set), ...unseen }, { ordinals: [] }), []);
      // Only a volume binds a pod to a node.
      assert.deepEqual(warned(bare, { ...withAll(bare), ...unseen }), []);
    }
  });

  it('where budgets may not be seen', () => {
    const set = statefulSet('web');
    const unseen = { ...withAll(set), budgets: forbidden<Budget>('poddisruptionbudgets.policy') };
    assert.deepEqual(kinds(warned(set, unseen)), ['budgets unknown']);
    assert.deepEqual(warned(set, unseen, { evicts: false }), []);
  });
});
