/** What tests of properties have in common: how many random cases they run, and any text. */
import fc from 'fast-check';

/**
 * How many random cases of a property to run, where `all` is how many it takes to be sure: all of them where `CI=true`, as
 * in `.ci/run`, else a tenth, but at least 20.
 */
export function runs(all: number): number {
  return process.env['CI'] === 'true' ? all : Math.min(all, Math.max(20, all / 10));
}

/** Any code point but surrogates. fast-check's own, `unit: 'binary'`, takes more than a second to make in each process. */
const codePoint = fc.nat(0x10_f7ff).map((nth) => String.fromCodePoint(nth < 0xd800 ? nth : nth + 0x800));

const piece = fc.oneof(
  { weight: 20, arbitrary: codePoint },
  { weight: 10, arbitrary: fc.nat(0xff).map((code) => String.fromCodePoint(code)) },
  // Objects of JavaScript have them without being given them.
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf') },
);

/** Text of any characters, without lone surrogates. */
export function anyText(length: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(piece, length).map((pieces) => pieces.join(''));
}
