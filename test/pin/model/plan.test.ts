import assert from 'node:assert/strict';
import fc from 'fast-check';
import { misfit } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import type { Pod, Service } from '#src/objects/types.ts';
import { pinnedTo } from '#src/pin/model/pinning.ts';
import { readRecord } from '#src/pin/model/record.ts';
import type { PinRefusal } from '#src/pin/model/refusal.ts';
import type { PinRequest } from '#src/pin/model/request.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { statefulSet } from '../../objects/snapshots.ts';
import {
  around,
  external,
  member,
  patched,
  pinnable,
  pinned,
  plan,
  web,
  webPods,
  withSelector,
  writtenRecord,
} from './services.ts';

const lb = external('lb');

function reason(service: Service, request: Partial<PinRequest> = {}): PinRefusal {
  const answer = plan(service, request);
  assert.ok(answer.kind === 'refused', JSON.stringify(answer));
  return answer.reason;
}

const unreadyPod = member(web, 1, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } });

describe('a plan to pin', () => {
  it('adds the pod’s name to the selector, and remembers the original', () => {
    const { patch, before, after, target, movedFrom, warnings } = pinnable(lb);
    assert.deepEqual([before, after], [{ app: 'web' }, { app: 'web', [podNameLabel]: 'web-1' }]);
    assert.deepEqual([target.name, target.set, target.ordinal, target.pod], ['web-1', web, 1, webPods[1]]);
    assert.deepEqual([movedFrom, warnings], [undefined, []]);
    assert.equal(patch.metadata.resourceVersion, '7');
    const result = patched(lb, patch);
    assert.deepEqual(result.spec, { ...lb.spec, selector: after });
    assert.deepEqual(Object.keys(result.metadata.annotations ?? {}), ['kubectl-sts/pin']);
  });

  it('finds the pod by ordinal, by name or by its set', () => {
    const targets = [
      { kind: 'ordinal', ordinal: 1 },
      { kind: 'pod', pod: 'web-1' },
      { kind: 'set', set: 'web', ordinal: 1 },
    ] as const;
    for (const target of targets) assert.equal(pinnable(lb, { target }).target.name, 'web-1');
  });

  it('counts ordinals from spec.ordinals.start', () => {
    const set = statefulSet('web', { replicas: 2, start: 5 });
    const snapshot = around({ statefulSets: [set], pods: [member(set, 5), member(set, 6)] });
    assert.equal(pinnable(lb, { snapshot, target: { kind: 'ordinal', ordinal: 6 } }).target.name, 'web-6');
    assert.deepEqual(reason(lb, { snapshot }), {
      kind: 'ordinal outside the set',
      set: 'web',
      ordinal: 1,
      wanted: { start: 5, end: 7 },
    });
  });

  it('moves a pinned Service, and keeps the first original and its owners', () => {
    const managedFields = [
      { manager: 'helm', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:spec': { 'f:selector': {} } } },
    ];
    const first = pinned(external('lb', { metadata: { managedFields } }), 0);
    const move = pinnable({ ...first, metadata: { ...first.metadata, managedFields: [] } });
    const { movedFrom, after } = move;
    const record = writtenRecord(move);
    assert.deepEqual([movedFrom, after[podNameLabel]], ['web-0', 'web-1']);
    assert.deepEqual(record.selector, { app: 'web' });
    assert.deepEqual(record.owners, [{ manager: 'helm', operation: 'Apply', apiVersion: 'v1' }]);
  });

  it('keeps what somebody else changed after the first pin, and warns that unpin will ask', () => {
    const edited = withSelector(pinned(lb, 0), {
      ...pinnedTo({ app: 'web' }, 'web-0'),
      'controller-revision-hash': 'web-1',
    });
    const move = pinnable(edited);
    const { after, warnings } = move;
    assert.equal(after['controller-revision-hash'], 'web-1');
    assert.deepEqual(writtenRecord(move).selector, { app: 'web' });
    assert.deepEqual(warnings, [
      { kind: 'drift', drift: { added: { 'controller-revision-hash': 'web-1' }, removed: {}, changed: {} } },
    ]);
  });

  it('has nothing to write for a Service that is pinned to the pod, even when the pod is not ready', () => {
    const snapshot = around({ pods: [unreadyPod] });
    assert.equal(plan(pinned(lb), { snapshot }).kind, 'already');
    const perPod = plan(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')));
    assert.ok(perPod.kind === 'already' && perPod.by === 'per-pod Service');
  });

  it('writes the annotation again when somebody moved the label by hand', () => {
    const moved = withSelector(pinned(lb, 0), pinnedTo({ app: 'web' }, 'web-1'));
    const move = pinnable(moved);
    const { warnings, movedFrom } = move;
    const record = writtenRecord(move);
    assert.deepEqual([record.pod, record.selector, warnings, movedFrom], ['web-1', { app: 'web' }, [], undefined]);
  });

  it('finds the set of a Service whose selector is only the name of a pod', () => {
    const perPod = withSelector(lb, { [podNameLabel]: 'web-0' });
    const move = pinnable(perPod, { snapshot: around({ pods: webPods.slice(1) }) });
    assert.deepEqual(
      [move.after, writtenRecord(move).selector],
      [{ [podNameLabel]: 'web-1' }, { [podNameLabel]: 'web-0' }],
    );
  });

  it('keeps any original selector whole through any number of moves', () => {
    const label = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('constructor', 'toString', podNameLabel, 'a.b/c'),
    );
    const pairs = fc.array(fc.tuple(label, fc.constantFrom('', 'x', 'web-0', 'web-2')), { minLength: 1 });
    fc.assert(
      fc.property(pairs, fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 4 }), (entries, ordinals) => {
        const selector: Record<string, string> = Object.fromEntries(entries);
        const pods = webPods.map((pod): Pod => {
          const own = pod.metadata.labels?.[podNameLabel] ?? '';
          return { ...pod, metadata: { ...pod.metadata, labels: { ...selector, [podNameLabel]: own } } };
        });
        let service = withSelector(lb, selector);
        for (const ordinal of ordinals) {
          const target = { kind: 'set', set: 'web', ordinal } as const;
          const answer = plan(service, { target, snapshot: around({ pods }) });
          if (answer.kind === 'already') continue;
          assert.ok(answer.kind === 'pin', JSON.stringify(answer));
          service = patched(service, answer.patch);
          assert.deepEqual(service.spec?.selector, { ...selector, [podNameLabel]: `web-${ordinal}` });
          const record = readRecord(service.metadata.annotations?.['kubectl-sts/pin'] ?? '');
          assert.deepEqual('selector' in record && record.selector, selector);
        }
      }),
    );
  });
});

describe('from manifests', () => {
  const { resourceVersion: _, uid: __, ...metadata } = lb.metadata;
  const manifest: Service = { ...lb, metadata };
  const files = {
    statefulSets: { items: [web], others: 'not given' as const },
    pods: notGiven,
    services: notGiven,
    time: 0,
  };

  it('a pin is planned without pods, and warns that they were not seen', () => {
    for (const target of [
      { kind: 'ordinal', ordinal: 1 },
      { kind: 'pod', pod: 'web-1' },
      { kind: 'set', set: 'web', ordinal: 1 },
    ] as const) {
      const { after, patch, warnings } = pinnable(manifest, { snapshot: files, target });
      assert.deepEqual(after, { app: 'web', [podNameLabel]: 'web-1' });
      assert.equal('resourceVersion' in patch.metadata, false);
      assert.deepEqual(warnings, [{ kind: 'pod not seen', pod: 'web-1' }]);
    }
  });

  it('the labels and ports of the template are compared with the Service', () => {
    const other = withSelector(manifest, { app: 'web', role: 'primary' });
    const target = { kind: 'set', set: 'web', ordinal: 1 } as const;
    assert.equal(reason(other, { snapshot: files, target }).kind, 'labels miss the selector');
    const named = { ...manifest, spec: { ...manifest.spec, ports: [{ port: 80, targetPort: 'sql' }] } };
    assert.equal(reason(named, { snapshot: files }).kind, 'lacks ports');
  });
});

describe('the shape of a Service', () => {
  it('is checked as far as a plan reads it', () => {
    assert.equal(misfit({ ...lb, spec: { ports: [{ port: 80, targetPort: 'sql' }] } }, shapes.service), undefined);
    assert.equal(misfit({ ...lb, spec: { ports: [{ port: 80, targetPort: 5432 }] } }, shapes.service), undefined);
    const managed = { metadata: { name: 'lb', managedFields: [{ manager: 5 }] } };
    assert.equal(misfit(managed, shapes.service), 'metadata.managedFields[0].manager is not a string');
    const affinity = { metadata: { name: 'lb' }, spec: { sessionAffinity: 1 } };
    assert.equal(misfit(affinity, shapes.service), 'spec.sessionAffinity is not a string');
  });
});
