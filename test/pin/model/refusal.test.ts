import assert from 'node:assert/strict';
import { notGiven } from '#src/objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import type { PinRefusal } from '#src/pin/model/refusal.ts';
import type { PinRequest } from '#src/pin/model/request.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, headless, statefulSet } from '../../objects/snapshots.ts';
import { around, external, member, pinnable, plan, web, webPods, withNote, withSelector } from './services.ts';

type Spec = NonNullable<Service['spec']>;

const lb = external('lb');

function reason(service: Service, request: Partial<PinRequest> = {}): PinRefusal {
  const answer = plan(service, request);
  assert.ok(answer.kind === 'refused', JSON.stringify(answer));
  return answer.reason;
}

function warned(service: Service, request: Partial<PinRequest> = {}) {
  return pinnable(service, request).warnings;
}

const unreadyPod = member(web, 1, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } });
const endingPod = member(web, 1, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });

describe('pinning is refused', () => {
  const spec = (change: Partial<Spec>) => external('lb', { spec: change });
  const many = { statefulSets: [web, statefulSet('db')], pods: [...webPods] };

  it('for a Service that selects no pods, or does not balance', () => {
    assert.deepEqual(reason(spec({ type: 'ExternalName', externalName: 'db.example.com' })), {
      kind: 'ExternalName',
      target: 'db.example.com',
    });
    assert.deepEqual(reason(spec({ clusterIP: 'None' })), { kind: 'headless' });
    assert.deepEqual(reason(spec({ clusterIP: 'None', clusterIPs: ['None'] })), { kind: 'headless' });
    assert.deepEqual(reason(spec({ selector: {} })), { kind: 'no selector' });
  });

  it('for the governing Service of a set of its namespace, headless or not', () => {
    const governing = { ...headless('web'), spec: { selector: { app: 'web' } } };
    for (const service of [governing, headless('web')]) {
      assert.deepEqual(reason(service), { kind: 'governing Service', sets: ['web'] });
    }
    const elsewhere = statefulSet('other', { metadata: { namespace: 'else' }, spec: { serviceName: 'lb' } });
    assert.equal(plan(lb, { snapshot: around({ statefulSets: [web, elsewhere] }) }).kind, 'pin');
  });

  it('for a Service that selects no pod of a StatefulSet', () => {
    assert.equal(reason(spec({ selector: { app: 'nobody' } })).kind, 'selects no set');
    const lone: Pod = { metadata: { name: 'lone', namespace: 'shop', labels: { app: 'web' } } };
    assert.equal(reason(lb, { snapshot: around({ pods: [lone] }) }).kind, 'selects no set');
    assert.equal(reason(withSelector(lb, { [podNameLabel]: 'db-0' })).kind, 'selects no set');
  });

  it('for a Service that selects pods of several sets, unless one set is named', () => {
    const [, db] = many.statefulSets;
    assert.ok(db);
    const snapshot = around({ ...many, pods: [...webPods, member(db, 0, { metadata: { labels: { app: 'web' } } })] });
    assert.deepEqual(reason(lb, { snapshot }), { kind: 'several sets', sets: ['web', 'db'], ordinal: 1 });
    assert.equal(pinnable(lb, { snapshot, target: { kind: 'set', set: 'db', ordinal: 0 } }).target.name, 'db-0');
  });

  it('for an ordinal outside the set, even while its pod still exists', () => {
    const target = { kind: 'pod', pod: 'web-3' } as const;
    const snapshot = around({ pods: [...webPods, member(web, 3)] });
    for (const request of [{ target }, { target, snapshot }]) {
      assert.equal(reason(lb, request).kind, 'ordinal outside the set');
    }
  });

  it('for a pod or a set that is missing', () => {
    const snapshot = around({ pods: webPods.slice(0, 1) });
    assert.deepEqual(reason(lb, { snapshot }), { kind: 'pod missing', pod: 'web-1' });
    assert.deepEqual(reason(lb, { snapshot, allowNotReady: true }), { kind: 'pod missing', pod: 'web-1' });
    assert.deepEqual(reason(lb, { target: { kind: 'pod', pod: 'db-0' } }), { kind: 'pod missing', pod: 'db-0' });
    assert.deepEqual(reason(lb, { target: { kind: 'set', set: 'db', ordinal: 0 } }), {
      kind: 'set missing',
      set: 'db',
    });
  });

  it('for a pod that does not belong to the set', () => {
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

  it('for a pod that is not ready or is being deleted; a warning when that is allowed', () => {
    for (const [pod, kind] of [
      [unreadyPod, 'not ready'],
      [endingPod, 'being deleted'],
    ] as const) {
      const snapshot = around({ pods: webPods.with(1, pod) });
      assert.equal(reason(lb, { snapshot }).kind, kind);
      assert.ok(warned(lb, { snapshot, allowNotReady: true }).some((warning) => warning.kind === kind));
    }
  });

  it('for a pod that lacks a label of the selector, or its own name as a label', () => {
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

  it('when the annotation cannot be read, for the original would be lost', () => {
    assert.equal(reason(withNote(lb, '{')).kind, 'unreadable annotation');
  });

  it('when the plan needs objects that were not seen', () => {
    const noSets = { ...around(), statefulSets: forbidden<StatefulSet>('statefulsets.apps') };
    const noPods = { ...around(), pods: forbidden<Pod>('pods') };
    const told = (request: Partial<PinRequest>) => {
      const answer = reason(lb, request);
      assert.ok(answer.kind === 'unknown');
      return [answer.part, answer.refusal?.message];
    };
    assert.deepEqual(told({ snapshot: noSets }), ['statefulSets', 'no such right']);
    const oneSet = { ...noSets, statefulSets: { ...noSets.statefulSets, items: [web] } };
    assert.deepEqual(told({ snapshot: oneSet }), ['statefulSets', 'no such right']);
    for (const target of [
      { kind: 'ordinal', ordinal: 1 },
      { kind: 'pod', pod: 'web-1' },
      { kind: 'set', set: 'web', ordinal: 1 },
    ] as const) {
      assert.deepEqual(told({ snapshot: noPods, target }), ['pods', 'no such right']);
      const nothing = { statefulSets: notGiven, pods: notGiven, services: notGiven, time: 0 };
      assert.deepEqual(told({ snapshot: nothing, target }), ['statefulSets', undefined]);
    }
  });
});
