/**
 * Makes the self-contained executable for this machine from the bundle. docs/decisions/0001-runtime.md explains why it
 * uses bun, and the settings.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeBundle } from './bundle.ts';
import { bundleFile, executableFile, root } from './places.ts';
import { type Platform, thisPlatform } from './platform.ts';
import type { Report } from './progress.ts';
import { step } from './step.ts';

/** Builds the bundle, then dist/kubectl-sts from it, and returns its path. */
export async function buildExecutable(report: Report): Promise<string> {
  await step('bundle', bundleFile, report, writeBundle);
  await step('executable', executableFile, report, compile);
  return executableFile;
}

async function compile(): Promise<void> {
  const unfinished = await mkdtemp(`${root}dist/.unfinished-`);
  try {
    // bun writes the paths that it is given into the executable. In dist/, a path is only a name.
    const result = join(unfinished, basename(executableFile));
    await promisify(execFile)(bunFile(thisPlatform()), [...settings, basename(bundleFile), '--outfile', result], {
      cwd: dirname(bundleFile),
      // No other variables, since bun obeys BUN_OPTIONS.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    });
    await rename(result, executableFile);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const settings = [
  'build',
  '--compile',
  '--bytecode',
  // By default the executable obeys these files in the folder in which it is started.
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-tsconfig',
  '--no-compile-autoload-package-json',
];

function bunFile({ os, arch }: Platform): string {
  const name = `@oven/bun-${os}-${{ amd64: 'x64', arm64: 'aarch64' }[arch]}`;
  const file = `${root}node_modules/${name}/bin/bun`;
  if (!existsSync(file)) throw new Error(`${name} is not installed: run npm ci`);
  return file;
}
