import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import fc from 'fast-check';
import { bundleOptions } from '../../packaging/bundle.ts';
import { replacedImports } from '../../packaging/replaced-imports.ts';
import { anyText, runs } from '../properties.ts';
import { checkout } from '../runner/files.ts';
import { temporaryFolder } from './temporary.ts';

type Draw = (rows: string[][], options: object) => string;

/** What the bundle changes in cli-table3 makes it faster, and nothing else. The judge is cli-table3 as it is. */
describe('a table of the bundle', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let own: Draw;
  let original: Draw;

  before(async () => {
    own = await drawnBy('own', [replacedImports(`${checkout}/`, 'some')]);
    original = await drawnBy('original', []);
  });

  async function drawnBy(name: string, plugins: Plugin[]): Promise<Draw> {
    const outfile = join(folder, `${name}.cjs`);
    const contents = `import Table from 'cli-table3';
export const draw = (rows, options) => { const table = new Table(options); table.push(...rows); return table.toString(); };`;
    const { entryPoints: _, ...options } = bundleOptions('');
    await build({ ...options, stdin: { contents, resolveDir: checkout }, outfile, plugins });
    return createRequire(import.meta.url)(outfile).draw;
  }

  const cell = fc.oneof(
    fc.constantFrom('', 'web-0', '\u001b[33mPending\u001b[39m', 'größer', '🐘', 'a\nb'),
    anyText({ maxLength: 5 }).map((text) => text.replaceAll(/[\p{C}\p{M}]/gu, '')),
  );
  const rows = fc
    .record({ width: fc.integer({ min: 1, max: 4 }), cells: fc.array(cell, { minLength: 1, maxLength: 24 }) })
    .map(({ width, cells }) =>
      Array.from({ length: Math.ceil(cells.length / width) }, (_, row) => cells.slice(row * width, (row + 1) * width)),
    );
  const options = fc.constantFrom<object>(
    {},
    { style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 2 }, chars: { middle: '' } },
    { colWidths: [8, null, 6], style: { border: [], head: [] } },
  );

  it('is as cli-table3 draws it', () => {
    fc.assert(
      fc.property(rows, options, (cells, given) => {
        assert.equal(own(cells, structuredClone(given)), original(cells, structuredClone(given)));
      }),
      { numRuns: runs(2_000) },
    );
  });
});
