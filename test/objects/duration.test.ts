import assert from 'node:assert/strict';
import { formatDuration, parseDuration } from '#src/objects/duration.ts';

describe('a duration', () => {
  // As time.ParseDuration of Go gives them.
  const durations: [text: string, milliseconds: number | undefined][] = [
    ['0', 0],
    ['-0', 0],
    ['5s', 5_000],
    ['1.5s', 1_500],
    ['.5s', 500],
    ['1.s', 1_000],
    ['1h30m', 5_400_000],
    ['1m1s1ms', 61_001],
    ['1s1h', 3_601_000],
    ['3us', 0.003],
    ['3µs', 0.003],
    ['3μs', 0.003],
    ['+2m', 120_000],
    ['-300ms', -300],
    ['', undefined],
    ['s', undefined],
    ['.s', undefined],
    ['5', undefined],
    ['5 s', undefined],
    ['5S', undefined],
    ['1d', undefined],
    ['1h-30m', undefined],
    ['1e3s', undefined],
    ['0x5s', undefined],
    ['5s\n', undefined],
  ];
  for (const [text, milliseconds] of durations) {
    it(`${JSON.stringify(text)} is ${milliseconds === undefined ? 'none' : `${milliseconds} ms`}`, () => {
      assert.equal(Math.abs(parseDuration(text) ?? Number.NaN), Math.abs(milliseconds ?? Number.NaN));
      assert.equal(Math.sign(parseDuration(text) ?? 0) < 0, (milliseconds ?? 0) < 0);
    });
  }

  it('is written as it is read', () => {
    const written: [milliseconds: number, text: string][] = [
      [7_200_000, '2h'],
      [300_000, '5m'],
      [90_000, '90s'],
      [200, '200ms'],
      [0.5, '0.5ms'],
      [0, '0s'],
    ];
    for (const [milliseconds, text] of written) {
      assert.equal(formatDuration(milliseconds), text);
      assert.equal(parseDuration(text), milliseconds);
    }
  });
});
