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
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => file),
  );
  const folders = new Set(files.filter((file) => file.startsWith('node_modules/')).map((file) => folderOf(root, file)));
  return [...folders]
    .map((folder) => ({ ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), folder }) as Package)
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
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
