import assert from 'node:assert/strict';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import type { VolumeElsewhere } from '#src/statefulset/scheduling.ts';

describe('why no node takes a pod', () => {
  const scheduler = '0/3 nodes are available.';
  const words = (place: string | undefined, nodes: VolumeElsewhere['nodes']) =>
    unschedulableWords({ scheduler, volume: { volume: 'pv-0', place, nodes } });
  const cordoned = (name: string) => ({ name, state: 'cordoned' as const });

  it('is the scheduler’s message where no volume is the reason', () => {
    assert.equal(unschedulableWords({ scheduler, volume: undefined }), '0/3 nodes are available');
  });

  it('is the one node with the volume', () => {
    assert.equal(words('node-1', [cordoned('node-1')]), 'its volume lives on node-1, which is cordoned');
    assert.equal(words('zone-a', [cordoned('node-1')]), 'its volume lives in zone-a on node-1, which is cordoned');
    assert.equal(words(undefined, [cordoned('node-1')]), 'its volume lives in one place on node-1, which is cordoned');
  });

  it('is a place without nodes', () => {
    assert.equal(words('zone-a', []), 'its volume lives in zone-a, where the cluster has no node');
    assert.equal(words(undefined, []), 'its volume lives elsewhere, where the cluster has no node');
  });

  it('is the state of the nodes there, of the first three by name', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'].map(cordoned);
    const all = 'a is cordoned, b is cordoned, c is cordoned, 2 more';
    assert.equal(words('zone-a', nodes), `its volume lives in zone-a: ${all}`);
  });
});
