import assert from 'node:assert/strict';
import { runPages } from '../../docs/pages.ts';
import { playOnStand, write } from './onstand.ts';

/**
 * Runs the pages. `UPDATE_DOCS=1` writes into them what their commands print: read the difference before you commit it.
 *
 * @param realNodes those that need nodes which run containers, or those that do not
 */
export function describePages(realNodes: boolean): void {
  describe('the commands of', function () {
    this.timeout(300_000);

    for (const page of runPages(realNodes)) {
      it(`${page.file} print what the page says`, async () => {
        const { broken, differing, printed } = await playOnStand(page);
        const isToWrite = process.env['UPDATE_DOCS'] === '1';
        if (isToWrite) write(page, printed);
        const faults = isToWrite ? broken : [...broken, ...differing];
        assert.ok(faults.length === 0, `\n${faults.join('\n\n')}`);
      });
    }
  });
}
