import assert from 'node:assert/strict';
import type { Service, StatefulSet } from '#src/objects/types.ts';
import { pinnedTo, pinningOf, pinsOf } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, statefulSet } from '../../objects/snapshots.ts';
import { around, external, member, now, pinned, web, webPods, withSelector } from './services.ts';

const lb = external('lb');
const byHand = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));

describe('a pinned Service', () => {
  it('remembers the pod, its set, the time, the user and the original selector', () => {
    const pinning = pinningOf(pinned(lb));
    assert.ok(pinning.kind === 'ours');
    const { set, pod, since, user, selector } = pinning.record;
    assert.deepEqual([set, pod, since, user, selector], ['web', 'web-1', now, 'ada', { app: 'web' }]);
    assert.deepEqual([pinning.pod, pinning.drift], ['web-1', undefined]);
  });

  it('by hand is known by the label alone', () => {
    assert.deepEqual(pinningOf(byHand), { kind: 'by hand', pod: 'web-1' });
    assert.deepEqual(pinningOf(lb), { kind: 'not pinned' });
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
    const pinning = pinningOf(edited);
    assert.deepEqual(pinning.kind === 'ours' && pinning.drift, {
      added: { zone: 'b' },
      removed: { 'controller-revision-hash': 'web-1' },
      changed: { app: { from: 'web', to: 'shop' } },
    });
  });

  it('whose label was removed is pinned to no pod, and the label counts as drift', () => {
    const pinning = pinningOf(withSelector(pinned(lb), { app: 'web' }));
    assert.ok(pinning.kind === 'ours');
    assert.deepEqual([pinning.pod, pinning.drift?.removed], [undefined, { [podNameLabel]: 'web-1' }]);
  });
});

describe('the list of pins', () => {
  const endangered = (service: Service, parts: Parameters<typeof around>[0] = {}) =>
    pinsOf([service], around(parts)).map((pin) => pin.endangered?.kind);

  it('holds the pinned Services in their order', () => {
    const pins = pinsOf([external('plain'), pinned(external('b')), byHand], around());
    assert.deepEqual(
      pins.map(({ service, pinning, endangered }) => [service.metadata.name, pinning.kind, endangered]),
      [
        ['b', 'ours', undefined],
        ['lb', 'by hand', undefined],
      ],
    );
  });

  it('warns when the set was scaled below the ordinal, before and after the pod is deleted', () => {
    const small = (start: number): StatefulSet => statefulSet('web', { replicas: 1, start });
    for (const pods of [webPods, webPods.slice(0, 1)]) {
      assert.deepEqual(endangered(pinned(lb), { statefulSets: [small(0)], pods }), ['beyond the set']);
    }
    assert.deepEqual(endangered(pinned(lb), { statefulSets: [small(1)] }), [undefined]);
  });

  it('warns when the pod is missing, or no longer has the labels', () => {
    assert.deepEqual(endangered(pinned(lb), { pods: [] }), ['pod missing']);
    assert.deepEqual(endangered(pinned(lb), { pods: [], statefulSets: [] }), ['pod missing']);
    const other = member(web, 1, { metadata: { labels: { app: 'other' } } });
    assert.deepEqual(endangered(pinned(lb), { pods: [other] }), ['not selected']);
  });

  it('does not call a pod missing that could not be read', () => {
    const [pin] = pinsOf([pinned(lb)], { ...around(), pods: forbidden('pods') });
    assert.deepEqual(pin?.endangered, { kind: 'unknown', why: 'forbidden' });
  });
});
