import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { type ManagedFields, ownersOf, ownManagedFields, selectorOwners } from '#src/pin/model/owner.ts';
import { external } from './services.ts';

const selector = { 'f:spec': { 'f:selector': {} } };
const note = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:kubectl-sts/pin': {} } } };

function entry(manager: string, operation: string, fieldsV1: ManagedFields['fieldsV1'] = selector): ManagedFields {
  return { manager, operation, apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, time: '2026-01-01T00:00:00Z' };
}

function managed(...managedFields: ManagedFields[]): Service {
  return external('lb', { metadata: { managedFields } });
}

function told(service: Service): string[] {
  return ownersOf(service, undefined).map(({ name, effect }) => `${name} ${effect}`);
}

describe('the owner of a Service', () => {
  it('by server-side apply meets a conflict; Argo CD and Flux force theirs', () => {
    assert.deepEqual(told(managed(entry('kubectl', 'Apply'))), ['kubectl conflicts']);
    assert.deepEqual(told(managed(entry('platform', 'Apply'))), ['platform conflicts']);
    assert.deepEqual(told(managed(entry('helm', 'Apply'))), ['Helm conflicts']);
    assert.deepEqual(told(managed(entry('argocd-controller', 'Apply'))), ['Argo CD reverts']);
    assert.deepEqual(told(managed(entry('kustomize-controller', 'Apply'))), ['Flux reverts']);
  });

  it('by client-side apply keeps the pin', () => {
    assert.deepEqual(told(managed(entry('kubectl-client-side-apply', 'Update'))), ['kubectl apply keeps']);
    assert.deepEqual(told(managed(entry('helm', 'Update'))), ['Helm keeps']);
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    assert.deepEqual(told(external('lb', { metadata: { annotations } })), ['kubectl apply keeps']);
  });

  it('is nobody where a person made it, or where somebody applied other fields', () => {
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

  it('is told once, by managedFields before marks', () => {
    const annotations = { 'meta.helm.sh/release-name': 'x' };
    const managedFields = [entry('helm', 'Apply'), entry('helm', 'Update')];
    assert.deepEqual(told(external('lb', { metadata: { annotations, managedFields } })), ['Helm conflicts']);
    const applied = external('lb', { metadata: { annotations, managedFields: [entry('platform', 'Apply')] } });
    assert.deepEqual(told(applied), ['platform conflicts']);
  });

  it('of a pinned Service is who owned the selector before', () => {
    const before = managed(entry('platform', 'Apply'));
    const after = managed(entry('ops', 'Update'));
    const names = ownersOf(after, selectorOwners(before)).map(({ name }) => name);
    assert.deepEqual(names, ['platform']);
  });
});

describe('giving up the selector', () => {
  const other = entry('kube-controller-manager', 'Update', { 'f:metadata': { 'f:labels': {} } });

  it('drops our entry when it holds nothing else', () => {
    const ours = entry('kubectl-sts', 'Update', { ...selector, ...note });
    assert.deepEqual(ownManagedFields(managed(other, ours), 'kubectl-sts'), { owned: [ours], rest: [other] });
  });

  it('keeps what else we own', () => {
    const fields = { 'f:spec': { 'f:selector': {}, 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } };
    const { rest } = ownManagedFields(managed(entry('kubectl-sts', 'Update', fields)), 'kubectl-sts');
    assert.deepEqual(
      rest.map(({ fieldsV1 }) => fieldsV1),
      [{ 'f:spec': { 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } }],
    );
  });

  it('touches nobody else’s entry, nor ours by server-side apply', () => {
    const entries = [other, entry('helm', 'Apply'), entry('kubectl-sts', 'Apply'), entry('kubectl-edit', 'Update')];
    assert.deepEqual(ownManagedFields(managed(...entries), 'kubectl-sts'), { owned: [], rest: entries });
  });

  it('gives the selector back to those who had it', () => {
    const pinned = managed(entry('helm', 'Apply', { 'f:spec': { 'f:type': {} } }), entry('kubectl-sts', 'Update'));
    const had = selectorOwners(
      managed(entry('helm', 'Apply'), entry('kubectl-set', 'Update'), entry('kubectl-sts', 'Update')),
    );
    const { rest } = ownManagedFields(pinned, 'kubectl-sts', had);
    assert.deepEqual(rest, [
      entry('helm', 'Apply', { 'f:spec': { 'f:type': {}, 'f:selector': {} } }),
      entry('kubectl-set', 'Update'),
    ]);
  });

  it('resets a list of which nothing is left, for an empty one would change nothing', () => {
    assert.deepEqual(ownManagedFields(managed(entry('kubectl-sts', 'Update')), 'kubectl-sts').rest, [{}]);
  });

  it('throws at no field set, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, annotations) => {
        const fields: unknown = { 'f:spec': spec, 'f:metadata': { 'f:annotations': annotations } };
        const service: Service = JSON.parse(
          JSON.stringify(managed(entry('kubectl-sts', 'Update', JSON.parse(JSON.stringify(fields))))),
        );
        ownersOf(service, undefined);
        ownManagedFields(
          service,
          'kubectl-sts',
          selectorOwners(managed(entry('kubectl-sts', 'Update'), entry('a', 'Apply'))),
        );
      }),
    );
  });
});
