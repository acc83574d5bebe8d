/** The packages in the bundle, and their licences, which must ship with it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Package {
  name: string;
  version: string;
  license: string;
  folder: string;
}

/** @param root the folder that the paths in the metafile are relative to */
export function licencesText(metafile: Metafile, root: string): string {
  const parts = packagesIn(metafile, root).map(
    (one) => `${one.name} ${one.version} (${one.license})\n\n${licenceOf(one)}`,
  );
  return `kubectl-sts contains the following packages.\n\n${parts.map((part) => `${rule}\n${part}`).join('\n')}`;
}

const rule = '-'.repeat(80);

/**
 * The packages that have at least one byte in the bundle, sorted by name.
 *
 * @param root the folder that the paths in the metafile are relative to
 */
export function packagesIn(metafile: Metafile, root: string): Package[] {
  const folders = new Set([...filesIn(metafile).keys()].filter(isOfPackage).map((file) => folderOf(root, file)));
  return [...folders]
    .map(packageIn)
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
}

/** Bytes in the bundle: of the whole, of our own code, and of each package by its name. */
export interface Sizes {
  whole: number;
  own: number;
  packages: Map<string, number>;
}

/** @param root the folder that the paths in the metafile are relative to */
export function sizesIn(metafile: Metafile, root: string): Sizes {
  const whole = Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
  const packages = new Map<string, number>();
  let own = 0;
  for (const [file, bytes] of filesIn(metafile)) {
    if (isOfPackage(file)) {
      const { name } = packageIn(folderOf(root, file));
      packages.set(name, (packages.get(name) ?? 0) + bytes);
    } else own += bytes;
  }
  return { whole, own, packages };
}

/** The files that have at least one byte in the bundle, each with its bytes. */
function filesIn(metafile: Metafile): Map<string, number> {
  const files = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput: bytes }] of Object.entries(inputs)) {
      if (bytes > 0) files.set(file, (files.get(file) ?? 0) + bytes);
    }
  }
  return files;
}

function isOfPackage(file: string): boolean {
  return file.startsWith('node_modules/');
}

function packageIn(folder: string): Package {
  return { ...(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package), folder };
}

/** The folder of a file's package: the nearest one with a package.json that has a name and a version. */
function folderOf(root: string, file: string): string {
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    const path = join(root, folder, 'package.json');
    if (!existsSync(path)) continue;
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Package>;
    if (name && version) return join(root, folder);
  }
  throw new Error(`${file} belongs to no package`);
}

function licenceOf({ name, folder }: Package): string {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${name} comes without a licence: say in packaging/licences.ts what it is`);
  return files.map((file) => `${readFileSync(join(folder, file), 'utf8').trim()}\n`).join('\n');
}
