import assert from 'node:assert/strict';
import { qualifiedName, resourcePath, resources } from '#src/kube/resources.ts';

describe('a resource', () => {
  it('is named with its group, as RBAC does', () => {
    assert.equal(qualifiedName(resources.pods), 'pods');
    assert.equal(qualifiedName(resources.statefulSets), 'statefulsets.apps');
    assert.equal(qualifiedName(resources.classes), 'storageclasses.storage.k8s.io');
  });

  it('lies at the path at which the API server serves it', () => {
    assert.equal(resourcePath(resources.pods, 'shop'), '/api/v1/namespaces/shop/pods');
    assert.equal(resourcePath(resources.pods, 'shop', 'web-0'), '/api/v1/namespaces/shop/pods/web-0');
    assert.equal(resourcePath(resources.pods, undefined), '/api/v1/pods');
    assert.equal(resourcePath(resources.statefulSets, 'shop', 'web'), '/apis/apps/v1/namespaces/shop/statefulsets/web');
    assert.equal(resourcePath(resources.classes, undefined, 'fast'), '/apis/storage.k8s.io/v1/storageclasses/fast');
  });

  it('that belongs to no namespace is not looked for in one', () => {
    assert.equal(resourcePath(resources.volumes, 'shop', 'pv-1'), '/api/v1/persistentvolumes/pv-1');
  });

  it('cannot be led elsewhere by a name', () => {
    assert.equal(resourcePath(resources.pods, 'a/../b', 'x?y=z#'), '/api/v1/namespaces/a%2F..%2Fb/pods/x%3Fy%3Dz%23');
  });
});
