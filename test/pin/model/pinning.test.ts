import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EndpointSlice, Service, StatefulSet } from '#src/objects/types.ts';
import { pinnedTo, pinningOf, pinsOf, reached, readRecord } from '#src/pin/model/pinning.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, namespace, statefulSet } from '../../objects/snapshots.ts';
import {
  around,
  external,
  member,
  now,
  pinned,
  plan,
  unpin,
  web,
  webPods,
  withNote,
  withSelector,
} from './services.ts';

const lb = external('lb');
const byHand = withSelector(lb, pinnedTo({ app: 'web' }, 'web-1'));

describe('a pinned Service', () => {
  it('tells since when, by whom and to which pod of which set', () => {
    const pinning = pinningOf(pinned(lb));
    assert.ok(pinning.kind === 'ours');
    const { set, pod, since, user, selector } = pinning.record;
    assert.deepEqual([set, pod, since, user, selector], ['web', 'web-1', now, 'ada', { app: 'web' }]);
    assert.deepEqual([pinning.pod, pinning.drift], ['web-1', undefined]);
  });

  it('by hand is told by the label alone', () => {
    assert.deepEqual(pinningOf(byHand), { kind: 'by hand', pod: 'web-1' });
    assert.deepEqual(pinningOf(lb), { kind: 'not pinned' });
  });

  it('shows what somebody else did to its selector', () => {
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

  it('of which the label was taken away is not pinned to any pod, and says so as drift', () => {
    const pinning = pinningOf(withSelector(pinned(lb), { app: 'web' }));
    assert.ok(pinning.kind === 'ours');
    assert.deepEqual([pinning.pod, pinning.drift?.removed], [undefined, { [podNameLabel]: 'web-1' }]);
  });
});

describe('an annotation that was edited', () => {
  it('is unreadable where it lacks what is needed to undo the pin, and says why', () => {
    const texts = ['', '{', 'null', '[]', '"x"', '{}', '{"selector":{}}', '{"selector":{},"pod":"web-1"}'];
    const wrong = ['{"selector":{"a":1},"pod":"web-1"}', '{"selector":["a"],"pod":"p"}', '{"selector":{"a":"b"}}'];
    for (const text of [...texts, ...wrong, '{"selector":{"a":"b"},"pod":1}', '{"selector":{"a":"b"},"pod":""}']) {
      const pinning = pinningOf(withNote(byHand, text));
      assert.ok(pinning.kind === 'unreadable' && pinning.why !== '' && pinning.text === text, text);
    }
  });

  it('is read where only what is shown is wrong', () => {
    const text = '{"selector":{"a":"b"},"pod":"web-1","since":5,"user":[],"owners":[1,{"manager":"x"},null]}';
    assert.deepEqual(readRecord(text), { selector: { a: 'b' }, pod: 'web-1', owners: [] });
  });

  it('never makes anything throw, nor any plan of it lose the annotation without restoring what it says', () => {
    const junk = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constant('['.repeat(100_000)),
      fc
        .record({ selector: fc.jsonValue(), pod: fc.jsonValue(), owners: fc.jsonValue() })
        .map((v) => JSON.stringify(v)),
      fc.constant('{"selector":{"__proto__":"x"},"pod":"constructor"}'),
    );
    fc.assert(
      fc.property(junk, fc.boolean(), (text, force) => {
        const service = withNote(byHand, text);
        const [pin] = pinsOf([service], around());
        assert.ok(pin);
        plan(service);
        const answer = unpin(service, { force });
        const record = readRecord(text);
        if ('unreadable' in record) assert.equal(answer.kind, 'refused');
        else if (answer.kind === 'unpin') assert.deepEqual(answer.after, record.selector);
        else assert.equal(answer.kind, 'drift');
      }),
    );
  });
});

describe('the list of pins', () => {
  const endangered = (service: Service, parts: Parameters<typeof around>[0] = {}) =>
    pinsOf([service], around(parts)).map((pin) => pin.endangered?.kind);

  it('holds what is pinned, in the order of the Services', () => {
    const pins = pinsOf([external('plain'), pinned(external('b')), byHand], around());
    assert.deepEqual(
      pins.map(({ service, pinning, endangered }) => [service.metadata.name, pinning.kind, endangered]),
      [
        ['b', 'ours', undefined],
        ['lb', 'by hand', undefined],
      ],
    );
  });

  it('warns when the set was scaled below the ordinal, whether the pod is gone or only condemned', () => {
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

  it('does not call a pod missing that it may not see', () => {
    const [pin] = pinsOf([pinned(lb)], { ...around(), pods: forbidden('pods') });
    assert.deepEqual(pin?.endangered, { kind: 'unknown', why: 'forbidden' });
  });
});

describe('the EndpointSlices of a pinned Service', () => {
  type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];
  const endpoint = (pod: string, ready?: boolean): Endpoint => ({
    addresses: ['10.0.0.1'],
    targetRef: { kind: 'Pod', name: pod },
    conditions: ready === undefined ? {} : { ready },
  });
  const slice = (endpoints: Endpoint[], service = 'lb', where = namespace): EndpointSlice => ({
    metadata: { name: `${service}-x`, namespace: where, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints,
  });

  it('name exactly the target when no other is ready, in whichever slice', () => {
    assert.deepEqual(reached([slice([endpoint('web-1')])], lb, 'web-1'), { only: true, has: true, others: [] });
    const both = [slice([endpoint('web-1', true)]), slice([endpoint('web-1', true), endpoint('web-0', false)])];
    assert.deepEqual(reached(both, lb, 'web-1'), { only: true, has: true, others: [] });
  });

  it('name others, each once, and addresses of what is no pod', () => {
    const nobody: Endpoint = { addresses: ['10.9.9.9'] };
    const slices = [slice([endpoint('web-2'), endpoint('web-1'), nobody]), slice([endpoint('web-2')])];
    assert.deepEqual(reached(slices, lb, 'web-1'), { only: false, has: true, others: ['10.9.9.9', 'web-2'] });
  });

  it('do not name a target that is not ready, nor count for another Service', () => {
    const slices = [
      slice([endpoint('web-1', false)]),
      slice([endpoint('web-1')], 'np'),
      slice([endpoint('web-1')], 'lb', 'x'),
    ];
    assert.deepEqual(reached(slices, lb, 'web-1'), { only: false, has: false, others: [] });
  });
});
