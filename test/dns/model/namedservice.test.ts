import assert from 'node:assert/strict';
import { parseServiceName } from '#src/dns/model/namedservice.ts';

describe('the name of a DNS Service', () => {
  it('is NAMESPACE/NAME', () => {
    assert.deepEqual(parseServiceName('kube-system/kube-dns'), { namespace: 'kube-system', name: 'kube-dns' });
    assert.deepEqual(parseServiceName('a/b'), { namespace: 'a', name: 'b' });
    const longest = 'a'.repeat(63);
    assert.deepEqual(parseServiceName(`${longest}/x`), { namespace: longest, name: 'x' });
  });

  for (const text of [
    'kube-dns',
    '',
    '/',
    'kube-system/',
    '/kube-dns',
    'a/b/c',
    'A/b',
    '../b',
    'a/-b',
    'a/b-',
    'a b/c',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseServiceName(text), {
        error: `a Service is given as NAMESPACE/NAME, such as kube-system/kube-dns, not ${JSON.stringify(text)}`,
      });
    });
  }

  it('has no part of more than 63 characters', () => {
    assert.ok('error' in parseServiceName(`${'a'.repeat(64)}/x`));
  });
});
