/** The page of screens in the documentation. `UPDATE_SCREENS=1` writes it anew: read the difference before you commit it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { screensPage } from './page.ts';

const path = join(checkout, 'docs', 'screens.md');

describe('docs/screens.md', () => {
  it('shows what the commands print', async () => {
    const page = await screensPage();
    if (process.env['UPDATE_SCREENS'] === '1') writeFileSync(path, page);
    assert.equal(page, readFileSync(path, 'utf8'));
  });
});
