/**
 * The runtime for each platform: a package of npm, which packaging/package.json names and package-lock.json pins. npm
 * installs only the one that this machine can run. The others are fetched through npm too, into the same folder.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './places.ts';
import { type Platform, thisPlatform } from './platform.ts';
import type { Report } from './progress.ts';
import { step } from './step.ts';

const run = promisify(execFile);

interface Pinned {
  version: string;
  /** As npm writes it: the hash's name, and the digest of the packed package in base64. */
  integrity: string;
}

/** The version of the runtime, which is the same for all platforms. */
export function runtimeVersion(): string {
  return pinned(packageOf(thisPlatform())).version;
}

/** The runtime's executable. */
export function runtimeFile(platform: Platform): string {
  return join(folderOf(platform), 'bin', platform.os === 'windows' ? 'bun.exe' : 'bun');
}

/** Fetches the runtimes that are missing. */
export async function fetchRuntimes(platforms: readonly Platform[], report: Report): Promise<void> {
  for (const platform of platforms.filter((one) => !existsSync(runtimeFile(one)))) {
    await step('runtime', runtimeFile(platform), report, () => fetchRuntime(platform));
  }
}

async function fetchRuntime(platform: Platform): Promise<void> {
  const name = packageOf(platform);
  const { version, integrity } = pinned(name);
  const folder = folderOf(platform);
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(join(dirname(folder), '.unfinished-'));
  try {
    const words = ['pack', `${name}@${version}`, '--json', '--prefer-offline', '--pack-destination', unfinished];
    const { stdout } = await run('npm', words, { cwd: root });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const file = join(unfinished, filename);
    await checkIntegrity(file, integrity);
    // What npm packs lies in the folder `package`.
    await run('tar', ['-xzf', file, '-C', unfinished]);
    await rename(join(unfinished, 'package'), folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function checkIntegrity(file: string, integrity: string): Promise<void> {
  const [hash = '', digest = ''] = integrity.split(/-(.*)/s);
  const found = createHash(hash)
    .update(await readFile(file))
    .digest('base64');
  if (found !== digest) throw new Error(`${file} is not the package that package-lock.json pins`);
}

/** What package-lock.json pins for a package in node_modules. */
function pinned(name: string): Pinned {
  const lockfile = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as { packages: Record<string, Pinned> };
  const found = lockfile.packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json does not name ${name}`);
  return found;
}

function folderOf(platform: Platform): string {
  return `${root}node_modules/${packageOf(platform)}`;
}

/** In the words of npm. */
function packageOf({ os, arch }: Platform): string {
  return `@oven/bun-${os}-${{ amd64: 'x64', arm64: 'aarch64' }[arch]}`;
}
