import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { ownersOf } from '#src/pin/model/owner.ts';
import { ownManagedFields, selectorOwners } from '#src/pin/model/ownership.ts';
import { entry, managed, selectorFields } from './managed.ts';

const note = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:kubectl-sts/pin': {} } } };

describe('giving up the ownership of the selector', () => {
  const other = entry('kube-controller-manager', 'Update', { 'f:metadata': { 'f:labels': {} } });

  it('removes our entry when it holds nothing else', () => {
    const ours = entry('kubectl-sts', 'Update', { ...selectorFields, ...note });
    assert.deepEqual(ownManagedFields(managed(other, ours), 'kubectl-sts'), { owned: [ours], rest: [other] });
  });

  it('keeps the other fields that we own', () => {
    const fields = { 'f:spec': { 'f:selector': {}, 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } };
    const { rest } = ownManagedFields(managed(entry('kubectl-sts', 'Update', fields)), 'kubectl-sts');
    assert.deepEqual(
      rest.map(({ fieldsV1 }) => fieldsV1),
      [{ 'f:spec': { 'f:type': {} }, 'f:metadata': { 'f:labels': { 'f:a': {} } } }],
    );
  });

  it('keeps the entries of others, and ours by server-side apply', () => {
    const entries = [other, entry('helm', 'Apply'), entry('kubectl-sts', 'Apply'), entry('kubectl-edit', 'Update')];
    assert.deepEqual(ownManagedFields(managed(...entries), 'kubectl-sts'), { owned: [], rest: entries });
  });

  it('makes the former owners of the selector its owners again', () => {
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

  it('resets a list that would become empty, for the server ignores an empty one', () => {
    assert.deepEqual(ownManagedFields(managed(entry('kubectl-sts', 'Update')), 'kubectl-sts').rest, [{}]);
  });

  it('never throws, whatever a field set holds', () => {
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
