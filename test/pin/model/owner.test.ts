import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import { ownersOf } from '#src/pin/model/owner.ts';
import { selectorOwners } from '#src/pin/model/ownership.ts';
import { entry, managed } from './managed.ts';
import { external } from './services.ts';

function told(service: Service): string[] {
  return ownersOf(service, undefined).map(({ name, effect }) => `${name} ${effect}`);
}

describe('the owner of a Service', () => {
  it('meets a conflict when it uses server-side apply, unless it is Argo CD or Flux, which force', () => {
    assert.deepEqual(told(managed(entry('kubectl', 'Apply'))), ['kubectl conflicts']);
    assert.deepEqual(told(managed(entry('platform', 'Apply'))), ['platform conflicts']);
    assert.deepEqual(told(managed(entry('helm', 'Apply'))), ['Helm conflicts']);
    assert.deepEqual(told(managed(entry('argocd-controller', 'Apply'))), ['Argo CD reverts']);
    assert.deepEqual(told(managed(entry('kustomize-controller', 'Apply'))), ['Flux reverts']);
  });

  it('keeps the pin when it uses client-side apply', () => {
    assert.deepEqual(told(managed(entry('kubectl-client-side-apply', 'Update'))), ['kubectl apply keeps']);
    assert.deepEqual(told(managed(entry('helm', 'Update'))), ['Helm keeps']);
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    assert.deepEqual(told(external('lb', { metadata: { annotations } })), ['kubectl apply keeps']);
  });

  it('is nobody when a person created the Service, or somebody applied other fields', () => {
    for (const manager of ['kubectl-create', 'kubectl-edit', 'kubectl-sts']) {
      assert.deepEqual(told(managed(entry(manager, 'Update'))), []);
    }
    assert.deepEqual(told(managed(entry('platform', 'Apply', { 'f:spec': { 'f:type': {} } }))), []);
    assert.deepEqual(told(managed({ ...entry('cloud', 'Update'), subresource: 'status' })), []);
  });

  it('is known by its marks', () => {
    const labelled = (key: string, value = 'x') => told(external('lb', { metadata: { labels: { [key]: value } } }));
    const noted = (key: string) => told(external('lb', { metadata: { annotations: { [key]: 'x' } } }));
    assert.deepEqual(labelled('app.kubernetes.io/managed-by', 'Helm'), ['Helm keeps']);
    assert.deepEqual(noted('meta.helm.sh/release-name'), ['Helm keeps']);
    assert.deepEqual(noted('argocd.argoproj.io/tracking-id'), ['Argo CD keeps']);
    assert.deepEqual(labelled('kustomize.toolkit.fluxcd.io/name'), ['Flux reverts']);
    assert.deepEqual(labelled('helm.toolkit.fluxcd.io/name'), ['Flux may revert']);
    assert.deepEqual(labelled('app.kubernetes.io/managed-by', 'me'), []);
  });

  it('is an operator where one controls it, or writes the selector', () => {
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'Postgresql', name: 'db', uid: 'u', controller: true }];
    assert.deepEqual(told(external('lb', { metadata: { ownerReferences } })), ['Postgresql/db may revert']);
    assert.deepEqual(told(managed(entry('postgres-operator', 'Update'))), ['postgres-operator may revert']);
  });

  it('is named once, and managedFields win over marks', () => {
    const annotations = { 'meta.helm.sh/release-name': 'x' };
    const managedFields = [entry('helm', 'Apply'), entry('helm', 'Update')];
    assert.deepEqual(told(external('lb', { metadata: { annotations, managedFields } })), ['Helm conflicts']);
    const applied = external('lb', { metadata: { annotations, managedFields: [entry('platform', 'Apply')] } });
    assert.deepEqual(told(applied), ['platform conflicts']);
  });

  it('of a pinned Service is the owner of the selector before the pin', () => {
    const before = managed(entry('platform', 'Apply'));
    const after = managed(entry('ops', 'Update'));
    const names = ownersOf(after, selectorOwners(before)).map(({ name }) => name);
    assert.deepEqual(names, ['platform']);
  });
});
