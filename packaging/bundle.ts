/**
 * `npm run build`: writes dist/kubectl-sts.cjs, one file that runs on Node without node_modules, the licences of the
 * packages in it, and the list of these packages.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import { licencesText } from './licences.ts';
import { manifestModule } from './manifest-module.ts';
import { bundleFile, licencesFile, metafile, root, sbomFile } from './places.ts';
import { reportTo } from './progress.ts';
import { replacedImports } from './replaced-imports.ts';
import { sbomText } from './sbom.ts';
import { step } from './step.ts';

const options = { ...bundleOptions('src/start.ts'), plugins: [replacedImports(root), manifestModule] };

export async function writeBundle(): Promise<void> {
  const { metafile: parts } = await build({ ...options, outfile: bundleFile, metafile: true });
  mkdirSync(`${root}dist`, { recursive: true });
  writeFileSync(metafile, JSON.stringify(parts));
  writeFileSync(licencesFile, licencesText(parts, root));
  writeFileSync(sbomFile, sbomText(parts, root));
}

/**
 * Writes the same program into `folder` for executables: one file for what every command needs, and others that are
 * loaded when something asks for them. @returns the first
 */
export async function writeChunks(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  await build({ ...options, outdir: folder, format: 'esm', splitting: true });
  return join(folder, 'start.js');
}

/** How to make a program that needs no node_modules. */
export function bundleOptions(entryPoint: string) {
  return {
    absWorkingDir: root,
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'node',
    target: `node${packageJson.engines.node.replace(/^>=/, '')}`,
    // oclif is CommonJS and calls require for Node's modules, which an ES module cannot do.
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    // A stack trace in a bug report needs the names of functions.
    minifyIdentifiers: false,
    legalComments: 'none', // THIRD-PARTY-LICENSES has them
    // oclif looks for its own files here. Without this, bun writes a path of the building machine into the executable.
    define: { __dirname: '"/"' },
    logLevel: 'warning',
  } satisfies BuildOptions;
}

if (import.meta.main) await step('bundle', bundleFile, reportTo(process.stderr), writeBundle);
