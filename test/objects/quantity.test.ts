import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesOf, humanBytes } from '#src/objects/quantity.ts';

describe('a quantity of storage', () => {
  const table: [quantity: string, bytes: number | undefined][] = [
    ['0', 0],
    ['50Mi', 50 * 2 ** 20],
    ['1Gi', 2 ** 30],
    ['1.5G', 1.5e9],
    ['.5Ti', 2 ** 39],
    ['5.', 5],
    ['1Ei', 2 ** 60],
    ['2P', 2e15],
    ['100k', 1e5],
    ['128974848', 128974848],
    ['129e6', 129e6],
    ['129E6', 129e6],
    ['1e-3', 1e-3],
    ['1E', 1e18],
    ['123m', 0.123],
    ['-1Gi', -(2 ** 30)],
    ['+1Gi', 2 ** 30],
    ['', undefined],
    ['Gi', undefined],
    ['1 Gi', undefined],
    ['1gi', undefined],
    ['1K', undefined],
    ['1e3Gi', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
  ];
  for (const [quantity, bytes] of table) {
    it(`${JSON.stringify(quantity)} is ${bytes === undefined ? 'none' : `${bytes} bytes`}`, () => {
      const actual = bytesOf(quantity);
      if (bytes === undefined || actual === undefined) assert.equal(actual, bytes);
      else assert.ok(Math.abs(actual - bytes) <= Math.abs(bytes) * 1e-12, `${actual} instead of ${bytes}`);
    });
  }

  it('never is NaN, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => assert.ok(!Number.isNaN(bytesOf(text)))));
  });
});

describe('bytes for people', () => {
  const table: [bytes: number, text: string][] = [
    [0, '0'],
    [1024, '1Ki'],
    [50 * 2 ** 20, '50Mi'],
    [150 * 2 ** 20, '150Mi'],
    [1.5 * 2 ** 30, '1.5Gi'],
    [10 * 2 ** 40, '10Ti'],
  ];
  for (const [bytes, text] of table) {
    it(`${bytes} are ${text}`, () => assert.equal(humanBytes(bytes), text));
  }

  it('are a quantity again, to three digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        const again = bytesOf(humanBytes(bytes));
        assert.ok(
          again !== undefined && Math.abs(again - bytes) <= bytes * 0.01,
          `${bytes} gives ${humanBytes(bytes)}`,
        );
      }),
    );
  });
});
