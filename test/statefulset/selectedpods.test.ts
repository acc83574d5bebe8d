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
    assert.equal(otherHeadless([nodes])(set('db')), 'nodes');
    assert.equal(otherHeadless([nodes])(set('')), 'nodes');
    assert.equal(otherHeadless([service('db', { app: 'db' }, '10.96.0.7'), nodes])(set('db')), 'nodes');
    assert.equal(otherHeadless([service('db', { app: 'cache' }), nodes])(set('db')), 'nodes');
  });

  it('is not told where the set names one that is right, or whose endpoints somebody else writes', () => {
    assert.equal(otherHeadless([selecting('db'), selecting('nodes')])(set('db')), undefined);
    assert.equal(otherHeadless([service('db', {}), selecting('nodes')])(set('db')), undefined);
  });

  it('is not guessed among several, nor among those of other namespaces, other pods, or no selector', () => {
    assert.equal(otherHeadless([selecting('nodes'), service('peers', labels)])(set('db')), undefined);
    const elsewhere = { ...selecting('nodes'), metadata: { name: 'nodes', namespace: 'elsewhere' } };
    assert.equal(
      otherHeadless([elsewhere, service('all', {}), service('cache', { app: 'cache' })])(set('db')),
      undefined,
    );
    assert.equal(otherHeadless([service('part', { ...labels, zone: 'a' })])(set('db')), undefined);
    // It selects one pod.
    const first = service('first', { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' });
    assert.equal(otherHeadless([first])(set('db')), undefined);
  });
});
