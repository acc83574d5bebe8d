import assert from 'node:assert/strict';
import { parseBefore } from '#src/roll/model/age.ts';

describe('the age of pods, as a person types it', () => {
  it('is a duration, or a time', () => {
    const now = Date.UTC(2026, 0, 2);
    assert.deepEqual(parseBefore('24h', now), { before: Date.UTC(2026, 0, 1) });
    assert.deepEqual(parseBefore('0', now), { before: now });
    assert.deepEqual(parseBefore('2026-01-01T12:00:00+01:00', now), { before: Date.UTC(2026, 0, 1, 11) });
    for (const wrong of ['yesterday', '2026', '2026-13-01T00:00:00Z', '', '-1h']) {
      assert.ok('error' in parseBefore(wrong, now), wrong);
    }
  });
});
