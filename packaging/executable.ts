/**
 * Makes the self-contained executables. docs/decisions/0001-runtime.md explains why they use bun, and the
 * settings.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeBundle, writeChunks } from './bundle.ts';
import { signed } from './codesign.ts';
import { bundleFile, chunksFolder, executableFile, root } from './places.ts';
import { executableName, type Platform, thisPlatform } from './platform.ts';
import type { Report } from './progress.ts';
import { runtimeFile } from './runtimes.ts';
import { step } from './step.ts';

/** Builds the bundle, and dist/kubectl-sts of the same sources. @returns its path */
export async function buildExecutable(report: Report): Promise<string> {
  const platform = thisPlatform();
  await buildExecutables([platform], report);
  return executableFile(platform);
}

/** Builds the bundle, and an executable for each platform. */
export async function buildExecutables(platforms: readonly Platform[], report: Report): Promise<void> {
  await step('bundle', bundleFile, report, writeBundle);
  const first = await writeChunks(chunksFolder);
  for (const platform of platforms) {
    const file = executableFile(platform);
    await step('executable', file, report, () => compile(first, platform, file));
  }
}

/**
 * Makes an executable of a program for bun.
 *
 * @param first its first file, which lies beside the others; or the only one, `*.cjs`
 * @param file the executable
 */
export async function compile(first: string, platform: Platform, file: string): Promise<void> {
  const unfinished = await mkdtemp(`${root}dist/.unfinished-`);
  try {
    // bun writes the paths that it is given into the executable. In this folder, a path is only a name.
    const result = join(unfinished, executableName(platform));
    const words = [...settings, ...formatOf(first), ...targetOf(platform), basename(first), '--outfile', result];
    await promisify(execFile)(installed(thisPlatform()), words, {
      cwd: dirname(first),
      // No other variables, since bun obeys BUN_OPTIONS.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    });
    if (mustBeSigned(platform)) await writeFile(result, signed(await readFile(result), 'kubectl-sts'));
    await mkdir(dirname(file), { recursive: true });
    await rename(result, file);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * When bun crashes, it prints the first 196 characters of the command line, among which a token may be (`print_metadata`,
 * src/crash_handler of bun; nothing turns that off). Words that are built in stand before those of the person, so that
 * nothing of theirs is left to print. bun takes these for the name of a warning not to show, and no warning has it.
 */
const crashText = `--disable-warning=${'the-arguments-are-not-shown-since-a-token-may-be-among-them.'.repeat(4)}`;

const settings = [
  'build',
  '--compile',
  '--bytecode',
  // Bun optimizes a function after ten times as many calls as usual: most commands end before optimized code pays off.
  '--compile-jit-policy=10',
  // By default the executable obeys these files in the folder in which it is started.
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-tsconfig',
  '--no-compile-autoload-package-json',
  `--compile-exec-argv=${crashText}`,
];

/** Of the files of a program each is loaded when the first import asks for it. */
function formatOf(first: string): string[] {
  return first.endsWith('.cjs') ? [] : ['--format=esm', '--splitting'];
}

/** bun itself signs its executables for macOS on arm64. In those for amd64 it leaves a signature that is wrong. */
function mustBeSigned({ os, arch }: Platform): boolean {
  return os === 'darwin' && arch === 'amd64';
}

/** With the path of the runtime, bun downloads none. */
function targetOf(platform: Platform): string[] {
  const { os, arch } = platform;
  const target = `bun-${os}-${{ amd64: 'x64', arm64: 'arm64' }[arch]}`;
  return [`--target=${target}`, `--compile-executable-path=${installed(platform)}`];
}

function installed(platform: Platform): string {
  const file = runtimeFile(platform);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm ci`);
  return file;
}
