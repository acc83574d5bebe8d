import assert from 'node:assert/strict';
import { mostOrdinals, parseOneOrdinal, parseOrdinalList, parseOrdinals } from '#src/statefulset/ordinals.ts';

describe('ordinals that a person types', () => {
  const taken: [text: string, list: number[]][] = [
    ['0', [0]],
    ['1-3,5', [1, 2, 3, 5]],
    ['5,1-3', [5, 1, 2, 3]],
    [' 1 - 2 , 4 ', [1, 2, 4]],
    ['2-2', [2]],
    ['2147483647', [2_147_483_647]],
  ];
  for (const [text, list] of taken) {
    it(`${JSON.stringify(text)} are ${list.join(', ')}`, () => {
      assert.deepEqual(parseOrdinalList(text), { ordinals: list });
    });
  }

  for (const text of ['', ',', '1,', '-1', '3-1', '01', '1-', 'a', '1 2', '1..3', '2147483648', '1.5']) {
    it(`${JSON.stringify(text)} are none`, () => {
      assert.deepEqual(parseOrdinals(text), { error: `ordinals are given as 1-3,5, not ${JSON.stringify(text)}` });
      assert.equal(parseOneOrdinal(text), undefined);
    });
  }

  it('are ranges where nobody needs each of them', () => {
    assert.deepEqual(parseOrdinals('0-2147483646,7'), {
      ordinals: [
        { start: 0, end: 2_147_483_647 },
        { start: 7, end: 8 },
      ],
    });
  });

  it('are not listed where no set has so many pods', () => {
    assert.ok('error' in parseOrdinalList(`0-${mostOrdinals}`));
    assert.ok('ordinals' in parseOrdinalList(`1-${mostOrdinals}`));
  });

  it('are one where one is wanted', () => {
    assert.deepEqual(['7', '7-7', '1-3', '1,2'].map(parseOneOrdinal), [7, 7, undefined, undefined]);
  });
});
