/** Builds an executable whose one command does nothing: what the start of any command of oclif costs. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../packaging/bundle.ts';
import { compile } from '../../packaging/executable.ts';
import { root } from '../../packaging/places.ts';
import { thisPlatform } from '../../packaging/platform.ts';
import { replacedImports } from '../../packaging/replaced-imports.ts';

/** Builds it in `folder`, as the plugin is built. @returns its path */
export async function emptyExecutable(folder: string): Promise<string> {
  const bundle = join(folder, 'empty.cjs');
  const executable = join(folder, 'empty');
  const plugins = [replacedImports(root, 'some')];
  await build({ ...bundleOptions('test/bench/emptystart.ts'), outfile: bundle, plugins });
  await compile(bundle, thisPlatform(), executable);
  return executable;
}
