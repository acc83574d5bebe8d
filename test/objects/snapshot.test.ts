import assert from 'node:assert/strict';
import { index, type Part } from '#src/objects/snapshot.ts';
import type { Named } from '#src/objects/types.ts';

function named(name: string, namespace?: string): Named {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
}

describe('an object that another one names', () => {
  const found: Part<Named> = {
    items: [named('web', 'shop'), named('web', 'test'), named('volume')],
    others: 'missing',
  };

  it('is found by namespace and name', () => {
    const lookup = index(found);
    const web = lookup('test', 'web');
    assert.equal(web.state === 'found' && web.object, found.items[1]);
    const volume = lookup(undefined, 'volume');
    assert.equal(volume.state === 'found' && volume.object, found.items[2]);
  });

  it('is missing only where the source has looked', () => {
    assert.deepEqual(index(found)('shop', 'db'), { state: 'missing' });
    assert.deepEqual(index({ items: [], others: 'not given' })('shop', 'web'), { state: 'not given' });
    const refusal = { verb: 'list', resource: 'pods', message: 'no' };
    assert.deepEqual(index({ items: [], others: 'forbidden', refusal })('shop', 'web'), { state: 'forbidden' });
  });

  it('is found in a part that does not hold all others', () => {
    assert.equal(index({ items: [named('web', 'shop')], others: 'not given' })('shop', 'web').state, 'found');
  });

  it('is not found in another namespace, nor without one', () => {
    assert.deepEqual(index(found)('prod', 'web'), { state: 'missing' });
    assert.deepEqual(index(found)(undefined, 'web'), { state: 'missing' });
  });

  it('may be called like a property that every object of JavaScript has', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.deepEqual(index(found)('shop', name), { state: 'missing' });
      assert.equal(index({ items: [named(name, 'shop')], others: 'missing' })('shop', name).state, 'found');
    }
  });
});
