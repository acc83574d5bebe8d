import assert from 'node:assert/strict';
import { parseOrder } from '#src/roll/model/order.ts';

describe('the order of a roll', () => {
  it('is reverse, forward, or a list of ordinals, which may hold ranges', () => {
    assert.deepEqual(parseOrder('reverse'), { order: 'reverse' });
    assert.deepEqual(parseOrder('forward'), { order: 'forward' });
    assert.deepEqual(parseOrder('2, 0,1'), { order: [2, 0, 1] });
    assert.deepEqual(parseOrder('2,0-1'), { order: [2, 0, 1] });
  });

  it('is refused where it is neither', () => {
    assert.deepEqual(parseOrder('backwards'), {
      error: 'an order is reverse, forward or a list such as 2,0-1, not "backwards"',
    });
    for (const wrong of ['', '1,,2', '1;2', '-1', '01', '3-1', '4294967296', '0-4294967295']) {
      assert.ok('error' in parseOrder(wrong), wrong);
    }
  });

  it('names each ordinal once', () => {
    assert.deepEqual(parseOrder('0,1,0'), { error: 'ordinal 0 stands twice in "0,1,0"' });
    assert.deepEqual(parseOrder('0-2,1'), { error: 'ordinal 1 stands twice in "0-2,1"' });
  });
});
