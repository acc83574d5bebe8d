import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { ownersOf } from '#src/pin/model/owner.ts';
import { type ManagedFields, restoredManagedFields, selectorOwners } from '#src/pin/model/ownership.ts';
import type { SelectorOwner } from '#src/pin/model/record.ts';
import { entry, managed, selectorFields } from './managed.ts';

const note = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:kubectl-sts/pin': {} } } };

describe('giving back the ownership of the selector', () => {
  const other = entry('kube-controller-manager', 'Update', { 'f:metadata': { 'f:labels': {} } });
  const restored = (entries: ManagedFields[], owners?: SelectorOwner[]) =>
    restoredManagedFields(managed(...entries), 'kubectl-sts', owners);

  it('removes our entry when it holds nothing else', () => {
    const ours = entry('kubectl-sts', 'Update', { ...selectorFields, ...note });
    assert.deepEqual(restored([other, ours]), [other]);
  });

  it('keeps the other fields that we own', () => {
    const fields = { 'f:spec': { 'f:selector': {}, 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } };
    assert.deepEqual(
      restored([entry('kubectl-sts', 'Update', fields)])?.map(({ fieldsV1 }) => fieldsV1),
      [{ 'f:spec': { 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } }],
    );
  });

  it('keeps the entries of others, and ours by server-side apply, where the original is not restored', () => {
    const entries = [other, entry('helm', 'Apply'), entry('kubectl-sts', 'Apply'), entry('kubectl-edit', 'Update')];
    assert.equal(restored(entries), undefined);
  });

  it('makes the owners from before the pin owners again', () => {
    const had = selectorOwners(
      managed(entry('helm', 'Apply'), entry('kubectl-set', 'Update'), entry('kubectl-sts', 'Update')),
    );
    const pinned = [entry('helm', 'Apply', { 'f:spec': { 'f:type': {} } }), entry('kubectl-sts', 'Update')];
    assert.deepEqual(restored(pinned, had), [
      entry('helm', 'Apply', { 'f:spec': { 'f:type': {}, 'f:selector': {} } }),
      entry('kubectl-set', 'Update'),
    ]);
  });

  // Its second write has not come, or never will: it owns the selector until somebody takes that away.
  it('takes it from another unpin that has restored the selector', () => {
    const entries = [entry('fleet', 'Apply', { 'f:spec': { 'f:type': {} } }), entry('night-shift', 'Update')];
    assert.deepEqual(restored(entries, selectorOwners(managed(entry('fleet', 'Apply')))), [
      entry('fleet', 'Apply', { 'f:spec': { 'f:type': {}, 'f:selector': {} } }),
    ]);
  });

  it('leaves it to those who applied the original since the pin', () => {
    const entries = [entry('fleet', 'Apply'), entry('argocd', 'Apply')];
    assert.equal(restored(entries, selectorOwners(managed(entry('fleet', 'Apply')))), undefined);
  });

  it('gives it back to an owner by server-side apply of the same name', () => {
    const pinned = [entry('kubectl-sts', 'Apply', { 'f:spec': { 'f:type': {} } }), entry('kubectl-sts', 'Update')];
    assert.deepEqual(restored(pinned, selectorOwners(managed(entry('kubectl-sts', 'Apply')))), [
      entry('kubectl-sts', 'Apply', { 'f:spec': { 'f:type': {}, 'f:selector': {} } }),
    ]);
  });

  it('writes nothing where all is as it was', () => {
    const entries = [other, entry('kubectl-set', 'Update')];
    assert.equal(restored(entries, selectorOwners(managed(...entries))), undefined);
  });

  it('resets a list that would become empty, for the server ignores an empty one', () => {
    assert.deepEqual(restored([entry('kubectl-sts', 'Update')]), [{}]);
  });

  it('never throws, whatever a field set holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, annotations) => {
        const fields: unknown = { 'f:spec': spec, 'f:metadata': { 'f:annotations': annotations } };
        const service: Service = JSON.parse(
          JSON.stringify(managed(entry('kubectl-sts', 'Update', JSON.parse(JSON.stringify(fields))))),
        );
        ownersOf(service, { original: { app: 'web' }, owners: undefined, pod: 'web-1' });
        restoredManagedFields(
          service,
          'kubectl-sts',
          selectorOwners(managed(entry('kubectl-sts', 'Update'), entry('a', 'Apply'))),
        );
      }),
    );
  });
});
