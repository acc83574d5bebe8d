import assert from 'node:assert/strict';
import type { Selector } from '#src/objects/service.ts';
import type { SetsAndPods } from '#src/pin/model/addressing.ts';
import { reachOf } from '#src/pin/model/reach.ts';
import { reachWords } from '#src/pin/view/words.ts';
import { forbidden, statefulSet } from '../../objects/snapshots.ts';
import { around, external, member, web, webPods } from './services.ts';

function told(selector: Selector, snapshot: SetsAndPods = around(), spec = {}): string {
  return reachWords(reachOf(external('lb', { spec }), selector, 'web', snapshot));
}

describe('the traffic of a Service', () => {
  const unready = member(web, 2, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } });
  const other = member(statefulSet('db', { metadata: { name: 'db' } }), 0, { metadata: { labels: { app: 'web' } } });

  it('goes to all pods that the set wants', () => {
    assert.equal(told({ app: 'web' }), 'traffic goes to all 3 pods');
    const one = around({ statefulSets: [statefulSet('web')], pods: webPods.slice(0, 1) });
    assert.equal(told({ app: 'web' }, one), 'traffic goes to web-0');
  });

  it('goes to some pods, of whatever set', () => {
    const set = statefulSet('web', { replicas: 11 });
    const pods = [10, 9, 1].map((ordinal) => member(set, ordinal));
    assert.equal(
      told({ app: 'web' }, around({ statefulSets: [set], pods })),
      'traffic goes to web-1, web-9 and web-10',
    );
    assert.equal(
      told({ app: 'web' }, around({ pods: [...webPods, other] })),
      'traffic goes to db-0, web-0, web-1 and web-2',
    );
    assert.equal(told({ app: 'web' }, around({ pods: webPods.slice(1) })), 'traffic goes to web-1 and web-2');
  });

  it('does not reach pods that are not ready, unless the Service publishes them', () => {
    const snapshot = around({ pods: [...webPods.slice(0, 2), unready] });
    assert.equal(told({ app: 'web' }, snapshot), 'traffic goes to all 3 pods (web-2 is not ready)');
    assert.equal(told({ app: 'web' }, snapshot, { publishNotReadyAddresses: true }), 'traffic goes to all 3 pods');
  });

  it('never reaches pods that have ended', () => {
    const ended = member(web, 1, { status: { phase: 'Succeeded' } });
    assert.equal(told({ app: 'web' }, around({ pods: [ended] })), 'traffic goes to no pod');
  });

  it('stays where it was without a selector, since the controller leaves the EndpointSlices alone', () => {
    assert.equal(told({}), 'it has no selector any more: its endpoints stay as they are');
  });

  it('goes to no pod by a selector that fits none, or by an alias', () => {
    assert.equal(told({}, around(), { type: 'ExternalName' }), 'traffic goes to no pod');
    assert.equal(told({ app: 'shop' }), 'traffic goes to no pod');
  });

  it('is not known where pods were not read', () => {
    assert.equal(
      told({ app: 'web' }, { ...around(), pods: forbidden('pods') }),
      'where traffic goes is not known: the pods may not be listed',
    );
    const some = { ...around(), pods: { items: webPods.slice(1), others: 'not given' } as const };
    assert.equal(
      told({ app: 'web' }, some),
      'traffic goes to web-1 and web-2, and perhaps to others, which were not given',
    );
  });
});
