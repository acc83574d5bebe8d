import assert from 'node:assert/strict';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { displayWidth, withoutEnd, withoutMiddle } from '#src/drawing/columns.ts';

describe('text in columns of a terminal', () => {
  const anyText = fc.string({ unit: 'grapheme' });
  const anyWidth = fc.nat({ max: 40 });

  it('is as wide as a terminal shows it', () => {
    fc.assert(fc.property(anyText, (text) => displayWidth(text) === stringWidth(text)));
    assert.equal(displayWidth('├─ 日本'), 7);
  });

  it('is cut to a width, and never wider than that', () => {
    for (const cut of [withoutEnd, withoutMiddle]) {
      fc.assert(fc.property(anyText, anyWidth, (text, width) => displayWidth(cut(text, width)) <= width));
      fc.assert(fc.property(anyText, (text) => cut(text, displayWidth(text)) === text));
    }
  });

  it('loses its end, and shows that', () => {
    assert.equal(withoutEnd('RollingUpdate', 8), 'Rolling…');
    assert.equal(withoutEnd('RollingUpdate', 1), '…');
    assert.equal(withoutEnd('RollingUpdate', 0), '');
    assert.equal(withoutEnd('日本語', 4), '日…');
  });

  it('loses its middle, and keeps the ordinal at its end', () => {
    assert.equal(withoutMiddle('PersistentVolumeClaim/data-web-12', 24), 'PersistentVolum…a-web-12');
    assert.equal(withoutMiddle('data-web-12', 9), 'data-…-12');
    assert.equal(withoutMiddle('data-web-12', 2), 'd…');
    assert.equal(withoutMiddle('data-web-12', 0), '');
  });
});
