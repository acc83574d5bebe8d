/**
 * `npm run krew-index`: writes plugins/sts.yaml, which makes this repository an index of krew. After a release this is the
 * manifest that `npm run package -- --all` made; with `--unreleased`, one that says that nothing is released.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { sha256 } from './archive.ts';
import { unreleasedManifest } from './krew-manifest.ts';
import { archiveFile, indexFile, manifestFile } from './places.ts';
import { nameOf, type Platform, platforms } from './platform.ts';

interface Manifest {
  spec: { platforms: { selector: { matchLabels: Platform }; sha256: string }[] };
}

const { values } = parseArgs({ options: { unreleased: { type: 'boolean', default: false } } });
writeFileSync(indexFile, values.unreleased ? unreleasedManifest() : released());

/** @throws if the manifest does not name the archives of all platforms as they lie beside it */
function released(): string {
  const manifest = readFileSync(manifestFile, 'utf8');
  const named = (load(manifest) as Manifest).spec.platforms;
  const digests = new Map(named.map(({ selector, sha256 }) => [nameOf(selector.matchLabels), sha256]));
  const wrong = platforms.filter((one) => digests.get(nameOf(one)) !== sha256(readFileSync(archiveFile(one))));
  if (wrong.length === 0) return manifest;
  throw new Error(`${manifestFile} does not name these archives (${wrong.map(nameOf).join(', ')}): package them again`);
}
