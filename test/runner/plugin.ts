import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildExecutable } from '../../packaging/executable.ts';
import type { Report } from '../../packaging/progress.ts';

/**
 * The executable that the tests on a stand run: the one named by KUBECTL_STS_TEST_PLUGIN, else the one that ships,
 * built now; or why there is none.
 */
export async function pluginToTest(report: Report): Promise<string | { error: string }> {
  const named = process.env['KUBECTL_STS_TEST_PLUGIN'];
  if (named) return existsSync(named) ? resolve(named) : { error: `there is no file ${named}` };
  try {
    return await buildExecutable(report);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
