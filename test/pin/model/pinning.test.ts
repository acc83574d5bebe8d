import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import { pinnedTo, pinningOf } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { entry } from './managed.ts';
import { around, external, now, pinned, withSelector } from './services.ts';

const lb = external('lb');
const told = (service: Service) => pinningOf(service, around());

describe('a pinned Service', () => {
  it('remembers the pod, its set, the time, the user and the original selector', () => {
    const pinning = told(pinned(lb));
    assert.ok(pinning.kind === 'pinned');
    const { set, pod, since, user, selector } = pinning.record;
    assert.deepEqual([set, pod, since, user, selector], ['web', 'web-1', now, 'ada', { app: 'web' }]);
    assert.deepEqual([pinning.pod, pinning.drift], ['web-1', undefined]);
  });

  it('is known by its annotation: the label alone is that of a per-pod Service', () => {
    const perPod = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));
    assert.deepEqual(told(perPod), { kind: 'per-pod', pod: 'web-1', label: podNameLabel });
    assert.deepEqual(told(lb), { kind: 'not pinned' });
  });

  it('shows the changes that somebody else made to its selector', () => {
    const edited = withSelector(
      pinned(external('lb', { spec: { selector: { app: 'web', 'controller-revision-hash': 'web-1' } } })),
      {
        app: 'shop',
        [podNameLabel]: 'web-1',
        zone: 'b',
      },
    );
    const pinning = told(edited);
    assert.deepEqual(pinning.kind === 'pinned' && pinning.drift, {
      added: { zone: 'b' },
      removed: { 'controller-revision-hash': 'web-1' },
      changed: { app: { from: 'web', to: 'shop' } },
    });
  });
});

describe('a pin that somebody undid', () => {
  const undone = (selector: Record<string, string>, ...managedFields: ReturnType<typeof entry>[]) => {
    const service = withSelector(pinned(lb), selector);
    const pinning = told({ ...service, metadata: { ...service.metadata, managedFields } });
    assert.ok(pinning.kind === 'undone');
    return pinning;
  };

  it('is known by its record, whose pod the selector no longer names', () => {
    const { record, pod, drift } = undone({ app: 'web' });
    assert.deepEqual([record.pod, pod, drift.removed], ['web-1', undefined, { [podNameLabel]: 'web-1' }]);
  });

  it('may lead to another pod', () => {
    const { record, pod } = undone(pinnedTo({ app: 'web' }, 'web-0'));
    assert.deepEqual([record.pod, pod], ['web-1', 'web-0']);
  });

  it('names its last writer, where managedFields tell who owns the selector', () => {
    const at = (manager: string, time: string) => ({ ...entry(manager, 'Update'), time });
    const labels = { 'f:metadata': { 'f:labels': {} } };
    const writer = (...entries: ReturnType<typeof entry>[]) => undone({ app: 'web' }, ...entries).writer?.manager;
    assert.equal(
      writer(at('helm', '2026-01-01T00:00:00Z'), at('kubectl-edit', '2026-01-02T00:00:00Z')),
      'kubectl-edit',
    );
    assert.equal(
      writer(at('kubectl-patch', '2026-01-03T00:00:00Z'), at('helm', '2026-01-02T00:00:00Z')),
      'kubectl-patch',
    );
    assert.equal(writer(at('helm', 'x')), 'helm');
    assert.equal(writer(at('helm', 'x'), at('kubectl-edit', 'y')), undefined);
    assert.equal(writer(entry('kubectl-label', 'Update', labels)), undefined);
    assert.equal(writer(), undefined);
  });
});
