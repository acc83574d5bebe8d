import assert from 'node:assert/strict';
import type { EndpointSlice } from '#src/objects/types.ts';
import { reached } from '#src/pin/model/endpoints.ts';
import { namespace } from '../../objects/snapshots.ts';
import { external } from './services.ts';

const lb = external('lb');

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

  it('name the pod alone when no other endpoint is ready in any slice', () => {
    assert.deepEqual(reached([slice([endpoint('web-1')])], lb, 'web-1'), { only: true, names: ['web-1'] });
    const both = [slice([endpoint('web-1', true)]), slice([endpoint('web-1', true), endpoint('web-0', false)])];
    assert.deepEqual(reached(both, lb, 'web-1'), { only: true, names: ['web-1'] });
  });

  it('name other pods once each, and the addresses of endpoints that are no pods', () => {
    const nobody: Endpoint = { addresses: ['10.9.9.9'] };
    const slices = [slice([endpoint('web-2'), endpoint('web-1'), nobody]), slice([endpoint('web-2')])];
    assert.deepEqual(reached(slices, lb, 'web-1'), { only: false, names: ['10.9.9.9', 'web-1', 'web-2'] });
  });

  it('name no pod that is not ready, and none of another Service', () => {
    const slices = [
      slice([endpoint('web-1', false)]),
      slice([endpoint('web-1')], 'np'),
      slice([endpoint('web-1')], 'lb', 'x'),
    ];
    assert.deepEqual(reached(slices, lb, 'web-1'), { only: false, names: [] });
  });
});
