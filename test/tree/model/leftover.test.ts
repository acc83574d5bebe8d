import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, StatefulSet } from '#src/objects/types.ts';
import { fateOf } from '#src/tree/model/leftover.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { boundClaim, podOf, snapshotOf, statefulSet } from '../../objects/snapshots.ts';

function leftOver(set: StatefulSet, snapshot: Snapshot): string[] {
  const [topology] = topologies(snapshot, [set]);
  return (topology?.leftOver ?? []).map(({ storage }) => storage.name);
}

function ownedBy(kind: string, name: string, uid: string, controller = false): Partial<Claim['metadata']> {
  const apiVersion = kind === 'StatefulSet' ? 'apps/v1' : 'v1';
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller }] };
}

describe('a claim', () => {
  const set = statefulSet('web', { replicas: 1, templates: ['data'] });

  it('left by scale-down is left over, in the order of ordinals', () => {
    const claims = [10, 2, 1, 0].map((ordinal) => boundClaim(`data-web-${ordinal}`));
    const snapshot = snapshotOf({ statefulSets: [set], claims, pods: [podOf(set, 0)] });
    assert.deepEqual(leftOver(set, snapshot), ['data-web-1', 'data-web-2', 'data-web-10']);
  });

  it('of a wanted ordinal is not left over, even while its pod is missing', () => {
    const snapshot = snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-0')] });
    assert.deepEqual(leftOver(set, snapshot), []);
  });

  it('that a condemned pod still mounts is not left over yet', () => {
    const snapshot = snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-4')], pods: [podOf(set, 4)] });
    assert.deepEqual(leftOver(set, snapshot), []);
  });

  it('that any other pod mounts is not left over', () => {
    const volumes = [{ name: 'x', persistentVolumeClaim: { claimName: 'data-web-4' } }];
    const backup = { metadata: { name: 'backup', namespace: 'shop' }, spec: { containers: [], volumes } };
    const snapshot = snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-4')], pods: [backup] });
    assert.deepEqual(leftOver(set, snapshot), []);
  });

  it('below spec.ordinals.start is left over', () => {
    const later = statefulSet('web', { replicas: 1, start: 5, templates: ['data'] });
    const claims = [boundClaim('data-web-4'), boundClaim('data-web-5')];
    assert.deepEqual(leftOver(later, snapshotOf({ statefulSets: [later], claims })), ['data-web-4']);
  });

  it('that another set wants is left over by neither', () => {
    const one = statefulSet('c', { replicas: 0, templates: ['a-b'] });
    const other = statefulSet('b-c', { replicas: 1, templates: ['a'] });
    const snapshot = snapshotOf({ statefulSets: [one, other], claims: [boundClaim('a-b-c-0')] });
    assert.deepEqual(leftOver(one, snapshot), []);
    assert.deepEqual(leftOver(other, snapshot), []);
  });

  it('whose name only looks alike is nobody’s', () => {
    const names = ['data-web-x', 'data-web-01', 'data-webs-3', 'mydata-web-3', 'data-web-3-old'];
    const claims = names.map((name) => boundClaim(name));
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });

  it('of a former template is the set’s when it has the set’s labels', () => {
    const claims = [
      boundClaim('old-web-0', { metadata: { labels: { app: 'web' } } }),
      boundClaim('foreign-web-0', { metadata: { labels: { app: 'other' } } }),
    ];
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), ['old-web-0']);
  });

  it('that another set of the same name owned is not this one’s', () => {
    const claims = [boundClaim('data-web-3', { metadata: ownedBy('StatefulSet', 'web', 'former', true) })];
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });

  it('in another namespace is not this set’s', () => {
    const claims = [boundClaim('data-web-3', { metadata: { namespace: 'elsewhere' } })];
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });
});

describe('what will happen to a claim', () => {
  const set = statefulSet('web', {
    templates: ['data'],
    spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' } },
  });
  const fate = (metadata: Partial<Claim['metadata']> = {}) => fateOf(boundClaim('data-web-0', { metadata }), set);

  it('is told by its owners, not by the retention policy: without one it stays', () => {
    assert.equal(fate(), 'stays');
  });

  it('is the set’s end when the set owns it', () => {
    assert.equal(fate(ownedBy('StatefulSet', 'web', set.metadata.uid ?? '')), 'goes with the set');
  });

  it('is not the set’s end when a former set of this name owns it', () => {
    assert.equal(fate(ownedBy('StatefulSet', 'web', 'former')), 'stays');
  });

  it('is its pod’s end when the pod owns it', () => {
    assert.equal(fate(ownedBy('Pod', 'web-0', 'p')), 'goes with its pod');
  });
});
