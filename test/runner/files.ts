import { globSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The checkout, whatever folder the tests are started from. */
export const checkout = join(import.meta.dirname, '..', '..');

/** Every test file, as a path from the checkout, but for those that need real nodes. */
export function allTestFiles(): string[] {
  return filesIn('test/**/*.test.ts').filter((file) => !needsRealNodes(file));
}

export function realTestFiles(): string[] {
  return filesIn('test/real/**/*.test.ts');
}

function filesIn(pattern: string): string[] {
  return globSync(pattern, { cwd: checkout }).sort();
}

/** Whether a file can only run on a stand with real nodes. */
function needsRealNodes(file: string): boolean {
  return file.startsWith(join('test', 'real', ''));
}

/**
 * Whether a file can only run on a stand: all of test/e2e, and elsewhere what says so in its name. Of test/real, all but
 * what looks at the stand itself, from outside.
 */
export function needsStand(file: string): boolean {
  if (needsRealNodes(file)) return !file.endsWith('.outside.test.ts');
  return file.startsWith(join('test', 'e2e', '')) || file.endsWith('.stand.test.ts');
}

/** The files of `all` that somebody named on the command line, from where they stand; or which of them is none. */
export function chosenFiles(all: readonly string[], words: readonly string[]): string[] | { missing: string } {
  const known = new Set(all);
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

/** Whether a file builds what ships, or looks at the checkout as a whole: it belongs to `npm test`, not to the inner loop. */
export function looksAtWhole(file: string): boolean {
  return buildsWhatShips(file) || isIn('house', file);
}

function buildsWhatShips(file: string): boolean {
  return isIn('packaging', file);
}

function isIn(folder: string, file: string): boolean {
  return file.startsWith(join('test', folder, ''));
}

/**
 * Files that need no stand, as jobs in the order in which they begin: each file for itself, but for those that write to
 * dist/. What takes longest begins first, so that it does not run on by itself at the end.
 */
export function jobsOf(files: readonly string[]): string[][] {
  const [building, others] = [files.filter(buildsWhatShips), files.filter((file) => !buildsWhatShips(file))];
  const [house, unit] = [others.filter(looksAtWhole), others.filter((file) => !looksAtWhole(file))];
  return [building, ...[...house, ...unit].map((file) => [file])].filter((job) => job.length > 0);
}
