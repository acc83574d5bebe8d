import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { boundClaim, forbidden, podOf, snapshotOf, statefulSet, warning } from '../../objects/snapshots.ts';

function topologyOf(set: StatefulSet, snapshot: Snapshot): Topology {
  const [topology] = topologies(snapshot, [set]);
  assert.ok(topology);
  return topology;
}

/** A word for each member: the pod's name, in parentheses where it is condemned, and the ordinals of absent pods. */
function membersOf(set: StatefulSet, snapshot: Snapshot): string[] {
  return topologyOf(set, snapshot).members.map((member) => {
    if (member.state === 'found') return member.wanted ? member.pod.metadata.name : `(${member.pod.metadata.name})`;
    return `${member.state} ${member.ordinals.start}-${member.ordinals.end - 1}`;
  });
}

function podsOf(set: StatefulSet, ...ordinals: number[]): Pod[] {
  return ordinals.map((ordinal) => podOf(set, ordinal));
}

describe('the pods of a StatefulSet', () => {
  it('stand in the order of their ordinals: -2 before -10', () => {
    const set = statefulSet('web', { replicas: 12 });
    const pods = podsOf(set, 10, 2, 0, 1, 11, 9, 3, 4, 5, 6, 7, 8);
    assert.deepEqual(
      membersOf(set, snapshotOf({ pods })),
      Array.from({ length: 12 }, (_, ordinal) => `web-${ordinal}`),
    );
  });

  it('count from spec.ordinals.start', () => {
    const set = statefulSet('web', { replicas: 2, start: 5 });
    assert.deepEqual(membersOf(set, snapshotOf({ pods: podsOf(set, 6, 5) })), ['web-5', 'web-6']);
  });

  it('outside the wanted ordinals are condemned, and stand at their places', () => {
    const set = statefulSet('web', { replicas: 2, start: 5 });
    assert.deepEqual(membersOf(set, snapshotOf({ pods: podsOf(set, 3, 5, 6, 7, 10) })), [
      '(web-3)',
      'web-5',
      'web-6',
      '(web-7)',
      '(web-10)',
    ]);
  });

  it('that are missing stand at their places', () => {
    const set = statefulSet('web', { replicas: 4 });
    assert.deepEqual(membersOf(set, snapshotOf({ pods: podsOf(set, 1, 3, 6) })), [
      'missing 0-0',
      'web-1',
      'missing 2-2',
      'web-3',
      '(web-6)',
    ]);
  });

  it('are none where no ordinal is wanted', () => {
    const set = statefulSet('web', { replicas: 0 });
    assert.deepEqual(membersOf(set, snapshotOf({})), []);
    assert.deepEqual(membersOf(set, snapshotOf({ pods: podsOf(set, 0) })), ['(web-0)']);
  });

  it('belong to the set by the UID of their controller', () => {
    const set = statefulSet('web', { replicas: 1 });
    const former = { ...set, metadata: { ...set.metadata, uid: 'former' } };
    const snapshot = snapshotOf({ pods: [...podsOf(former, 0), ...podsOf(statefulSet('webs'), 0)] });
    assert.deepEqual(membersOf(set, snapshot), ['missing 0-0']);
  });

  it('do not belong to the set by name or labels alone', () => {
    const set = statefulSet('web', { replicas: 1 });
    const orphan = podOf(set, 0, { metadata: { ownerReferences: [] } });
    assert.deepEqual(membersOf(set, snapshotOf({ pods: [orphan] })), ['missing 0-0']);
  });

  it('of two sets of one name in two namespaces are kept apart', () => {
    const set = statefulSet('web', { metadata: { uid: 'one' } });
    const other = statefulSet('web', { metadata: { uid: 'two', namespace: 'elsewhere' } });
    const pods = [podOf(set, 0), podOf(other, 0)];
    const members = topologies(snapshotOf({ pods }), [set, other]).map((topology) =>
      topology.members.map((member) => (member.state === 'found' ? member.pod : undefined)),
    );
    assert.deepEqual(members, [[pods[0]], [pods[1]]]);
  });

  it('that were not read are forbidden or not given, and never missing', () => {
    const set = statefulSet('web', { replicas: 1 });
    assert.deepEqual(membersOf(set, { ...snapshotOf({}), pods: forbidden('pods') }), ['forbidden 0-0']);
    assert.deepEqual(membersOf(set, { ...snapshotOf({}), pods: { items: [], others: 'not given' } }), [
      'not given 0-0',
    ]);
  });

  it('that are absent in great numbers stand together', () => {
    assert.deepEqual(membersOf(statefulSet('web', { replicas: 10_000 }), snapshotOf({})), ['missing 0-9999']);
  });

  it('that are absent in great numbers stand alone where they have a claim', () => {
    const set = statefulSet('web', { replicas: 1000, templates: ['data'] });
    const snapshot = snapshotOf({ claims: [boundClaim('data-web-500')] });
    assert.deepEqual(membersOf(set, snapshot), ['missing 0-499', 'missing 500-500', 'missing 501-999']);
  });

  it('may be wanted by the thousand million', () => {
    const set = statefulSet('web', { replicas: 2 ** 31 - 1, templates: ['data'] });
    const snapshot = snapshotOf({ pods: podsOf(set, 3, 2 ** 31 - 2), claims: [boundClaim('data-web-1000000')] });
    assert.equal(membersOf(set, snapshot).at(-1), 'web-2147483646');
    assert.ok(membersOf(set, snapshot).length < 20);
  });

  it('stand once each and in order, with every wanted ordinal', () => {
    const ordinals = fc.uniqueArray(fc.nat(40), { maxLength: 20 });
    fc.assert(
      fc.property(ordinals, fc.nat(20), fc.nat(20), (present, start, replicas) => {
        const set = statefulSet('web', { replicas, start });
        const { members } = topologyOf(set, snapshotOf({ pods: podsOf(set, ...present) }));
        const told = members.flatMap((member) => {
          if (member.state === 'found') return [member.ordinal];
          const { start: from, end } = member.ordinals;
          return Array.from({ length: end - from }, (_, offset) => from + offset);
        });
        const wanted = Array.from({ length: replicas }, (_, offset) => start + offset);
        const expected = [...new Set([...present, ...wanted])].sort((a, b) => a - b);
        assert.deepEqual(told, expected);
      }),
    );
  });
});

describe('a pod that is missing', () => {
  it('waits in an ordered set for the first pod before it that is not ready', () => {
    const set = statefulSet('web', { replicas: 3 });
    const pods = [podOf(set, 0), podOf(set, 1, { status: { phase: 'Pending' } })];
    const [, , last] = topologyOf(set, snapshotOf({ pods })).members;
    assert.ok(last?.state === 'missing' && last.why?.kind === 'waits for');
    assert.equal(last.why.pod, 'web-1');
  });

  it('waits for no pod in a parallel set', () => {
    const set = statefulSet('web', { replicas: 2, spec: { podManagementPolicy: 'Parallel' } });
    const pods = [podOf(set, 0, { status: { phase: 'Pending' } })];
    const [, last] = topologyOf(set, snapshotOf({ pods })).members;
    assert.ok(last?.state === 'missing');
    assert.equal(last.why, undefined);
  });

  it('waits until its claim is gone that is being deleted', () => {
    const set = statefulSet('web', { templates: ['data'] });
    const claim = boundClaim('data-web-0', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    const [only] = topologyOf(set, snapshotOf({ claims: [claim] })).members;
    assert.ok(only?.state === 'missing');
    assert.deepEqual(only.why, { kind: 'claim is being deleted', claim: 'data-web-0' });
  });

  it('waits for a pod that is missing itself', () => {
    const set = statefulSet('web', { replicas: 2 });
    const [, last] = topologyOf(set, snapshotOf({})).members;
    assert.ok(last?.state === 'missing');
    assert.deepEqual(last.why, { kind: 'waits for', pod: 'web-0', waiting: undefined });
  });

  it('is not created while its set is being deleted', () => {
    const set = statefulSet('web', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    const [only] = topologyOf(set, snapshotOf({})).members;
    assert.ok(only?.state === 'missing');
    assert.deepEqual(only.why, { kind: 'set is being deleted' });
  });

  it('has the newest warning about its set as a reason', () => {
    const set = statefulSet('web');
    const events = [warning(set, 'FailedCreate', 'quota exceeded'), { ...warning(set, 'Normal', ''), type: 'Normal' }];
    const [only] = topologyOf(set, snapshotOf({ events })).members;
    assert.ok(only?.state === 'missing');
    assert.deepEqual(only.why, { kind: 'event', reason: 'FailedCreate', message: 'quota exceeded' });
  });

  it('has no reason where pods were not read', () => {
    const set = statefulSet('web', { replicas: 2 });
    const { members } = topologyOf(set, { ...snapshotOf({}), pods: { items: [], others: 'not given' } });
    for (const member of members) assert.ok(member.state === 'not given' && member.why === undefined);
  });
});
