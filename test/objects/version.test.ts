import assert from 'node:assert/strict';
import { isOlder } from '#src/objects/version.ts';

describe('a resourceVersion', () => {
  const cases: [version: string, than: string, older: boolean][] = [
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['', '1', true],
    ['18446744073709551615', '18446744073709551616', true],
    ['99999999999999999999', '100000000000000000000', true],
  ];
  for (const [version, than, older] of cases) {
    it(`${version || 'that is empty'} is ${older ? '' : 'not '}older than ${than}`, () =>
      assert.equal(isOlder(version, than), older));
  }
});
