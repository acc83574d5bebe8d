import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import {
  claimName,
  isMember,
  isWanted,
  ordinalOf,
  podName,
  revisionHash,
  wantedOrdinals,
} from '#src/statefulset/identity.ts';

function setOf(spec: Partial<NonNullable<StatefulSet['spec']>>, uid?: string): StatefulSet {
  return {
    metadata: { name: 'web', namespace: 'shop', ...(uid === undefined ? {} : { uid }) },
    spec: { selector: {}, serviceName: 'web', template: {}, ...spec },
  };
}

function podOf(owner: { name?: string; uid: string; controller?: boolean; kind?: string }, namespace = 'shop'): Pod {
  const { name = 'web', uid, controller = true, kind = 'StatefulSet' } = owner;
  return {
    metadata: {
      name: 'web-0',
      namespace,
      ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller }],
    },
  };
}

describe('ordinals', () => {
  it('count from 0 unless told otherwise', () => {
    assert.deepEqual(wantedOrdinals(setOf({ replicas: 3 })), { start: 0, end: 3 });
  });

  it('count from spec.ordinals.start', () => {
    assert.deepEqual(wantedOrdinals(setOf({ replicas: 3, ordinals: { start: 5 } })), { start: 5, end: 8 });
  });

  it('are one when spec.replicas is not there, none when it is 0', () => {
    assert.deepEqual(wantedOrdinals(setOf({})), { start: 0, end: 1 });
    assert.deepEqual(wantedOrdinals({ metadata: { name: 'web' } }), { start: 0, end: 1 });
    assert.deepEqual(wantedOrdinals(setOf({ replicas: 0 })), { start: 0, end: 0 });
  });

  it('are wanted from the first on, up to but not at the end', () => {
    const range = { start: 5, end: 8 };
    assert.deepEqual(
      [4, 5, 7, 8, -1].map((ordinal) => isWanted(range, ordinal)),
      [false, true, true, false, false],
    );
  });

  it('are what stands behind the last hyphen of the pod’s name', () => {
    assert.equal(ordinalOf('web-0'), 0);
    assert.equal(ordinalOf('a-1-b-10'), 10);
    assert.equal(ordinalOf('web-007'), 7);
  });

  it('are -1 in a name that has none: such a pod is outside every range', () => {
    for (const name of ['web', 'web-', 'web-a', 'web-1a', 'web--', '-1x', '']) assert.equal(ordinalOf(name), -1, name);
  });

  it('have 32 bits, as the controller reads them', () => {
    assert.equal(ordinalOf('web-2147483647'), 2147483647);
    assert.equal(ordinalOf('web-2147483648'), -1);
    assert.equal(ordinalOf('web-99999999999999999999'), -1);
  });
});

describe('names', () => {
  it('of pods are SET-ORDINAL, and lead back to the ordinal', () => {
    assert.equal(podName('web', 2), 'web-2');
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/), fc.nat(2 ** 31 - 1), (set, ordinal) => {
        assert.equal(ordinalOf(podName(set, ordinal)), ordinal);
      }),
    );
  });

  it('of claims are TEMPLATE-SET-ORDINAL, which two sets can share', () => {
    assert.equal(claimName('data', 'web', 2), 'data-web-2');
    assert.equal(claimName('a-b', 'c', 0), claimName('a', 'b-c', 0));
  });

  it('of revisions end with the hash by which people tell them apart', () => {
    assert.equal(revisionHash('web', 'web-6d9f4c'), '6d9f4c');
    assert.equal(revisionHash('web', '6d9f4c'), '6d9f4c');
    assert.equal(revisionHash('web', 'webs-6d9f4c'), 'webs-6d9f4c');
  });
});

describe('a pod belongs to a StatefulSet', () => {
  it('when the set’s UID is the one of its controller', () => {
    assert.equal(isMember(setOf({}, 'u1'), podOf({ uid: 'u1' })), true);
  });

  it('but not by name alone: a set made anew adopts nothing', () => {
    assert.equal(isMember(setOf({}, 'u2'), podOf({ uid: 'u1' })), false);
  });

  it('but not when the set merely owns it without controlling it', () => {
    assert.equal(isMember(setOf({}, 'u1'), podOf({ uid: 'u1', controller: false })), false);
  });

  it('but not in another namespace', () => {
    assert.equal(isMember(setOf({}, 'u1'), podOf({ uid: 'u1' }, 'prod')), false);
  });

  it('but not without a controller', () => {
    assert.equal(isMember(setOf({}, 'u1'), { metadata: { name: 'web-0', namespace: 'shop' } }), false);
  });

  it('by the owner’s kind and name, where a manifest has no UID', () => {
    assert.equal(isMember(setOf({}), podOf({ uid: 'u1' })), true);
    assert.equal(isMember(setOf({}), podOf({ uid: 'u1', name: 'db' })), false);
    assert.equal(isMember(setOf({}), podOf({ uid: 'u1', kind: 'ReplicaSet' })), false);
  });
});
