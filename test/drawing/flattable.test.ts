import assert from 'node:assert/strict';
import { drawTable } from '#src/drawing/flattable.ts';

describe('a flat table', () => {
  it('has two blanks between columns, and none at the ends of its rows', async () => {
    const rows = [
      ['NAME', 'VERDICT'],
      ['web-0', 'ok'],
    ];
    assert.equal(await drawTable(rows, [5, 7]), 'NAME   VERDICT\nweb-0  ok\n');
  });

  it('of many rows has each once, in order', async () => {
    const rows = Array.from({ length: 121 }, (_, position) => [`web-${position}`]);
    assert.equal(await drawTable(rows, [7]), rows.map(([name]) => `${name}\n`).join(''));
  });
});
