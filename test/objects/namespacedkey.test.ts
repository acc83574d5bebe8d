import assert from 'node:assert/strict';
import { namespacedKey } from '#src/objects/namespacedkey.ts';

describe('the key of a namespace and a name', () => {
  it('tells namesakes of several namespaces apart', () => {
    assert.notEqual(namespacedKey('shop', 'web'), namespacedKey('test', 'web'));
    assert.notEqual(namespacedKey(undefined, 'web'), namespacedKey('web', 'web'));
  });

  it('is the same for an empty namespace as for none', () => {
    assert.equal(namespacedKey('', 'node-1'), namespacedKey(undefined, 'node-1'));
  });
});
