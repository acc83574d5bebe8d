import assert from 'node:assert/strict';
import { parseBefore, parseOrder, parseOrdinals } from '#src/roll/model/order.ts';

describe('what a person types to roll', () => {
  it('is an order by name, or a list of ordinals', () => {
    assert.deepEqual(parseOrder('reverse'), { order: 'reverse' });
    assert.deepEqual(parseOrder('forward'), { order: 'forward' });
    assert.deepEqual(parseOrder('2, 0,1'), { order: [2, 0, 1] });
    for (const wrong of ['', 'backwards', '1,,2', '1;2', '-1', '01', '1-3', '4294967296']) {
      assert.ok('error' in parseOrder(wrong), wrong);
    }
    assert.deepEqual(parseOrder('0,1,0'), { error: 'ordinal 0 stands twice in "0,1,0"' });
  });

  it('is ordinals and ranges of them, both ends included', () => {
    assert.deepEqual(parseOrdinals('1-3,5'), {
      ordinals: [
        { start: 1, end: 4 },
        { start: 5, end: 6 },
      ],
    });
    assert.deepEqual(parseOrdinals(' 0 - 0 '), { ordinals: [{ start: 0, end: 1 }] });
    for (const wrong of ['', '3-1', '1-', '-1', 'a', '1-2-3', '1,', '01']) {
      assert.ok('error' in parseOrdinals(wrong), wrong);
    }
  });

  it('is an age, or a time', () => {
    const now = Date.UTC(2026, 0, 2);
    assert.deepEqual(parseBefore('24h', 86_400_000, now), { before: Date.UTC(2026, 0, 1) });
    assert.deepEqual(parseBefore('2026-01-01T12:00:00+01:00', undefined, now), { before: Date.UTC(2026, 0, 1, 11) });
    for (const wrong of ['yesterday', '2026', '2026-13-01T00:00:00Z', '']) {
      assert.ok('error' in parseBefore(wrong, undefined, now), wrong);
    }
    assert.ok('error' in parseBefore('-1h', -3_600_000, now));
  });
});
