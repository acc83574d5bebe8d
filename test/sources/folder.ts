/** A folder for the files of a test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TemporaryFolder {
  path(name: string): string;
  /** Writes a file, with the folders that lead to it. */
  write(name: string, content: string | Uint8Array): string;
}

/** Made before the tests of the suite, and removed after them. */
export function temporaryFolder(): TemporaryFolder {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: (name) => join(folder, name),
    write(name, content) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
  };
}
