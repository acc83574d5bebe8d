import assert from 'node:assert/strict';
import { groupOf, isOfKind, type OwnerReference, ownerName, podKind, refersTo, setKind } from '#src/objects/owners.ts';

const web = { metadata: { name: 'web', uid: 'u1' } };
const manifest = { metadata: { name: 'web' } };

function reference(changes: Partial<OwnerReference>): OwnerReference {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u1', controller: true, ...changes };
}

describe('an ownerReference', () => {
  it('means the object of its UID', () => {
    assert.equal(refersTo(reference({}), setKind, web), true);
    assert.equal(refersTo(reference({ uid: 'u2' }), setKind, web), false);
  });

  it('means the object of any version of its group', () => {
    assert.equal(refersTo(reference({ apiVersion: 'apps/v1beta2' }), setKind, web), true);
  });

  it('means the object of its name where one of the two has no UID', () => {
    assert.equal(refersTo(reference({}), setKind, manifest), true);
    assert.equal(refersTo(reference({ uid: '' }), setKind, web), true);
    assert.equal(refersTo(reference({ name: 'db' }), setKind, manifest), false);
    assert.equal(refersTo(reference({ name: 'db', uid: '' }), setKind, web), false);
  });

  for (const object of [web, manifest]) {
    const which = object === web ? 'with a UID' : 'of a manifest';
    it(`means no object ${which} of another kind or group`, () => {
      assert.equal(refersTo(reference({ kind: 'ReplicaSet' }), setKind, object), false);
      assert.equal(refersTo(reference({ apiVersion: 'apps.kruise.io/v1beta1' }), setKind, object), false);
      assert.equal(refersTo(reference({ apiVersion: 'v1' }), setKind, object), false);
    });
  }

  it('without an apiVersion, as only a file has it, may mean any group', () => {
    assert.equal(isOfKind({ apiVersion: '', kind: 'StatefulSet' }, setKind), true);
    assert.equal(isOfKind({ apiVersion: '', kind: 'StatefulSet' }, podKind), false);
  });
});

describe('an API group', () => {
  it('stands before the version, and the core group has no name', () => {
    assert.deepEqual(['apps/v1', 'v1', ''].map(groupOf), ['apps', '', '']);
  });
});

describe('the name of an owner', () => {
  it('has its group where Kubernetes has the kind too', () => {
    assert.equal(ownerName(reference({})), 'StatefulSet/web');
    assert.equal(ownerName(reference({ apiVersion: 'batch/v1', kind: 'Job' })), 'Job/web');
    assert.equal(ownerName(reference({ apiVersion: 'v1', kind: 'Pod' })), 'Pod/web');
    assert.equal(ownerName(reference({ apiVersion: 'kafka.strimzi.io/v1', kind: 'Kafka' })), 'Kafka/web');
    assert.equal(ownerName(reference({ apiVersion: 'apps.kruise.io/v1beta1' })), 'StatefulSet.apps.kruise.io/web');
  });
});
