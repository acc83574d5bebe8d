/** A user of this machine without any rights. Without root, the user of the tests is one already. */
import { chmodSync, chownSync } from 'node:fs';

/** The number that Linux keeps for nobody. */
const nobody = 65534;

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The words before a program that the user runs. */
export function strangerWords(): string[] {
  const setpriv = ['/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  return isRoot() ? [...setpriv, '--bounding-set=-all', '--no-new-privs'] : [];
}

/** Lets the user see a folder, and gives them these files. */
export function openTo(folder: string, own: readonly string[]): void {
  chmodSync(folder, 0o755);
  if (isRoot()) for (const file of own) chownSync(file, nobody, nobody);
}
