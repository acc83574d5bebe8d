import assert from 'node:assert/strict';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { pinsOf, podOfPin } from '#src/pin/model/leading.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { forbidden, statefulSet } from '../../objects/snapshots.ts';
import { around, external, member, pinned, web, webPods, withSelector } from './services.ts';

const lb = external('lb');
const forWeb0 = withSelector(external('broker-0'), pinnedTo({ app: 'web' }, 'web-0'));

describe('the list of pins', () => {
  const endangered = (service: Service, parts: Parameters<typeof around>[0] = {}) =>
    pinsOf([service], around(parts)).pins.map((pin) => pin.kind === 'pinned' && pin.endangered?.kind);

  it('holds the pinned Services in their order, and apart from them those that lead to one pod without a pin', () => {
    const { pins, perPod } = pinsOf(
      [external('plain'), pinned(external('b')), forWeb0, pinned(external('a'))],
      around(),
    );
    assert.deepEqual(
      pins.map(({ service, kind }) => [service.metadata.name, kind]),
      [
        ['b', 'pinned'],
        ['a', 'pinned'],
      ],
    );
    assert.deepEqual(
      perPod.map(({ service, pod, endangered }) => [service.metadata.name, pod, endangered]),
      [['broker-0', 'web-0', undefined]],
    );
  });

  it('tells of a per-pod Service too that it reaches no pod', () => {
    const { perPod } = pinsOf([forWeb0], around({ pods: webPods.slice(1) }));
    assert.deepEqual(perPod[0]?.endangered, { kind: 'pod missing' });
  });

  it('tells of a pin that somebody undid under the pod of its record, and where its traffic goes', () => {
    const undone = withSelector(pinned(lb), { app: 'web' });
    const [pin] = pinsOf([undone], around()).pins;
    assert.ok(pin?.kind === 'undone');
    assert.equal(podOfPin(pin), 'web-1');
    assert.deepEqual(pin.reach, { kind: 'all pods', pods: ['web-0', 'web-1', 'web-2'], notReady: [] });
  });

  it('warns when the set was scaled below the ordinal: that the pod goes, and then that there is no endpoint', () => {
    const small = (start: number): StatefulSet => statefulSet('web', { replicas: 1, start });
    const one = (service: Service, parts: Parameters<typeof around>[0]) => pinsOf([service], around(parts));
    const condemned = { kind: 'condemned', pod: 'web-1', set: 'web' };
    const scaled = one(pinned(lb), { statefulSets: [small(0)] }).pins[0];
    assert.deepEqual(scaled?.kind === 'pinned' && scaled.endangered, condemned);
    assert.deepEqual(endangered(pinned(lb), { statefulSets: [small(0)], pods: webPods.slice(0, 1) }), [
      'beyond the set',
    ]);
    assert.deepEqual(endangered(pinned(lb), { statefulSets: [small(1)] }), [undefined]);
    const below = { kind: 'beyond the set', set: 'web', side: 'below' };
    assert.deepEqual(one(forWeb0, { statefulSets: [small(1)], pods: [] }).perPod[0]?.endangered, below);
  });

  it('leaves the pod of a namesake in another API group alone', () => {
    const ownerReferences = [
      { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true },
    ];
    const pods = webPods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences } }));
    const none = statefulSet('web', { replicas: 0 });
    assert.deepEqual(endangered(pinned(lb), { statefulSets: [none], pods }), [undefined]);
    assert.deepEqual(endangered(pinned(lb), { statefulSets: [none], pods: [] }), ['beyond the set']);
  });

  it('warns when the pod is missing, or no longer has the labels', () => {
    assert.deepEqual(endangered(pinned(lb), { pods: [] }), ['pod missing']);
    assert.deepEqual(endangered(pinned(lb), { pods: [], statefulSets: [] }), ['pod missing']);
    const other = member(web, 1, { metadata: { labels: { app: 'other' } } });
    assert.deepEqual(endangered(pinned(lb), { pods: [other] }), ['not selected']);
  });

  it('does not call a pod missing that could not be read', () => {
    const [pin] = pinsOf([pinned(lb)], { ...around(), pods: forbidden('pods') }).pins;
    assert.deepEqual(pin?.kind === 'pinned' && pin.endangered, {
      kind: 'unknown',
      why: 'forbidden',
      beyond: undefined,
    });
    const scaled = { ...around({ statefulSets: [statefulSet('web', { replicas: 1 })] }), pods: forbidden<Pod>('pods') };
    const [unseen] = pinsOf([pinned(lb)], scaled).pins;
    const beyond = { set: 'web', side: 'above' };
    assert.deepEqual(unseen?.kind === 'pinned' && unseen.endangered, { kind: 'unknown', why: 'forbidden', beyond });
  });
});
