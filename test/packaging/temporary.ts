import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for the tests of one `describe`, removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-packaging-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
