/**
 * `npm run krew-index`: writes plugins/sts.yaml, which makes this repository an index of krew. After a release this is the
 * manifest that `npm run package -- --all` made; with `--unreleased`, one that says that nothing is released.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { sha256 } from './archive.ts';
import { krewManifest, unreleasedManifest } from './krew-manifest.ts';
import { archiveFile, indexFile, manifestFile } from './places.ts';
import { nameOf, platforms } from './platform.ts';

interface Manifest {
  spec: { version: string; platforms: { sha256: string }[] };
}

const { values } = parseArgs({ options: { unreleased: { type: 'boolean', default: false } } });
writeFileSync(indexFile, values.unreleased ? unreleasedManifest() : released());

/** @throws if the manifest does not name the archives of all platforms as they lie beside it */
function released(): string {
  const manifest = readFileSync(manifestFile, 'utf8');
  const archives = platforms.map((platform) => ({ platform, sha256: sha256(readFileSync(archiveFile(platform))) }));
  if (manifest === krewManifest(archives)) return manifest;
  const named = (load(manifest) as Manifest).spec.platforms.map((one) => one.sha256);
  const missing = archives.filter((one) => !named.includes(one.sha256)).map(({ platform }) => nameOf(platform));
  throw new Error(`${manifestFile} is not the manifest of these archives (${missing.join(', ')}): package them again`);
}
