import assert from 'node:assert/strict';
import { parseDuration } from '#src/objects/duration.ts';

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
});
