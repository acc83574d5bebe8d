import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The checkout, whatever folder the tests are started from. */
export const checkout = join(import.meta.dirname, '..', '..');

/** Every test file, as a path from the checkout. */
export function allTestFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: checkout }).sort();
}

/** Whether a file can only run on a stand: all of test/e2e, and elsewhere what says so in its name. */
export function needsStand(file: string): boolean {
  return file.startsWith(join('test', 'e2e', '')) || file.endsWith('.stand.test.ts');
}

/** The files that somebody named on the command line, from where they stand; or which of them is none. */
export function chosenFiles(words: readonly string[]): string[] | { missing: string } {
  const known = new Set(allTestFiles());
  const files: string[] = [];
  for (const word of words) {
    const file = relative(checkout, resolve(word));
    if (known.has(file)) files.push(file);
    else {
      const within = [...known].filter((one) => one.startsWith(join(file, '')));
      if (within.length === 0) return { missing: word };
      files.push(...within);
    }
  }
  return [...new Set(files)];
}
