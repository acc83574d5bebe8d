/**
 * `npm run package`: makes the bundle, the executable for this machine, the archive that krew installs, and its
 * manifest.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { type ArchivedFile, sha256, tarGz } from './archive.ts';
import { buildExecutable } from './executable.ts';
import { krewManifest } from './krew-manifest.ts';
import { archiveFile, executableFile, licencesFile, manifestFile, root } from './places.ts';
import { thisPlatform } from './platform.ts';
import { reportTo } from './progress.ts';
import { step } from './step.ts';

const report = reportTo(process.stderr);
const platform = thisPlatform();
const archive = archiveFile(platform);

await buildExecutable(report);
await step('archive', archive, report, async () => writeFile(archive, await tarGz(await shippedFiles())));
const digest = sha256(await readFile(archive));
await step('krew manifest', manifestFile, report, () =>
  writeFile(manifestFile, krewManifest([{ platform, sha256: digest }])),
);
process.stdout.write(`${digest}  ${basename(archive)}\n`);
process.stderr.write(
  `To install it: kubectl krew install --manifest ${relative('', manifestFile)} --archive ${relative('', archive)}\n`,
);

async function shippedFiles(): Promise<ArchivedFile[]> {
  const licences = await Promise.all(
    [licencesFile, ...['NOTICE', 'LGPL-2.0', 'LGPL-2.1'].map((name) => `${root}packaging/runtime/${name}.txt`)].map(
      (file) => readFile(file, 'utf8'),
    ),
  );
  return [
    { name: 'LICENSE', mode: 0o644, content: await readFile(`${root}LICENSE`) },
    { name: 'THIRD-PARTY-LICENSES', mode: 0o644, content: licences.join(`\n${'-'.repeat(80)}\n`) },
    { name: 'kubectl-sts', mode: 0o755, content: await readFile(executableFile) },
  ];
}
