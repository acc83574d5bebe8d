import assert from 'node:assert/strict';
import type { Selector } from '#src/objects/service.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import { addressedPod, type SetsAndPods } from '#src/pin/model/addressing.ts';
import { podIndexLabel, podNameLabel } from '#src/statefulset/identity.ts';
import { forbidden, namespace, statefulSet } from '../../objects/snapshots.ts';
import { around, external, member, web, webPods } from './services.ts';

function addressed(selector: Selector, snapshot: SetsAndPods = around(), type = 'ClusterIP') {
  return addressedPod(external('lb', { spec: { type, selector: { ...selector } } }), snapshot)?.pod;
}

describe('a selector addresses one pod of a StatefulSet', () => {
  it('by the name of the pod, whatever else it holds', () => {
    assert.equal(addressed({ [podNameLabel]: 'web-1' }), 'web-1');
    assert.equal(addressed({ app: 'web', [podIndexLabel]: '0', [podNameLabel]: 'gone-7' }), 'gone-7');
  });

  it('by its ordinal, where the other labels fit one set', () => {
    assert.equal(addressed({ app: 'web', [podIndexLabel]: '2' }), 'web-2');
    assert.equal(addressed({ app: 'web', [podIndexLabel]: '7' }), 'web-7');
    assert.equal(
      addressed(
        { app: 'web', [podIndexLabel]: '5' },
        around({ statefulSets: [statefulSet('web', { start: 5 })], pods: [] }),
      ),
      'web-5',
    );
  });

  it('by its ordinal and a label that pods were given later', () => {
    const primary = member(web, 1, { metadata: { labels: { app: 'web', role: 'primary' } } });
    const pods = [...webPods.slice(0, 1), primary];
    assert.equal(addressed({ app: 'web', role: 'primary', [podIndexLabel]: '1' }, around({ pods })), 'web-1');
  });

  it('by its ordinal, where pods or sets cannot be read and the others tell', () => {
    const selector = { app: 'web', [podIndexLabel]: '1' };
    assert.equal(addressed(selector, { ...around(), pods: forbidden('pods') }), 'web-1');
    assert.equal(addressed(selector, { ...around(), statefulSets: notGiven }), 'web-1');
    assert.equal(addressed(selector, { statefulSets: notGiven, pods: notGiven }), undefined);
  });

  it('but not by an ordinal alone, nor beside labels that fit no set or several', () => {
    assert.equal(addressed({ [podIndexLabel]: '0' }), undefined);
    assert.equal(addressed({ app: 'shop', [podIndexLabel]: '0' }), undefined);
    const canary = statefulSet('canary', { spec: { template: { metadata: { labels: { app: 'web' } } } } });
    assert.equal(addressed({ app: 'web', [podIndexLabel]: '0' }, around({ statefulSets: [web, canary] })), undefined);
    const elsewhere = { ...canary, metadata: { ...canary.metadata, namespace: `${namespace}-2` } };
    assert.equal(addressed({ app: 'web', [podIndexLabel]: '0' }, around({ statefulSets: [web, elsewhere] })), 'web-0');
  });

  it('but not by an ordinal beside labels that only a set of another API group fits', () => {
    const kruise = {
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'StatefulSet',
      name: 'shop',
      uid: 'u',
      controller: true,
    };
    const pod = member(web, 0, { metadata: { labels: { app: 'shop' }, ownerReferences: [kruise] } });
    assert.equal(addressed({ app: 'shop', [podIndexLabel]: '0' }, around({ pods: [pod] })), undefined);
  });

  it('but not by what is no ordinal', () => {
    for (const index of ['', '01', '-1', 'x', '99999999999']) {
      assert.equal(addressed({ app: 'web', [podIndexLabel]: index }), undefined, index);
    }
  });

  it('but not as an ExternalName, whose selector leads nowhere', () => {
    assert.equal(addressed({ [podNameLabel]: 'web-1' }, around(), 'ExternalName'), undefined);
  });
});
