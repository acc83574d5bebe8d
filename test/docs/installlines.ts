/** The lines of docs/install.md that need a release, which tests run on what was built here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { readPage } from './markdown.ts';
import { blocksOf } from './pages.ts';

const file = 'docs/install.md';

/** @param begin how the lines begin */
export function installLines(begin: string): string[] {
  const page = readPage(file, readFileSync(join(checkout, file), 'utf8'));
  return blocksOf(page).flatMap(({ lines }) => lines.filter((line) => line.startsWith(begin)));
}
