import assert from 'node:assert/strict';
import { durationFlag } from '#src/cli/durations.ts';
import { UsageError } from '#src/cli/usageerror.ts';

describe('a flag whose value is a duration', () => {
  it('is read as Go reads one, in milliseconds', () => {
    assert.deepEqual(
      ['30s', '5m', '1h30m', '0', '1.5s'].map((text) => durationFlag('--timeout', text)),
      [30_000, 300_000, 5_400_000, 0, 1_500],
    );
  });

  for (const text of ['', 'soon', '30', '-1s', '1d']) {
    it(`is refused, with an example: ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => durationFlag('--timeout', text),
        new UsageError(`--timeout takes a duration such as 30s or 5m, not ${JSON.stringify(text)}`),
      );
    });
  }
});
