import assert from 'node:assert/strict';
import type { Service } from '#src/objects/types.ts';
import { otherHeadless } from '#src/statefulset/selectedpods.ts';
import { headless, statefulSet } from '../objects/snapshots.ts';

describe('a headless Service that selects the pods of a set', () => {
  const labels = { app: 'db', tier: 'data' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'db' }] } };
  const set = (serviceName: string) => statefulSet('db', { spec: { serviceName, template } });
  const service = (name: string, selector: Record<string, string>, clusterIP = 'None'): Service => {
    return { ...headless(name), spec: { clusterIP, selector } };
  };
  const selecting = (name: string) => service(name, { app: 'db' });

  it('is told where the set names none, one that is missing, or one that is not headless or selects other pods', () => {
    const nodes = selecting('nodes');
    assert.equal(otherHeadless(set('db'), [nodes]), 'nodes');
    assert.equal(otherHeadless(set(''), [nodes]), 'nodes');
    assert.equal(otherHeadless(set('db'), [service('db', { app: 'db' }, '10.96.0.7'), nodes]), 'nodes');
    assert.equal(otherHeadless(set('db'), [service('db', { app: 'cache' }), nodes]), 'nodes');
  });

  it('is not told where the set names one that is right, or whose endpoints somebody else writes', () => {
    assert.equal(otherHeadless(set('db'), [selecting('db'), selecting('nodes')]), undefined);
    assert.equal(otherHeadless(set('db'), [service('db', {}), selecting('nodes')]), undefined);
  });

  it('is not guessed among several, nor among those of other namespaces, other pods, or no selector', () => {
    assert.equal(otherHeadless(set('db'), [selecting('nodes'), service('peers', labels)]), undefined);
    const elsewhere = { ...selecting('nodes'), metadata: { name: 'nodes', namespace: 'elsewhere' } };
    assert.equal(
      otherHeadless(set('db'), [elsewhere, service('all', {}), service('cache', { app: 'cache' })]),
      undefined,
    );
    assert.equal(otherHeadless(set('db'), [service('part', { ...labels, zone: 'a' })]), undefined);
    // It selects one pod.
    const first = service('first', { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' });
    assert.equal(otherHeadless(set('db'), [first]), undefined);
  });
});
