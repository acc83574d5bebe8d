import assert from 'node:assert/strict';
import fc from 'fast-check';
import { requestTimeout } from '#src/kube/config/requesttimeout.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { longestTimer } from '#src/objects/clock.ts';

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
      assert.throws(() => requestTimeout(text), {
        constructor: ConfigError,
        message: /^error: Invalid timeout value\. /,
      });
    });
  }

  it('is one that a timer can wait for, or refused, whatever is said', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{1,12}(ns|us|ms|s|m|h)?$/)), (text) => {
        try {
          const timeout = requestTimeout(text);
          assert.ok(timeout >= 0 && timeout <= longestTimer, String(timeout));
        } catch (error) {
          assert.ok(error instanceof ConfigError);
        }
      }),
    );
  });
});
