/**
 * `npm run krew-index`: writes plugins/sts.yaml, which makes this repository an index of krew. After a release this is the
 * manifest that `npm run package -- --all` made; with `--unreleased`, one that says that nothing is released. With
 * `--tag v1.2.3` the manifest must be that of this version.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'js-yaml';
import { sha256 } from './archive.ts';
import { unreleasedManifest } from './krew-manifest.ts';
import { archiveFile, indexFile, manifestFile } from './places.ts';
import { nameOf, type Platform, platforms } from './platform.ts';
import { compareVersions } from './version.ts';

interface Manifest {
  spec: { version: string; platforms: { selector: { matchLabels: Platform }; sha256: string }[] };
}

const options = { unreleased: { type: 'boolean', default: false }, tag: { type: 'string' } } as const;
const { values } = parseArgs({ options });
try {
  writeFileSync(indexFile, values.unreleased ? unreleasedManifest() : released(values.tag));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/**
 * @throws if the manifest does not name the archives of all platforms as they lie beside it, is of another version than the
 * tag, or would take the place of a newer one: krew offers nobody an older version, and people who install anew would get it
 */
function released(tag: string | undefined): string {
  const manifest = readFileSync(manifestFile, 'utf8');
  const { version, platforms: named } = (load(manifest) as Manifest).spec;
  if (tag !== undefined && version !== tag) throw new Error(`${manifestFile} is of ${version}, and the tag is ${tag}`);
  const digests = new Map(named.map(({ selector, sha256 }) => [nameOf(selector.matchLabels), sha256]));
  const wrong = platforms.filter((one) => digests.get(nameOf(one)) !== sha256(readFileSync(archiveFile(one))));
  if (wrong.length > 0) {
    throw new Error(
      `${manifestFile} does not name these archives (${wrong.map(nameOf).join(', ')}): package them again`,
    );
  }
  const present = readFileSync(indexFile, 'utf8');
  const { version: newest } = (load(present) as Manifest).spec;
  const order = compareVersions(version, newest);
  if (order < 0) throw new Error(`the index has ${newest} already, which is newer than ${version}`);
  if (order === 0 && present !== manifest) {
    throw new Error(`the index has ${newest} already, with other archives: count the version up`);
  }
  return manifest;
}
