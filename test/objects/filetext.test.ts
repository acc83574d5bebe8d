import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileText } from '#src/objects/filetext.ts';
import { anyText, runs } from '../properties.ts';
import { encoded, encodingNames } from './encodings.ts';

describe('the text of a file', () => {
  for (const encoding of encodingNames) {
    it(`is read from ${encoding}, without its byte order mark`, () => {
      fc.assert(
        fc.property(anyText(), (text) => {
          assert.equal(fileText(encoded(text, encoding)), text);
        }),
        { numRuns: runs(200) },
      );
    });
  }

  it('is UTF-8 without a mark', () => {
    assert.equal(fileText(Buffer.from('name: größe\r\n')), 'name: größe\r\n');
  });

  it('keeps a place for bytes that are no text', () => {
    assert.equal(fileText(Buffer.from([0x61, 0xff, 0x62])), 'a\ufffdb');
    assert.equal(fileText(Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])), 'a\ufffd');
  });

  it('may be empty', () => {
    assert.equal(fileText(Buffer.of()), '');
    assert.equal(fileText(Buffer.of(0xff, 0xfe)), '');
  });
});
