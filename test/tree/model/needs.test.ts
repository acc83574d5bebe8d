import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { treeNeeds } from '#src/tree/model/needs.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { boundClaim, pendingClaim, podOf, snapshotOf, statefulSet, uidOf } from '../../objects/snapshots.ts';

const set = statefulSet('web', { replicas: 2, templates: ['data'] });

function needs(parts: Parameters<typeof snapshotOf>[0]): ReturnType<typeof treeNeeds> {
  const snapshot: Snapshot = snapshotOf({ statefulSets: [set], ...parts });
  return treeNeeds(topologies(snapshot, snapshot.statefulSets.items));
}

describe('a second reading needs', () => {
  it('nothing where there is no set', () => {
    assert.deepEqual(needs({ statefulSets: [] }), { volumes: [], classes: [], nodes: [], events: [], warnings: [] });
  });

  it('the volumes and classes of all claims, each once', () => {
    const pods = [podOf(set, 0), podOf(set, 1)];
    const claims = [boundClaim('data-web-0'), boundClaim('data-web-1'), boundClaim('data-web-7', { class: 'slow' })];
    assert.deepEqual(needs({ pods, claims }), {
      volumes: ['pv-data-web-0', 'pv-data-web-1', 'pv-data-web-7'],
      classes: ['standard', 'slow'],
      nodes: [],
      events: [],
      warnings: [],
    });
  });

  it('the events of pending claims', () => {
    const pods = [podOf(set, 0), podOf(set, 1)];
    const claims = [pendingClaim('data-web-0'), boundClaim('data-web-1')];
    assert.deepEqual(needs({ pods, claims }).events, [uidOf('PersistentVolumeClaim', 'data-web-0')]);
  });

  it('the warnings about sets that lack a pod', () => {
    assert.deepEqual(needs({ pods: [podOf(set, 0)] }).warnings, [uidOf('StatefulSet', 'web')]);
  });

  it('the warnings about pods that are not ready, and about their set, and none where all are ready', () => {
    const starting = podOf(set, 1, { status: { phase: 'Pending' } });
    assert.deepEqual(needs({ pods: [podOf(set, 0), starting] }).warnings, [
      uidOf('StatefulSet', 'web'),
      uidOf('Pod', 'web-1'),
    ]);
    assert.deepEqual(needs({ pods: [podOf(set, 0), podOf(set, 1)] }).warnings, []);
  });

  it('the nodes where a pod may have lost its own', () => {
    const lost = podOf(set, 0);
    const pods = [{ ...lost, status: { ...lost.status, conditions: [{ type: 'Ready', status: 'False' }] } }];
    assert.deepEqual(needs({ pods, nodes: [] }).nodes, ['node-1']);
  });
});
