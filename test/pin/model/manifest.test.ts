import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import { holdersOf } from '#src/pin/model/manifest.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { entry } from './managed.ts';
import { external, pinned, restoring, withSelector } from './services.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const annotationFields = { 'f:metadata': { 'f:annotations': { 'f:kubectl-sts/pin': {} } } };
const lb = pinned(external('lb'));

function applied(manifest: object): Service {
  const annotations = { ...lb.metadata.annotations, [lastApplied]: JSON.stringify(manifest) };
  return { ...lb, metadata: { ...lb.metadata, annotations } };
}

function managedBy(...managedFields: ReturnType<typeof entry>[]): Service {
  return { ...lb, metadata: { ...lb.metadata, managedFields } };
}

describe('the manifest of a pinned Service', () => {
  const holders = (service: Service) => holdersOf(service, { app: 'web' }).map(({ name }) => name);
  const selector = pinnedTo({ app: 'web' }, 'web-1');

  it('holds the pin where it was applied with the annotation, or with the pod', () => {
    assert.deepEqual(holders(applied({ metadata: { annotations: { 'kubectl-sts/pin': '{}' } } })), ['kubectl apply']);
    assert.deepEqual(holders(applied({ spec: { selector } })), ['kubectl apply']);
    assert.deepEqual(holders(managedBy(entry('platform', 'Apply', annotationFields))), ['platform']);
    assert.deepEqual(holders(managedBy(entry('helm', 'Apply'))), ['Helm']);
  });

  it('does not hold it where it names no pod, or another one, or where nobody applies it', () => {
    for (const manifest of [
      {},
      { spec: { selector: { app: 'web' } } },
      { spec: { selector: pinnedTo({}, 'web-0') } },
    ]) {
      assert.deepEqual(holders(applied(manifest)), []);
    }
    assert.deepEqual(holders(managedBy(entry('kubectl-sts', 'Update'), entry('helm', 'Apply', {}))), []);
    assert.deepEqual(holders(withSelector(managedBy(entry('helm', 'Apply')), { app: 'web' })), []);
  });

  it('does not hold it where the original names the pod', () => {
    assert.deepEqual(holdersOf(managedBy(entry('helm', 'Apply')), selector), []);
  });

  it('is told with the plan to unpin', () => {
    assert.deepEqual(restoring(managedBy(entry('helm', 'Apply'))).holders, [
      { name: 'Helm', mark: 'field manager helm' },
    ]);
  });
});
