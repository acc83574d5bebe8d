import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { type Summary, summary, total } from '#src/tree/model/summary.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { boundClaim, forbidden, pendingClaim, podOf, snapshotOf, statefulSet } from '../../objects/snapshots.ts';

const Mi = 2 ** 20;

/** The numbers of the first set of a snapshot. */
function numbers(snapshot: Snapshot): Summary {
  const [topology] = topologies(snapshot, snapshot.statefulSets.items);
  assert.ok(topology);
  return summary(topology);
}

describe('the sum of a set', () => {
  const set = statefulSet('web', { replicas: 2, templates: ['data'] });
  const pods = [podOf(set, 0), podOf(set, 1)];

  it('counts the claims of its pods and those left over', () => {
    const claims = [0, 1, 5].map((ordinal) => boundClaim(`data-web-${ordinal}`));
    assert.deepEqual(numbers(snapshotOf({ statefulSets: [set], pods, claims })), {
      ready: 2,
      wanted: 2,
      claims: { count: 3, bytes: 150 * Mi },
      leftOver: { count: 1, bytes: 50 * Mi },
      unseenClaims: undefined,
    });
  });

  it('counts a claim that several pods share once', () => {
    const sharing = statefulSet('web', { replicas: 2, shared: ['common'] });
    const snapshot = snapshotOf({
      statefulSets: [sharing],
      pods: [podOf(sharing, 0), podOf(sharing, 1)],
      claims: [boundClaim('common', { size: '1Gi' })],
    });
    assert.deepEqual(numbers(snapshot).claims, { count: 1, bytes: 1024 * Mi });
  });

  it('takes what a claim has, and what it asks for while it has nothing', () => {
    const claims = [
      boundClaim('data-web-0', { status: { capacity: { storage: '80Mi' } } }),
      pendingClaim('data-web-1', { size: '20Mi' }),
    ];
    assert.equal(numbers(snapshotOf({ statefulSets: [set], pods, claims })).claims.bytes, 100 * Mi);
  });

  it('counts a claim whose size nobody can read without any bytes', () => {
    const claims = [boundClaim('data-web-0', { size: 'a lot' }), boundClaim('data-web-1')];
    assert.deepEqual(numbers(snapshotOf({ statefulSets: [set], pods, claims })).claims, { count: 2, bytes: 50 * Mi });
  });

  it('tells why claims are not at hand: they are missing, or may not be read', () => {
    const snapshot = snapshotOf({ statefulSets: [set], pods, claims: [boundClaim('data-web-0')] });
    assert.deepEqual(numbers(snapshot).unseenClaims, { count: 1, state: 'missing' });
    const refused = numbers({ ...snapshot, claims: forbidden('persistentvolumeclaims') });
    assert.deepEqual(refused.unseenClaims, { count: 2, state: 'forbidden' });
  });

  it('does not miss the claims of pods that are missing: they come with them', () => {
    assert.equal(numbers(snapshotOf({ statefulSets: [set] })).unseenClaims, undefined);
  });

  it('tells no ready pods of a set that has no status, and none of one whose status tells of none', () => {
    const manifest = statefulSet('web', { status: null });
    assert.equal(numbers(snapshotOf({ statefulSets: [manifest] })).ready, undefined);
    const { status: _, ...young } = manifest;
    assert.equal(numbers(snapshotOf({ statefulSets: [{ ...young, status: { replicas: 0 } }] })).ready, 0);
  });
});

describe('the sum of several sets', () => {
  const [web, db] = [
    statefulSet('web', { replicas: 2, templates: ['data'] }),
    statefulSet('db', { shared: ['common'] }),
  ];
  const all = (snapshot: Snapshot) => total(topologies(snapshot, snapshot.statefulSets.items));

  it('counts a claim that they share once, and claims of one name in two namespaces as two', () => {
    const elsewhere = statefulSet('db', { shared: ['common'], metadata: { namespace: 'elsewhere', uid: 'other' } });
    const other = statefulSet('app', { shared: ['common'] });
    const claims = [boundClaim('common'), boundClaim('common', { metadata: { namespace: 'elsewhere' } })];
    const pods = [podOf(db, 0), podOf(other, 0), podOf(elsewhere, 0)];
    const { claims: counted } = all(snapshotOf({ statefulSets: [db, other, elsewhere], pods, claims }));
    assert.deepEqual(counted, { count: 2, bytes: 100 * Mi });
  });

  it('counts pods, claims left over, and claims that are not at hand', () => {
    const pods = [podOf(web, 0), podOf(web, 1), podOf(db, 0)];
    const claims = [boundClaim('data-web-0'), boundClaim('data-web-7')];
    assert.deepEqual(all(snapshotOf({ statefulSets: [web, db], pods, claims })), {
      ready: 3,
      wanted: 3,
      claims: { count: 2, bytes: 100 * Mi },
      leftOver: { count: 1, bytes: 50 * Mi },
      unseenClaims: { count: 2, state: 'missing' },
    });
  });

  it('tells no ready pods where a set has no status', () => {
    const manifest = statefulSet('new', { status: null });
    assert.equal(all(snapshotOf({ statefulSets: [web, manifest] })).ready, undefined);
  });
});
