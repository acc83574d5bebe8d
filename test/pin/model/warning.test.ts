import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import type { PinRequest } from '#src/pin/model/request.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, statefulSet } from '../../objects/snapshots.ts';
import { around, external, pinnable, pinned, webPods, withSelector } from './services.ts';

type Spec = NonNullable<Service['spec']>;

const lb = external('lb');

function warned(service: Service, request: Partial<PinRequest> = {}) {
  return pinnable(service, request).warnings;
}

describe('a pin warns', () => {
  const spec = (change: Partial<Spec>) => external('lb', { spec: change });

  it('of traffic that only the node of the pod accepts', () => {
    const local = { kind: 'local traffic', node: 'node-1' };
    assert.deepEqual(warned(spec({ externalTrafficPolicy: 'Local' })), [{ ...local, traffic: 'external' }]);
    assert.deepEqual(warned(spec({ internalTrafficPolicy: 'Local' })), [{ ...local, traffic: 'internal' }]);
    assert.deepEqual(warned(spec({ externalTrafficPolicy: 'Cluster' })), []);
  });

  it('of session affinity, and how long it lasts', () => {
    assert.deepEqual(warned(spec({ sessionAffinity: 'ClientIP' })), [{ kind: 'session affinity', seconds: 10_800 }]);
    const config = { sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } };
    assert.deepEqual(warned(spec({ sessionAffinity: 'ClientIP', ...config })), [
      { kind: 'session affinity', seconds: 60 },
    ]);
    assert.deepEqual(warned(spec({ sessionAffinity: 'None' })), []);
  });

  it('of a rollout that is under way', () => {
    const set = statefulSet('web', { replicas: 3, status: { updateRevision: 'web-2' } });
    const pods = webPods.map((pod) => ({ ...pod }));
    const [warning] = warned(lb, { snapshot: around({ statefulSets: [set], pods }) });
    assert.ok(warning?.kind === 'rollout' && warning.rollout.state === 'updating' && warning.set === 'web');
  });

  it('of another Service of the set that is pinned elsewhere, and of no other', () => {
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

  it('that the other Services could not be read', () => {
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
