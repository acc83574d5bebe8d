import assert from 'node:assert/strict';
import { isFree, isProven, type Sighting, sighted } from '#src/roll/model/leaserules.ts';

describe('the holder of a lease', () => {
  it('is gone when the lease has not changed here for its duration, whatever its times say', () => {
    let seen: Sighting | undefined;
    const look = (version: string, now: number, holder = 'laptop') => {
      seen = sighted(seen, { holder, version }, now);
      return isFree(seen, 30_000, now);
    };
    assert.equal(look('1', 0), false);
    assert.equal(look('1', 29_999), false);
    assert.equal(look('2', 29_999), false, 'it was renewed');
    assert.equal(look('2', 59_998), false);
    assert.equal(look('2', 59_999), true);
    assert.equal(look('3', 60_000, ''), true, 'it was given up');
  });

  it('is not waited for longer than an hour, whatever the lease says', () => {
    const seen: Sighting = { holder: 'laptop', version: '1', since: 0 };
    assert.deepEqual(
      [3_599_999, 3_600_000].map((now) => isFree(seen, 2 ** 31 * 1_000, now)),
      [false, true],
    );
  });

  it('has proved that it is by writing to it less than half of its duration ago', () => {
    assert.equal(isProven(1_000, 30_000, 15_999), true);
    assert.equal(isProven(1_000, 30_000, 16_000), false);
  });
});
