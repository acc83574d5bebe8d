/**
 * `npm run package`: makes the bundle, the executable for this machine, the archive that krew installs, its manifest, the
 * list of what is inside, and the sums of all that. With `--all`, it makes executables and archives for all platforms.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type ArchivedFile, sha256, sumsText, tarGz } from './archive.ts';
import { buildExecutables } from './executable.ts';
import { krewManifest } from './krew-manifest.ts';
import { archiveFile, executableFile, licencesFile, manifestFile, root, sbomFile, sumsFile } from './places.ts';
import { executableName, type Platform, platforms, thisPlatform } from './platform.ts';
import { reportTo } from './progress.ts';
import { fetchRuntimes } from './runtimes.ts';
import { step } from './step.ts';

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const report = reportTo(process.stderr);
const wanted = values.all ? platforms : [thisPlatform()];

await fetchRuntimes(wanted, report);
await buildExecutables(wanted, report);
const archives = await Promise.all(wanted.map(async (platform) => ({ platform, sha256: await pack(platform) })));
await step('krew manifest', manifestFile, report, () => writeFile(manifestFile, krewManifest(archives)));
await step('sums', sumsFile, report, writeSums);

process.stdout.write(await readFile(sumsFile, 'utf8'));
const [install, archive] = [manifestFile, archiveFile(thisPlatform())].map((file) => relative('', file));
process.stderr.write(`To install it: kubectl krew install --manifest ${install} --archive ${archive}\n`);

/** Makes the archive for a platform. @returns its digest */
async function pack(platform: Platform): Promise<string> {
  const file = archiveFile(platform);
  let digest = '';
  await step('archive', file, report, async () => {
    const content = await tarGz(await shippedFiles(platform));
    digest = sha256(content);
    await writeFile(file, content);
  });
  return digest;
}

async function shippedFiles(platform: Platform): Promise<ArchivedFile[]> {
  const licences = await Promise.all(
    [licencesFile, ...['NOTICE', 'LGPL-2.0', 'LGPL-2.1'].map((name) => `${root}packaging/runtime/${name}.txt`)].map(
      (file) => readFile(file, 'utf8'),
    ),
  );
  return [
    { name: 'LICENSE', mode: 0o644, content: await readFile(`${root}LICENSE`) },
    { name: 'THIRD-PARTY-LICENSES', mode: 0o644, content: licences.join(`\n${'-'.repeat(80)}\n`) },
    { name: executableName(platform), mode: 0o755, content: await readFile(executableFile(platform)) },
  ];
}

async function writeSums(): Promise<void> {
  const released = [...wanted.map(archiveFile), manifestFile, sbomFile];
  const sums = released.map(async (file) => ({ file: basename(file), sha256: sha256(await readFile(file)) }));
  await writeFile(sumsFile, sumsText(await Promise.all(sums)));
}
