import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Service, StatefulSet } from '#src/objects/types.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { forbidden, headless, podOf, snapshotOf, statefulSet } from '../../objects/snapshots.ts';

function topologyOf(set: StatefulSet, snapshot: Snapshot): Topology {
  const [topology] = topologies(snapshot, [set]);
  assert.ok(topology);
  return topology;
}

describe('the topologies of several sets', () => {
  it('keep the order of the sets', () => {
    const sets = ['web', 'db', 'cache'].map((name) => statefulSet(name));
    assert.deepEqual(
      topologies(snapshotOf({ statefulSets: [...sets].reverse() }), sets).map(({ set }) => set.metadata.name),
      ['web', 'db', 'cache'],
    );
  });

  it('have the Services that lead to their own pods, those that are pinned or were apart from the others', () => {
    const leading = (name: string, pod: string, record?: string) => ({
      ...headless(name),
      metadata: { ...headless(name).metadata, ...(record && { annotations: { 'kubectl-sts/pin': record } }) },
      spec: { type: 'LoadBalancer', selector: { 'statefulset.kubernetes.io/pod-name': pod } },
    });
    const record = (pod: string) => JSON.stringify({ selector: { app: 'x' }, pod });
    const services = [
      leading('per-pod', 'web-0'),
      leading('two', 'db-0', record('db-0')),
      leading('undone', 'web-0', record('db-0')),
      headless('web'),
    ];
    const sets = [statefulSet('web'), statefulSet('db'), statefulSet('cache')];
    const names = (found: readonly { service: Service }[]) => found.map(({ service }) => service.metadata.name);
    assert.deepEqual(
      topologies(snapshotOf({ statefulSets: sets, services }), sets).map(({ pins, perPod }) => [
        names(pins),
        names(perPod),
      ]),
      [
        [[], ['per-pod']],
        [['two', 'undone'], []],
        [[], []],
      ],
    );
  });
});

describe('the governing Service', () => {
  it('is found by its name in the set’s namespace', () => {
    const set = statefulSet('web');
    const { governingService } = topologyOf(set, snapshotOf({ services: [headless('web')] }));
    assert.deepEqual([governingService?.name, governingService?.service.state], ['web', 'found']);
  });

  it('may be missing', () => {
    assert.equal(topologyOf(statefulSet('web'), snapshotOf({})).governingService?.service.state, 'missing');
  });

  it('need not be named', () => {
    const set = statefulSet('web', { spec: { serviceName: '' } });
    assert.equal(topologyOf(set, snapshotOf({})).governingService, undefined);
  });
});

describe('the rollout of a topology', () => {
  const set = statefulSet('web', { replicas: 2, status: { updateRevision: 'web-2', readyReplicas: 1 } });

  it('comes from the status of the set where only some of its pods are at hand', () => {
    const some = { items: [podOf(set, 1)], others: 'not given' as const };
    assert.equal(topologyOf(set, { ...snapshotOf({}), pods: some }).rollout.state, 'not ready');
    assert.equal(topologyOf(set, { ...snapshotOf({}), pods: forbidden('pods') }).rollout.state, 'not ready');
    assert.equal(topologyOf(set, snapshotOf({ pods: some.items })).rollout.state, 'scaling');
  });
});
