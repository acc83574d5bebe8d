import assert from 'node:assert/strict';
import fc from 'fast-check';
import { warningsIn } from '#src/kube/http/warnings.ts';

/** As Node hands over the bytes of a header. */
function header(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

describe('the warnings of a server', () => {
  const headers: [what: string, headers: string[], texts: string[]][] = [
    ['none', [], []],
    ['one', ['299 - "apps/v1beta1 is deprecated"'], ['apps/v1beta1 is deprecated']],
    ['an agent', ['299 kube-apiserver "old"'], ['old']],
    ['a date', ['299 - "old" "Wed, 21 Oct 2015 07:28:00 GMT"'], ['old']],
    ['several in one header', ['299 - "one", 299 - "two" "a date",299 - "three"'], ['one', 'two', 'three']],
    ['several headers', ['299 - "one"', '299 - "two"'], ['one', 'two']],
    ['quotes, backslashes and commas in the text', ['299 - "a \\"b\\", \\\\c"'], ['a "b", \\c']],
    ['texts that are not of ASCII', ['299 - "größer → 大きい"'].map(header), ['größer → 大きい']],
    ['another code', ['199 - "misc", 110 - "stale", 299 - "old"'], ['old']],
    ['an empty text', ['299 - ""'], []],
    ['an end too early', ['299 - "one", 299 - "tw'], ['one']],
    ['no form at all', ['', ' ', 'old', '299 old', '299 -', '"299" - "old"'], []],
    ['something behind the text', ['299 - "old" too'], []],
    ['a broken header before a whole one', ['299', '299 - "old"'], ['old']],
    ['bytes that are no UTF-8', ['299 - "one", 299 - "\u00ff", 299 - "two"'], ['one']],
    ['control characters', ['299 - "one", 299 - "\u001b[2Jtwo"', '299 - "a\tb"'], ['one']],
    ['control characters of C1', [header('299 - "\u009b2J"')], []],
  ];
  for (const [what, given, texts] of headers) {
    it(`are read with ${what}`, () => assert.deepEqual(warningsIn(given), texts));
  }

  it('are what was written, whatever characters stand in them', () => {
    const printed = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\p{Cc}\ufffd]/u.test(text));
    fc.assert(
      fc.property(fc.array(printed, { maxLength: 3 }), (texts) => {
        const written = texts.map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`).join(', ');
        assert.deepEqual(warningsIn([header(written)]), texts);
      }),
    );
  });

  it('are none of control characters, and found at once, whatever stands in the header', () => {
    const piece = fc.constantFrom('299', ' ', '-', '"', '\\', ',', 'a', '\u001b', '\u0080', '299 - "');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
        for (const text of warningsIn([pieces.join('')])) assert.doesNotMatch(text, /\p{Cc}/u);
      }),
    );
    const started = performance.now();
    warningsIn(['299 - "'.repeat(2_000), `299 - "${'\\'.repeat(16_001)}"`, `299 ${'-'.repeat(16_000)}`]);
    assert.ok(performance.now() - started < 500);
  });
});
