import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Service } from '#src/objects/types.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { unpinRefusalDetails } from '#src/pin/view/refusalwords.ts';
import { podIndexLabel, podNameLabel } from '#src/statefulset/identity.ts';
import { entry } from './managed.ts';
import { external, patched, pinned, restoring, unpin, unpinned, withNote, withSelector } from './services.ts';

const lb = external('lb', { spec: { selector: { app: 'web' } } });

/** Pinned by a record alone, so that any selector will do. */
function pinnedFrom(selector: Record<string, string>): Service {
  return withNote(
    withSelector(lb, pinnedTo(selector, 'web-1')),
    JSON.stringify({ selector, pod: 'web-1', owners: [] }),
  );
}

const selectors = fc
  .array(fc.tuple(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('constructor', podNameLabel)), fc.string()), {
    minLength: 1,
  })
  .map((entries): Record<string, string> => Object.fromEntries(entries));

describe('unpinning', () => {
  it('leaves the Service as it was before the pin', () => {
    assert.deepEqual(unpinned(pinned(lb)), lb);
    assert.deepEqual(unpinned(pinned(pinned(lb, 0))), lb);
    const noted = external('lb', { metadata: { annotations: { note: 'x' } } });
    assert.deepEqual(unpinned(pinned(noted)), noted);
  });

  it('restores any selector exactly, and removes the annotation', () => {
    fc.assert(
      fc.property(selectors, (selector) => {
        const result = unpinned(pinnedFrom(selector));
        assert.deepEqual(result.spec?.selector, selector);
        assert.equal(result.metadata.annotations, undefined);
      }),
    );
  });

  it('restores the original from any selector when forced, and never writes an empty one', () => {
    fc.assert(
      fc.property(selectors, fc.option(selectors, { nil: {} }), (original, current) => {
        const service = withSelector(pinnedFrom(original), current);
        assert.deepEqual(unpinned(service, { force: true }).spec?.selector, original);
        for (const keepChanges of [false, true]) {
          const answer = unpin(service, { keepChanges });
          if (answer.kind === 'restore') patched(service, answer.patch);
          else assert.ok(answer.kind === 'drift' || (answer.kind === 'refused' && keepChanges));
        }
      }),
    );
  });

  it('never writes to a Service without the annotation unless a person insists', () => {
    fc.assert(
      fc.property(selectors, fc.boolean(), (selector, keepChanges) => {
        const service = withSelector(lb, selector);
        const answer = unpin(service, { keepChanges });
        const addressesPod = Object.hasOwn(selector, podNameLabel);
        assert.equal(answer.kind, addressesPod ? 'refused' : 'not pinned');
      }),
    );
  });

  it('has nothing to write for a Service that is not pinned', () => {
    assert.equal(unpin(lb).kind, 'not pinned');
    assert.equal(unpin(lb, { force: true, selector: { a: 'b' } }).kind, 'not pinned');
  });

  it('removes the annotation when somebody restored the original already', () => {
    assert.deepEqual(unpinned(withSelector(pinned(lb), { app: 'web' })), lb);
  });
});

describe('a selector that somebody changed after the pin', () => {
  const edited = withSelector(pinned(lb), { [podNameLabel]: 'web-1', app: 'shop', zone: 'b' });

  it('is shown, and not written', () => {
    const answer = unpin(edited);
    assert.ok(answer.kind === 'drift');
    assert.deepEqual(answer.drift, {
      added: { zone: 'b' },
      removed: {},
      changed: { app: { from: 'web', to: 'shop' } },
    });
    assert.deepEqual([answer.original, answer.merged], [{ app: 'web' }, { app: 'shop', zone: 'b' }]);
  });

  it('becomes the original by force', () => {
    assert.deepEqual(unpinned(edited, { force: true }), lb);
  });

  it('is kept without the pin when asked to', () => {
    for (const force of [false, true]) {
      const result = unpinned(edited, { keepChanges: true, force });
      assert.deepEqual(result, withSelector(lb, { app: 'shop', zone: 'b' }));
    }
  });

  it('keeps the pod of a per-pod Service', () => {
    const original = { app: 'web', [podNameLabel]: 'web-0' };
    const service = withSelector(pinnedFrom(original), { app: 'web', zone: 'b', [podNameLabel]: 'web-1' });
    assert.deepEqual(unpinned(service, { keepChanges: true }).spec?.selector, { ...original, zone: 'b' });
  });

  it('keeps the pod that somebody else named after the pin, as a failover does', () => {
    for (const original of [{ app: 'web', [podNameLabel]: 'web-0' }, { app: 'web' }]) {
      for (const pod of ['web-2', 'web-0']) {
        const failedOver = pinnedTo({ app: 'web' }, pod);
        const service = withSelector(pinnedFrom(original), failedOver);
        assert.deepEqual(unpinned(service, { keepChanges: true }), withSelector(lb, failedOver));
        assert.deepEqual(unpinned(service, { force: true }).spec?.selector, original);
      }
    }
  });

  it('keeps that somebody has taken the pod out of it', () => {
    const service = withSelector(pinnedFrom({ app: 'web', [podNameLabel]: 'web-0' }), { app: 'web' });
    assert.deepEqual(unpinned(service, { keepChanges: true }), lb);
  });

  it('is kept as well when --selector gives it, and no other selector is taken', () => {
    const failedOver = pinnedTo({ app: 'web' }, 'web-2');
    const service = withSelector(pinned(lb), failedOver);
    assert.deepEqual(unpinned(service, { selector: failedOver }), withSelector(lb, failedOver));
    assert.deepEqual(restoring(service, { selector: failedOver }).owners, undefined);
    const answer = unpin(service, { selector: pinnedTo({ app: 'web' }, 'web-0') });
    assert.equal(answer.kind === 'refused' && answer.reason.kind, 'original is known');
  });

  it('keeps the ordinal of a per-pod Service that goes by it', () => {
    const original = { app: 'web', [podIndexLabel]: '0' };
    const service = withSelector(pinnedFrom(original), { ...pinnedTo(original, 'web-1'), zone: 'b' });
    assert.deepEqual(unpinned(service, { keepChanges: true }).spec?.selector, { ...original, zone: 'b' });
  });

  it('is not kept when it would become empty', () => {
    const answer = unpin(withSelector(pinned(lb), { [podNameLabel]: 'web-1' }), { keepChanges: true });
    const reason = { kind: 'nothing would be left', original: { app: 'web' } };
    assert.deepEqual(answer.kind === 'refused' && answer.reason, reason);
    const removed = unpin(withSelector(pinned(lb), {}), { keepChanges: true });
    assert.deepEqual(removed.kind === 'refused' && removed.reason, reason);
  });
});

describe('a per-pod Service, which nobody pinned', () => {
  const perPod = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));
  const bare = withSelector(lb, { [podNameLabel]: 'web-1' });

  it('is refused, with its keepers and the pods that it would reach', () => {
    const { metadata } = perPod;
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const managedFields = [entry('kubectl-patch', 'Update'), entry('helm', 'Apply', { 'f:spec': { 'f:ports': {} } })];
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'Kafka', name: 'events', uid: 'u', controller: true }];
    const kept = { ...perPod, metadata: { ...metadata, labels, managedFields, ownerReferences } };
    const writer = { manager: 'kubectl-patch', operation: 'Update', apiVersion: 'v1' };
    for (const wish of [{}, { keepChanges: true }]) {
      const answer = unpin(kept, wish);
      assert.deepEqual(answer.kind === 'refused' && answer.reason, {
        kind: 'per-pod Service',
        pod: 'web-1',
        label: podNameLabel,
        keepers: [
          { kind: 'writer', owner: { ...writer, time: '2026-01-01T00:00:00Z' } },
          { kind: 'applier', manager: 'helm' },
          { kind: 'tool', name: 'Helm', mark: 'label app.kubernetes.io/managed-by' },
          { kind: 'controller', name: 'Kafka/events' },
        ],
        after: { app: 'web' },
        reach: { kind: 'all pods', pods: ['web-0', 'web-1', 'web-2'], notReady: [] },
      });
    }
  });

  it('is kept too by owners that are no controllers, a manager that a label names, and former writers', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'strimzi' };
    const ports = { 'f:spec': { 'f:ports': {} } };
    const managedFields = [
      entry('strimzi-cluster-operator', 'Update', ports),
      entry('kubectl-create', 'Update', ports),
    ];
    const ownerReferences = [{ apiVersion: 'x/v1', kind: 'Kafka', name: 'events', uid: 'u' }];
    const answer = unpin({ ...perPod, metadata: { ...perPod.metadata, labels, managedFields, ownerReferences } });
    assert.ok(answer.kind === 'refused' && answer.reason.kind === 'per-pod Service');
    assert.deepEqual(unpinRefusalDetails(answer.reason).slice(0, 3), [
      '  it was written by strimzi-cluster-operator (Update), which does not own its selector now',
      '  it is kept by strimzi (label app.kubernetes.io/managed-by=strimzi)',
      '  it is owned by Kafka/events (ownerReference)',
    ]);
  });

  it('loses the label that addresses its pod by force alone', () => {
    assert.equal(restoring(perPod, { force: true }).fromRecord, false);
    assert.deepEqual(unpinned(perPod, { force: true }), lb);
    const byIndex = withSelector(lb, { app: 'web', [podIndexLabel]: '1' });
    assert.equal(unpin(byIndex).kind, 'refused');
    assert.deepEqual(unpinned(byIndex, { force: true }), lb);
  });

  it('gets the selector that a person gives, and is left alone where it is the same', () => {
    assert.deepEqual(unpinned(perPod, { selector: { app: 'shop' } }), withSelector(lb, { app: 'shop' }));
    assert.equal(unpin(perPod, { selector: pinnedTo({ app: 'web' }, 'web-1') }).kind, 'not pinned');
  });

  it('whose selector would become empty needs one, and not an empty one', () => {
    const refused = (wish: Parameters<typeof unpin>[1]) => {
      const answer = unpin(bare, wish);
      return answer.kind === 'refused' && answer.reason.kind;
    };
    assert.equal(refused({}), 'per-pod Service');
    assert.equal(refused({ force: true }), 'nothing would be left');
    assert.equal(refused({ selector: {} }), 'nothing would be left');
    assert.deepEqual(unpinned(bare, { selector: { app: 'web' } }), lb);
  });
});

describe('a selector that is given', () => {
  it('replaces an original that cannot be read; without it unpin is refused', () => {
    const broken = withNote(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')), '{"selector":');
    const answer = unpin(broken, { force: true, keepChanges: true });
    assert.ok(answer.kind === 'refused' && answer.reason.kind === 'unreadable annotation');
    assert.equal(unpin(broken, { selector: {} }).kind, 'refused');
    assert.deepEqual(unpinned(broken, { selector: { app: 'web' } }), lb);
  });

  it('never replaces an original that is known', () => {
    const answer = unpin(pinned(lb), { selector: { app: 'shop' }, force: true });
    assert.deepEqual(answer.kind === 'refused' && answer.reason, {
      kind: 'original is known',
      original: { app: 'web' },
    });
    assert.deepEqual(unpinned(pinned(lb), { selector: { app: 'web' } }), lb);
  });
});

describe('the former owners of the selector', () => {
  const owners = [{ manager: 'fleet', operation: 'Apply', apiVersion: 'v1' }] as const;
  const owned = withNote(
    withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')),
    JSON.stringify({ selector: { app: 'web' }, pod: 'web-1', owners }),
  );
  const edited = withSelector(owned, { ...pinnedTo({ app: 'web' }, 'web-1'), zone: 'b' });

  it('own it again once the original is restored', () => {
    assert.deepEqual(restoring(owned).owners, owners);
    assert.deepEqual(restoring(edited, { force: true }).owners, owners);
    assert.equal(restoring(edited, { force: true }).fromRecord, true);
  });

  it('are not known where the annotation names none', () => {
    const text = JSON.stringify({ selector: { app: 'web' }, pod: 'web-1' });
    assert.equal(restoring(withNote(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')), text)).owners, undefined);
  });

  it('do not when somebody’s changes are kept', () => {
    assert.equal(restoring(edited, { keepChanges: true }).owners, undefined);
    assert.equal(restoring(edited, { keepChanges: true }).fromRecord, true);
  });
});
