import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Colour, paint } from '#src/terminal/paint.ts';
import { checkout } from '../runner/files.ts';
import { readAnsi } from './ansi.ts';
import { svgOf, themes } from './svg.ts';

describe('what a program wrote on a terminal', () => {
  it('is read with its columns and colours', () => {
    const line = `${paint('├─', 'dim')} pod/web-0  ${paint('CrashLoopBackOff', 'red')}   2/3`;
    assert.deepEqual(readAnsi(`${line}\r\n\r\nend\r\n`), [
      [
        { column: 0, text: '├─', colour: 'dim' },
        { column: 3, text: 'pod/web-0', colour: undefined },
        { column: 14, text: 'CrashLoopBackOff', colour: 'red' },
        { column: 33, text: '2/3', colour: undefined },
      ],
      [],
      [{ column: 0, text: 'end', colour: undefined }],
    ]);
  });

  it('may have every colour of the plugin, and nothing else', () => {
    const colours = ['red', 'green', 'yellow', 'dim'] satisfies Colour[];
    for (const colour of colours) {
      assert.deepEqual(readAnsi(paint('x', colour)), [[{ column: 0, text: 'x', colour }]]);
    }
    assert.throws(() => readAnsi('\u001b[35mx'), /unknown colour 35/);
    assert.throws(() => readAnsi('\u001b[2K'), /control character/);
  });
});

describe('the picture of a terminal', () => {
  const lines = readAnsi(`$ cat <a> & b\n${paint('red', 'red')}  x`);

  it('has each run in its place and colour, as text', () => {
    const svg = svgOf({ title: 'a "<b>"', columns: 20, lines }, themes.dark);
    assert.deepEqual(svg.match(/<text.*/g), [
      '<text x="16" y="30" textLength="109.2" lengthAdjust="spacingAndGlyphs">$ cat &lt;a&gt; &amp; b</text>',
      '<text x="16" y="48" textLength="25.2" lengthAdjust="spacingAndGlyphs" fill="#ff7b72">red</text>',
      '<text x="58" y="48" textLength="8.4" lengthAdjust="spacingAndGlyphs">x</text>',
    ]);
    assert.ok(svg.includes('width="200" height="68" viewBox="0 0 200 68"'), svg);
    assert.ok(svg.includes('<title id="title">a "&lt;b&gt;"</title>'), svg);
  });

  it('has no line that leaves it', () => {
    assert.throws(() => svgOf({ title: '', columns: 12, lines }, themes.light), /wider than 12 columns: \$ cat/);
  });

  it('can be read: each colour has a contrast of at least 4.5 to its background (WCAG 2)', () => {
    for (const { background, text, colours } of Object.values(themes)) {
      for (const colour of [text, ...Object.values(colours)]) {
        assert.ok(contrast(colour, background) >= 4.5, `${colour} on ${background}: ${contrast(colour, background)}`);
      }
    }
  });
});

describe('docs/pictures', () => {
  for (const theme of ['light', 'dark']) {
    it(`is small, and README shows it: ${theme}`, () => {
      const file = `docs/pictures/terminal-${theme}.svg`;
      const svg = readFileSync(join(checkout, file), 'utf8');
      assert.ok(svg.length < 40_000, `${svg.length} bytes`);
      assert.doesNotMatch(svg, /<script|<image|href=|@import|@font-face/);
      assert.ok(readFileSync(join(checkout, 'README.md'), 'utf8').includes(file));
    });
  }
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => {
    const part = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
