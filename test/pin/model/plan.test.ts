import assert from 'node:assert/strict';
import fc from 'fast-check';
import { misfit } from '#src/objects/shape.ts';
import { shapes } from '#src/objects/shapes.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { pinnedTo, readRecord } from '#src/pin/model/pinning.ts';
import type { PinRefusal, PinWish } from '#src/pin/model/plan.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, headless, statefulSet } from '../../objects/snapshots.ts';
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
  withNote,
  withSelector,
} from './services.ts';

type Spec = NonNullable<Service['spec']>;

const lb = external('lb');

function reason(service: Service, wish: Partial<PinWish> = {}): PinRefusal {
  const answer = plan(service, wish);
  assert.ok(answer.kind === 'refused', JSON.stringify(answer));
  return answer.reason;
}

function warned(service: Service, wish: Partial<PinWish> = {}) {
  return pinnable(service, wish).warnings;
}

const unreadyPod = member(web, 1, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } });
const endingPod = member(web, 1, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });

describe('a plan to pin', () => {
  it('adds the pod’s name to the selector, and remembers the original', () => {
    const { patch, before, after, pod, movedFrom, warnings } = pinnable(lb);
    assert.deepEqual([before, after], [{ app: 'web' }, { app: 'web', [podNameLabel]: 'web-1' }]);
    assert.deepEqual([pod.name, pod.set, pod.ordinal, pod.pod], ['web-1', 'web', 1, webPods[1]]);
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
    for (const target of targets) assert.equal(pinnable(lb, { target }).pod.name, 'web-1');
  });

  it('counts ordinals from spec.ordinals.start', () => {
    const set = statefulSet('web', { replicas: 2, start: 5 });
    const snapshot = around({ statefulSets: [set], pods: [member(set, 5), member(set, 6)] });
    assert.equal(pinnable(lb, { snapshot, target: { kind: 'ordinal', ordinal: 6 } }).pod.name, 'web-6');
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
    const { movedFrom, after, record } = pinnable({ ...first, metadata: { ...first.metadata, managedFields: [] } });
    assert.deepEqual([movedFrom, after[podNameLabel]], ['web-0', 'web-1']);
    assert.deepEqual(record.selector, { app: 'web' });
    assert.deepEqual(record.owners, [{ manager: 'helm', operation: 'Apply', apiVersion: 'v1' }]);
  });

  it('leaves what somebody else changed since, and says that unpinning will ask', () => {
    const edited = withSelector(pinned(lb, 0), {
      ...pinnedTo({ app: 'web' }, 'web-0'),
      'controller-revision-hash': 'web-1',
    });
    const { after, warnings, record } = pinnable(edited);
    assert.equal(after['controller-revision-hash'], 'web-1');
    assert.deepEqual(record.selector, { app: 'web' });
    assert.deepEqual(warnings, [
      { kind: 'drift', drift: { added: { 'controller-revision-hash': 'web-1' }, removed: {}, changed: {} } },
    ]);
  });

  it('has nothing to write for a Service that is pinned to that pod, even while the pod is not ready', () => {
    const snapshot = around({ pods: [unreadyPod] });
    assert.equal(plan(pinned(lb), { snapshot }).kind, 'already');
    const byHand = plan(withSelector(lb, pinnedTo({ app: 'web' }, 'web-1')));
    assert.ok(byHand.kind === 'already' && byHand.pinning.kind === 'by hand');
  });

  it('writes the annotation anew where the label was moved by hand', () => {
    const moved = withSelector(pinned(lb, 0), pinnedTo({ app: 'web' }, 'web-1'));
    const { record, warnings, movedFrom } = pinnable(moved);
    assert.deepEqual([record.pod, record.selector, warnings, movedFrom], ['web-1', { app: 'web' }, [], undefined]);
  });

  it('finds the set of a Service that has nothing but the name of a pod in its selector', () => {
    const byHand = withSelector(lb, { [podNameLabel]: 'web-0' });
    const { after, record } = pinnable(byHand, { snapshot: around({ pods: webPods.slice(1) }) });
    assert.deepEqual([after, record.selector], [{ [podNameLabel]: 'web-1' }, { [podNameLabel]: 'web-0' }]);
  });

  it('keeps the original whole, whatever it is, through any number of moves', () => {
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

describe('pinning is refused', () => {
  const spec = (change: Partial<Spec>) => external('lb', { spec: change });
  const many = { statefulSets: [web, statefulSet('db')], pods: [...webPods] };

  it('for a Service that balances nothing', () => {
    assert.deepEqual(reason(spec({ type: 'ExternalName', externalName: 'db.example.com' })), {
      kind: 'ExternalName',
      target: 'db.example.com',
    });
    assert.deepEqual(reason(spec({ clusterIP: 'None' })), { kind: 'headless' });
    assert.deepEqual(reason(spec({ clusterIP: 'None', clusterIPs: ['None'] })), { kind: 'headless' });
    assert.deepEqual(reason(spec({ selector: {} })), { kind: 'no selector' });
  });

  it('for the governing Service of a set, headless or not, of its namespace', () => {
    const governing = { ...headless('web'), spec: { selector: { app: 'web' } } };
    for (const service of [governing, headless('web')]) {
      assert.deepEqual(reason(service), { kind: 'governing Service', sets: ['web'] });
    }
    const elsewhere = statefulSet('other', { metadata: { namespace: 'else' }, spec: { serviceName: 'lb' } });
    assert.equal(plan(lb, { snapshot: around({ statefulSets: [web, elsewhere] }) }).kind, 'pin');
  });

  it('where no pod of a StatefulSet is selected', () => {
    assert.equal(reason(spec({ selector: { app: 'nobody' } })).kind, 'selects no set');
    const lone: Pod = { metadata: { name: 'lone', namespace: 'shop', labels: { app: 'web' } } };
    assert.equal(reason(lb, { snapshot: around({ pods: [lone] }) }).kind, 'selects no set');
    assert.equal(reason(withSelector(lb, { [podNameLabel]: 'db-0' })).kind, 'selects no set');
  });

  it('where pods of several sets are, unless one is named', () => {
    const [, db] = many.statefulSets;
    assert.ok(db);
    const snapshot = around({ ...many, pods: [...webPods, member(db, 0, { metadata: { labels: { app: 'web' } } })] });
    assert.deepEqual(reason(lb, { snapshot }), { kind: 'several sets', sets: ['web', 'db'], ordinal: 1 });
    assert.equal(pinnable(lb, { snapshot, target: { kind: 'set', set: 'db', ordinal: 0 } }).pod.name, 'db-0');
  });

  it('for an ordinal outside the set, even while its condemned pod is there', () => {
    const target = { kind: 'pod', pod: 'web-3' } as const;
    const snapshot = around({ pods: [...webPods, member(web, 3)] });
    for (const wish of [{ target }, { target, snapshot }]) {
      assert.equal(reason(lb, wish).kind, 'ordinal outside the set');
    }
  });

  it('for a pod or a set that is not there', () => {
    const snapshot = around({ pods: webPods.slice(0, 1) });
    assert.deepEqual(reason(lb, { snapshot }), { kind: 'pod missing', pod: 'web-1' });
    assert.deepEqual(reason(lb, { snapshot, allowNotReady: true }), { kind: 'pod missing', pod: 'web-1' });
    assert.deepEqual(reason(lb, { target: { kind: 'pod', pod: 'db-0' } }), { kind: 'pod missing', pod: 'db-0' });
    assert.deepEqual(reason(lb, { target: { kind: 'set', set: 'db', ordinal: 0 } }), {
      kind: 'set missing',
      set: 'db',
    });
  });

  it('for another one’s pod', () => {
    const stranger: Pod = { metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } } };
    const [first] = webPods;
    const snapshot = around({ pods: [...(first ? [first] : []), stranger] });
    assert.deepEqual(reason(lb, { snapshot }), { kind: 'not of the set', pod: 'web-1', set: 'web' });
    assert.deepEqual(reason(lb, { snapshot, target: { kind: 'pod', pod: 'web-1' } }), {
      kind: 'not of the set',
      pod: 'web-1',
      set: undefined,
    });
  });

  it('for a pod that is not ready or ends, unless that is allowed, and then it is told', () => {
    for (const [pod, kind] of [
      [unreadyPod, 'not ready'],
      [endingPod, 'ends'],
    ] as const) {
      const snapshot = around({ pods: webPods.with(1, pod) });
      assert.equal(reason(lb, { snapshot }).kind, kind);
      assert.ok(warned(lb, { snapshot, allowNotReady: true }).some((warning) => warning.kind === kind));
    }
  });

  it('for a pod whose labels miss the rest of the selector, or the label itself', () => {
    const two = external('lb', { spec: { selector: { app: 'web', role: 'primary' } } });
    const target = { kind: 'pod', pod: 'web-1' } as const;
    const missing = { kind: 'labels miss the selector', pod: 'web-1', missing: { role: 'primary' } };
    assert.deepEqual(reason(two, { target, allowNotReady: true }), missing);
    const bare = member(web, 1);
    delete bare.metadata.labels?.[podNameLabel];
    assert.equal(reason(lb, { snapshot: around({ pods: [bare] }) }).kind, 'labels miss the selector');
  });

  it('for a named target port that no container of the pod has', () => {
    const port = (targetPort: string | number, protocol?: string) =>
      spec({ ports: [{ port: 80, targetPort, ...(protocol === undefined ? {} : { protocol }) }] });
    const ports = [{ name: 'sql', containerPort: 5432 }];
    const withPorts = (podSpec: NonNullable<Pod['spec']>) =>
      around({ pods: webPods.with(1, member(web, 1, { spec: podSpec })) });
    const main = withPorts({ containers: [{ name: 'db', ports }] });
    assert.deepEqual(reason(port('sql')), { kind: 'lacks ports', pod: 'web-1', ports: ['sql'] });
    assert.equal(plan(port('sql'), { snapshot: main }).kind, 'pin');
    assert.equal(plan(port(5432)).kind, 'pin');
    assert.equal(reason(port('sql', 'UDP'), { snapshot: main }).kind, 'lacks ports');
    for (const [restartPolicy, kind] of [
      ['Always', 'pin'],
      ['', 'refused'],
    ] as const) {
      const init = withPorts({ containers: [], initContainers: [{ name: 'side', restartPolicy, ports }] });
      assert.equal(plan(port('sql'), { snapshot: init }).kind, kind);
    }
  });

  it('where the annotation cannot be read, so that the original is not lost for good', () => {
    assert.equal(reason(withNote(lb, '{')).kind, 'unreadable annotation');
  });

  it('where what must be looked at was not seen', () => {
    const unread = { kind: 'unknown', why: 'forbidden' } as const;
    const noSets = { ...around(), statefulSets: forbidden<StatefulSet>('statefulsets.apps') };
    const noPods = { ...around(), pods: forbidden<Pod>('pods') };
    const told = (wish: Partial<PinWish>) => {
      const answer = reason(lb, wish);
      assert.ok(answer.kind === 'unknown');
      return { kind: answer.kind, why: answer.why, part: answer.part };
    };
    assert.deepEqual(told({ snapshot: noSets }), { ...unread, part: 'statefulSets' });
    const oneSet = { ...noSets, statefulSets: { ...noSets.statefulSets, items: [web] } };
    assert.deepEqual(told({ snapshot: oneSet }), { ...unread, part: 'statefulSets' });
    for (const target of [
      { kind: 'ordinal', ordinal: 1 },
      { kind: 'pod', pod: 'web-1' },
      { kind: 'set', set: 'web', ordinal: 1 },
    ] as const) {
      assert.deepEqual(told({ snapshot: noPods, target }), { ...unread, part: 'pods' });
      const nothing = { statefulSets: notGiven, pods: notGiven, services: notGiven };
      assert.deepEqual(told({ snapshot: nothing, target }), {
        kind: 'unknown',
        why: 'not given',
        part: 'statefulSets',
      });
    }
  });
});

describe('from manifests', () => {
  const { resourceVersion: _, uid: __, ...metadata } = lb.metadata;
  const manifest: Service = { ...lb, metadata };
  const files = { statefulSets: { items: [web], others: 'not given' as const }, pods: notGiven, services: notGiven };

  it('a pin is planned without the pods, and says that they were not seen', () => {
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

  it('the template’s labels and ports are held against the Service', () => {
    const other = withSelector(manifest, { app: 'web', role: 'primary' });
    const target = { kind: 'set', set: 'web', ordinal: 1 } as const;
    assert.equal(reason(other, { snapshot: files, target }).kind, 'labels miss the selector');
    const named = { ...manifest, spec: { ...manifest.spec, ports: [{ port: 80, targetPort: 'sql' }] } };
    assert.equal(reason(named, { snapshot: files }).kind, 'lacks ports');
  });
});

describe('a pin warns', () => {
  const spec = (change: Partial<Spec>) => external('lb', { spec: change });

  it('of traffic that only the pod’s node takes', () => {
    const local = { kind: 'local traffic', node: 'node-1' };
    assert.deepEqual(warned(spec({ externalTrafficPolicy: 'Local' })), [{ ...local, traffic: 'external' }]);
    assert.deepEqual(warned(spec({ internalTrafficPolicy: 'Local' })), [{ ...local, traffic: 'internal' }]);
    assert.deepEqual(warned(spec({ externalTrafficPolicy: 'Cluster' })), []);
  });

  it('of session affinity, and for how long it holds', () => {
    assert.deepEqual(warned(spec({ sessionAffinity: 'ClientIP' })), [{ kind: 'session affinity', seconds: 10_800 }]);
    const config = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };
    assert.deepEqual(warned(spec({ sessionAffinity: 'ClientIP', ...config })), [
      { kind: 'session affinity', seconds: 60 },
    ]);
    assert.deepEqual(warned(spec({ sessionAffinity: 'None' })), []);
  });

  it('of a rollout under way', () => {
    const set = statefulSet('web', { replicas: 3, status: { updateRevision: 'web-2' } });
    const pods = webPods.map((pod) => ({ ...pod }));
    const [warning] = warned(lb, { snapshot: around({ statefulSets: [set], pods }) });
    assert.ok(warning?.kind === 'rollout' && warning.rollout.state === 'updating' && warning.set === 'web');
  });

  it('of another Service of the set that is pinned elsewhere, and of none else', () => {
    const others = [
      pinned(external('a'), 0),
      pinned(external('b'), 1),
      withSelector(external('c'), { [podNameLabel]: 'db-0' }),
      withSelector(external('d', { metadata: { namespace: 'else' } }), { [podNameLabel]: 'web-0' }),
      pinned(external('lb'), 2),
    ];
    assert.deepEqual(warned(lb, { snapshot: around({ services: others }) }), [
      { kind: 'pinned elsewhere', service: 'a', pod: 'web-0' },
    ]);
  });

  it('that the other Services could not be looked at', () => {
    const snapshot = { ...around(), services: forbidden<Service>('services') };
    assert.deepEqual(
      warned(lb, { snapshot }).map(({ kind }) => kind),
      ['services unknown'],
    );
  });

  it('of the owner whose next apply meets the pin, before the first pin and after it', () => {
    const managedFields = [
      { manager: 'platform', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:spec': { 'f:selector': {} } } },
    ];
    const owned = external('lb', { metadata: { managedFields } });
    const owner = { name: 'platform', mark: 'field manager platform', effect: 'conflicts' };
    assert.deepEqual(warned(owned), [{ kind: 'owner', owner }]);
    const moved = pinned(owned, 0);
    assert.deepEqual(warned({ ...moved, metadata: { ...moved.metadata, managedFields: [] } }), [
      { kind: 'owner', owner },
    ]);
  });
});

describe('the shape of a Service', () => {
  it('is held to what a plan reads', () => {
    assert.equal(misfit({ ...lb, spec: { ports: [{ port: 80, targetPort: 'sql' }] } }, shapes.service), undefined);
    assert.equal(misfit({ ...lb, spec: { ports: [{ port: 80, targetPort: 5432 }] } }, shapes.service), undefined);
    const managed = { metadata: { name: 'lb', managedFields: [{ manager: 5 }] } };
    assert.equal(misfit(managed, shapes.service), 'metadata.managedFields[0].manager is not a string');
    const affinity = { metadata: { name: 'lb' }, spec: { sessionAffinity: 1 } };
    assert.equal(misfit(affinity, shapes.service), 'spec.sessionAffinity is not a string');
  });
});
