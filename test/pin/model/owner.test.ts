import assert from 'node:assert/strict';
import type { Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { ownersOf } from '#src/pin/model/owner.ts';
import { selectorOwners } from '#src/pin/model/ownership.ts';
import { selectorOf } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { entry, managed } from './managed.ts';
import { external, withSelector } from './services.ts';

const portsFields = { 'f:spec': { 'f:ports': {} } };
const perPod = { app: 'web', [podNameLabel]: 'web-0' };
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** @param pod the one that the Service is to be pinned to */
function told(service: Service, pod = 'web-1'): string[] {
  return ownersOf(service, { original: selectorOf(service), owners: undefined, pod }).map(
    ({ name, effect }) => `${name} ${effect}`,
  );
}

function noted(service: Service, annotations: Record<string, string>): Service {
  return { ...service, metadata: { ...service.metadata, annotations } };
}

/** As kubectl leaves it that applied a manifest with this selector. */
function appliedBy(manager: string, selector: Selector, live = selector): Service {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Service', spec: { selector } });
  return noted(withSelector(managed(entry(manager, 'Update')), live), { [lastApplied]: text });
}

describe('the owner of a Service that applies on the server’s side', () => {
  it('meets a conflict, unless it is Argo CD or Flux, which force', () => {
    for (const selector of [{ app: 'web' }, perPod]) {
      const by = (manager: string) => told(withSelector(managed(entry(manager, 'Apply')), selector));
      assert.deepEqual(by('kubectl'), ['kubectl apply conflicts']);
      assert.deepEqual(by('platform'), ['platform conflicts']);
      assert.deepEqual(by('helm'), ['Helm conflicts']);
      assert.deepEqual(by('argocd-controller'), ['Argo CD reverts']);
      assert.deepEqual(by('kustomize-controller'), ['Flux reverts']);
      assert.deepEqual(by('helm-controller'), ['Flux may revert']);
    }
  });

  it('meets it too when somebody else took the selector from it since', () => {
    const taken = (manager: string) => managed(entry(manager, 'Apply', portsFields), entry('kubectl-edit', 'Update'));
    assert.deepEqual(told(taken('helm')), ['Helm conflicts also unpinned']);
    assert.deepEqual(told(taken('argocd-controller')), ['Argo CD reverts']);
    assert.deepEqual(told(taken('platform')), ['platform may conflict also unpinned']);
    assert.deepEqual(told(managed(entry('platform', 'Apply', portsFields))), ['platform may conflict']);
  });

  it('is named for that way, though it wrote on the client’s side before', () => {
    const both = [entry('kubectl-client-side-apply', 'Update'), entry('kubectl', 'Apply')];
    assert.deepEqual(told(noted(managed(...both), { [lastApplied]: '{}' })), ['kubectl apply conflicts']);
    assert.deepEqual(told(managed(entry('helm', 'Update'), entry('helm', 'Apply', portsFields))), ['Helm conflicts']);
  });

  it('is nobody who applies neither selector nor ports', () => {
    assert.deepEqual(told(managed(entry('platform', 'Apply', { 'f:metadata': { 'f:labels': {} } }))), []);
    assert.deepEqual(told(managed(entry('platform', 'Apply', { 'f:spec': { 'f:type': {} } }))), []);
  });
});

describe('the owner of a Service that merges on the client’s side', () => {
  it('keeps the pin when its manifest names no pod', () => {
    assert.deepEqual(told(managed(entry('kubectl-client-side-apply', 'Update'))), ['kubectl apply keeps']);
    assert.deepEqual(told(managed(entry('helm', 'Update'))), ['Helm keeps']);
    assert.deepEqual(told(managed(entry('terraform-provider-helm_v2.9.0_x5', 'Update'))), ['Helm keeps']);
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', { app: 'web' })), ['kubectl apply keeps']);
    assert.deepEqual(told(appliedBy('argocd-controller', { app: 'web' })), ['Argo CD keeps']);
  });

  it('undoes the pin when its manifest names another pod', () => {
    assert.deepEqual(told(withSelector(managed(entry('helm', 'Update')), perPod)), ['Helm reverts']);
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', perPod)), ['kubectl apply reverts']);
    assert.deepEqual(told(appliedBy('argocd-controller', perPod)), ['Argo CD reverts']);
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', perPod), 'web-0'), ['kubectl apply keeps']);
  });

  it('undoes the pin when its manifest names another ordinal', () => {
    const byIndex = (ordinal: string) => ({ app: 'web', 'apps.kubernetes.io/pod-index': ordinal });
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', byIndex('0'))), ['kubectl apply reverts']);
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', byIndex('1'))), ['kubectl apply keeps']);
  });

  it('is judged by its manifest, whatever somebody has made of the selector since', () => {
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', perPod, { app: 'web' })), ['kubectl apply reverts']);
    assert.deepEqual(told(appliedBy('kubectl-client-side-apply', { app: 'web' }, perPod)), ['kubectl apply keeps']);
  });

  it('may do either when its manifest is nowhere, and somebody else wrote the selector', () => {
    const release = { 'meta.helm.sh/release-name': 'x' };
    const edited = managed(entry('helm', 'Update', portsFields), entry('kubectl-edit', 'Update'));
    assert.deepEqual(told(noted(edited, release)), ['Helm may revert']);
    assert.deepEqual(told(noted(withSelector(edited, perPod), release)), ['Helm may revert']);
  });
});

describe('the owner of a Service', () => {
  const labelled = (key: string, value = 'x') => told(external('lb', { metadata: { labels: { [key]: value } } }));
  const annotated = (key: string, selector: Selector = { app: 'web' }) =>
    told(noted(withSelector(external('lb'), selector), { [key]: '{}' }));

  it('is known by its marks, which do not tell on which side it applies', () => {
    const either = 'keeps or conflicts';
    assert.deepEqual(labelled('app.kubernetes.io/managed-by', 'Helm'), [`Helm ${either}`]);
    assert.deepEqual(annotated('meta.helm.sh/release-name'), [`Helm ${either}`]);
    assert.deepEqual(annotated('meta.helm.sh/release-name', perPod), ['Helm reverts or conflicts']);
    assert.deepEqual(annotated(lastApplied), [`kubectl apply ${either}`]);
    assert.deepEqual(annotated('argocd.argoproj.io/tracking-id'), ['Argo CD may revert']);
    assert.deepEqual(annotated('argocd.argoproj.io/tracking-id', perPod), ['Argo CD reverts']);
    assert.deepEqual(labelled('kustomize.toolkit.fluxcd.io/name'), ['Flux reverts']);
    assert.deepEqual(labelled('helm.toolkit.fluxcd.io/name'), ['Flux may revert']);
    assert.deepEqual(labelled('app.kubernetes.io/managed-by', 'postgres-operator'), ['postgres-operator may revert']);
  });

  it('may have been told in an annotation to write this Service in another way', () => {
    const flux = (operation: string, value: string) =>
      told(
        noted(managed(entry('kustomize-controller', operation)), { 'kustomize.toolkit.fluxcd.io/reconcile': value }),
      );
    assert.deepEqual(flux('Apply', 'disabled'), ['Flux keeps']);
    assert.deepEqual(flux('Apply', 'enabled'), ['Flux reverts']);
    const argo = (text: string) => {
      const options = { 'argocd.argoproj.io/sync-options': text, [lastApplied]: '{}' };
      return told(noted(managed(entry('argocd-controller', 'Update')), options));
    };
    assert.deepEqual(argo('Prune=false, Replace=true'), ['Argo CD replaces']);
    assert.deepEqual(argo('ServerSideApply=true,Replace=true'), ['Argo CD replaces']);
    assert.deepEqual(argo('ServerSideApply=true'), ['Argo CD reverts']);
    assert.deepEqual(argo('Prune=false,ServerSideApply=false'), ['Argo CD keeps']);
  });

  it('is also a person who replaces it by a manifest, whatever fields that changed', () => {
    for (const selector of [{ app: 'web' }, perPod]) {
      for (const fields of [portsFields, undefined]) {
        const service = managed(entry('kubectl-create', 'Update'), entry('kubectl-replace', 'Update', fields));
        assert.deepEqual(told(withSelector(service, selector)), ['kubectl replace replaces']);
      }
    }
  });

  it('is nobody when a person wrote the Service, or somebody wrote other fields', () => {
    for (const manager of ['kubectl-create', 'kubectl-edit', 'kubectl-patch', 'kubectl-sts', 'before-first-apply']) {
      assert.deepEqual(told(managed(entry(manager, 'Update'))), []);
    }
    assert.deepEqual(told(managed({ ...entry('cloud', 'Update'), subresource: 'status' })), []);
  });

  it('is also a program that runs kubectl to move the name of a pod', () => {
    const moved = (manager: string) => told(withSelector(managed(entry(manager, 'Update')), perPod));
    assert.deepEqual(moved('kubectl-patch'), ['kubectl-patch may revert']);
    assert.deepEqual(moved('kubectl-create'), []);
    const sidecar = withSelector(
      managed(entry('helm', 'Apply', portsFields), entry('kubectl-patch', 'Update')),
      perPod,
    );
    assert.deepEqual(told(sidecar), ['Helm conflicts also unpinned', 'kubectl-patch may revert']);
  });

  it('is an operator where one controls it, or writes the selector', () => {
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'Postgresql', name: 'db', uid: 'u', controller: true }];
    assert.deepEqual(told(external('lb', { metadata: { ownerReferences } })), ['Postgresql/db may revert']);
    assert.deepEqual(told(managed(entry('postgres-operator', 'Update'))), ['postgres-operator may revert']);
    const [{ controller: _, ...owner }] = ownerReferences as [(typeof ownerReferences)[0]];
    assert.deepEqual(told(external('lb', { metadata: { ownerReferences: [owner] } })), ['Postgresql/db may revert']);
  });

  it('is also an operator that wrote the Service, and from which a person took the selector', () => {
    const edited = managed(entry('strimzi-cluster-operator', 'Update', portsFields), entry('kubectl-edit', 'Update'));
    assert.deepEqual(told(edited), ['strimzi-cluster-operator may revert']);
    assert.deepEqual(told(managed(entry('kubectl-create', 'Update', portsFields))), []);
  });

  it('is named once, and managedFields win over marks', () => {
    const release = { 'meta.helm.sh/release-name': 'x' };
    assert.deepEqual(told(noted(managed(entry('helm', 'Apply'), entry('helm', 'Update')), release)), [
      'Helm conflicts',
    ]);
    assert.deepEqual(told(noted(managed(entry('platform', 'Apply')), release)), ['platform conflicts']);
  });

  it('of a pinned Service is the owner of the selector before the pin', () => {
    const before = managed(entry('platform', 'Apply'));
    const after = managed(entry('ops', 'Update'));
    const planned = { original: { app: 'web' }, owners: selectorOwners(before), pod: 'web-1' };
    assert.deepEqual(
      ownersOf(after, planned).map(({ name }) => name),
      ['platform'],
    );
  });
});
