import assert from 'node:assert/strict';
import fc from 'fast-check';
import { longestTimer, parseDuration, requestTimeout } from '../../../src/kube/config/duration.ts';

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

describe('a request’s timeout', () => {
  const timeouts: [text: string, milliseconds: number][] = [
    ['', 0],
    ['0', 0],
    ['7', 7_000],
    ['+7', 7_000],
    ['007', 7_000],
    ['1.5s', 1_500],
    ['-1s', 0],
    // Longer than a timer can wait it would be over at once.
    ['99999999', longestTimer],
    ['600h', longestTimer],
    ['9'.repeat(400), longestTimer],
  ];
  for (const [text, milliseconds] of timeouts) {
    it(`of ${text.slice(0, 20) || 'nothing'} is ${milliseconds} ms`, () => {
      assert.equal(requestTimeout(text), milliseconds);
    });
  }

  for (const text of ['-1', '1.5', '5x', ' 5', 'forever']) {
    it(`of ${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => requestTimeout(text), { name: 'ConfigError', message: /^error: Invalid timeout value\. / });
    });
  }

  it('is one that a timer can wait for, or refused, whatever is said', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{1,12}(ns|us|ms|s|m|h)?$/)), (text) => {
        try {
          const timeout = requestTimeout(text);
          assert.ok(timeout >= 0 && timeout <= longestTimer, String(timeout));
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'ConfigError');
        }
      }),
    );
  });
});
