import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '#src/terminal/escape.ts';
import { anyText, runs } from '../properties.ts';

/** What a terminal obeys or hides instead of showing it: controls, formats, separators, private sequences' beginnings. */
const acting = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]|[\u200b-\u200f\u2060-\u206f\ufeff]/u;

describe('text that comes from a cluster', () => {
  it('leaves no character that could act on a terminal', () => {
    fc.assert(
      fc.property(anyText(), (text) => assert.doesNotMatch(printable(text), acting)),
      { numRuns: runs(1000) },
    );
  });

  it('leaves none, of all the characters of the Basic Multilingual Plane', () => {
    for (let code = 0; code <= 0xffff; code++) {
      assert.doesNotMatch(printable(String.fromCharCode(code)), acting, `U+${code.toString(16)}`);
    }
  });

  it('is left as it is where it is harmless', () => {
    const harmless = fc.string({ unit: 'grapheme-ascii' });
    fc.assert(fc.property(harmless, (text) => assert.equal(printable(text), text)));
    for (const text of ['products-db-0', 'größer als 50 %', '数据库', '🐘', 'a\u0301'])
      assert.equal(printable(text), text);
  });

  it('shows what it held, as the code of the character', () => {
    assert.equal(printable('\u001b[31mred\u0007'), '\\u001b[31mred\\u0007');
    assert.equal(printable('web\u202egnp.exe'), 'web\\u202egnp.exe');
    assert.equal(printable('a\r\nb\tc'), 'a\\u000d\\u000ab\\u0009c');
  });

  it('does not change when it passes twice', () => {
    fc.assert(fc.property(anyText(), (text) => assert.equal(printable(printable(text)), printable(text))));
  });
});
