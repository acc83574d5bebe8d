import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './files.ts';

/** The modules of the sources, the tests and the packages make about 3,400 files; a run adds 500 that are of no more use. */
const most = 10_000;

/**
 * Variables that have Node keep what it has compiled, for processes that load the same modules again. Sources start three
 * times as fast with it.
 */
export function compileCache(): Record<string, string> {
  const folder = join(checkout, 'node_modules', '.cache', 'kubectl-sts-tests');
  // Tests that load modules of a temporary folder leave files behind that nobody asks for again.
  if (globSync('*/*', { cwd: folder }).length > most) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { NODE_COMPILE_CACHE: folder };
}
