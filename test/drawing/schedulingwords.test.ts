import assert from 'node:assert/strict';
import { reachWords, schedulerWords, unschedulableWords } from '#src/drawing/schedulingwords.ts';
import type { Reach, ReachingNode } from '#src/statefulset/scheduling.ts';

describe('why no node takes a pod', () => {
  const scheduler = '0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 x.';
  const reach = (
    places: (string | undefined)[],
    nodes: ReachingNode[],
    complete = true,
    counts: number[] = [],
  ): Reach => ({
    volumes: places.map((text, at) => {
      const kind = text?.startsWith('node') ? ('nodes' as const) : ('zones' as const);
      return { name: `pv-${at}`, place: text === undefined ? text : { kind, text }, nodes: counts[at] ?? nodes.length };
    }),
    nodes,
    complete,
  });
  const words = (...given: Parameters<typeof reach>) => reachWords(reach(...given));
  const cordoned = (name: string): ReachingNode => ({ name, closed: { state: 'cordoned' } });
  const open = (name: string): ReachingNode => ({ name, closed: undefined });

  it('is the scheduler’s message, and then where its volume lives', () => {
    assert.equal(unschedulableWords({ scheduler, reach: undefined }), '0/3 nodes are available: 3 Insufficient memory');
    assert.equal(
      unschedulableWords({ scheduler, reach: reach(['node-1'], [open('node-1')]) }),
      '0/3 nodes are available: 3 Insufficient memory; its volume lives on node-1',
    );
  });

  it('is the scheduler’s message up to its cause', () => {
    const unbound = 'pod has unbound immediate PersistentVolumeClaims';
    for (const tail of [
      '. not found',
      '. preemption: not eligible',
      '. no new claims to deallocate, preemption: x.',
      '.',
    ]) {
      assert.equal(schedulerWords(`0/3 nodes are available: ${unbound}${tail}`), `0/3 nodes are available: ${unbound}`);
    }
    const version = '0/1 nodes are available: 1 node(s) had untolerated taint {v1.2: x}.';
    assert.equal(schedulerWords(`${version} preemption: x`), version.slice(0, -1));
    assert.equal(schedulerWords('running Bind plugin: refused. Later.'), 'running Bind plugin: refused. Later');
  });

  it('is the one node with the volume', () => {
    assert.equal(words(['node-1'], [cordoned('node-1')]), 'its volume lives on node-1, which is cordoned');
    assert.equal(words(['zone-a'], [cordoned('node-1')]), 'its volume lives in zone-a on node-1, which is cordoned');
    assert.equal(words([undefined], [cordoned('n')]), 'its volume lives in one place on n, which is cordoned');
    const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    assert.equal(
      words(['node-1'], [{ name: 'node-1', closed: { state: 'tainted', taint } }]),
      'its volume lives on node-1, which has the taint dedicated=db:NoSchedule',
    );
  });

  it('is a place without nodes', () => {
    assert.equal(words(['zone-a'], []), 'its volume lives in zone-a, where the cluster has no node');
    assert.equal(words([undefined], []), 'its volume lives elsewhere, where the cluster has no node');
    assert.equal(words(['node-1'], []), 'its volume lives on node-1, which the cluster does not have');
    assert.equal(words(['node-1'], [], false), 'its volume lives on node-1');
    assert.equal(words(['zone-a'], [], false), 'its volume lives in zone-a');
    assert.equal(words([undefined], [], false), 'its volume lives elsewhere');
    assert.equal(
      words(['zone-a', 'zone-z'], [], true, [2, 0]),
      'its volume pv-1 lives in zone-z, where the cluster has no node',
    );
  });

  it('is that no node reaches all volumes', () => {
    assert.equal(
      words(['zone-a', 'zone-b'], [], true, [1, 1]),
      'its volumes live apart, in zone-a and in zone-b: no node reaches them all',
    );
    assert.equal(words(['node-1', 'node-1'], [open('node-1')]), 'its volumes live on node-1');
  });

  it('is the state of the closed nodes there, of the first three by name', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'].map(cordoned);
    const all = 'a is cordoned, b is cordoned, c is cordoned, 2 more';
    assert.equal(words(['zone-a'], nodes), `its volume lives in zone-a: ${all}`);
    assert.equal(words(['zone-a'], [open('a'), cordoned('b')]), 'its volume lives in zone-a: b is cordoned');
    assert.equal(words(['zone-a'], [open('a'), open('b')]), 'its volume lives in zone-a');
  });
});
