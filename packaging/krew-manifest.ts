/** Writes the krew manifest, by which krew downloads, checks and links the plugin. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { dump, load } from 'js-yaml';
import packageJson from '../package.json' with { type: 'json' };
import { archiveFile, root } from './places.ts';
import { executableName, type Platform } from './platform.ts';

export interface Archive {
  platform: Platform;
  sha256: string;
}

interface Template {
  spec: { homepage: string };
}

export function krewManifest(archives: readonly Archive[], version: string = packageJson.version): string {
  const template = load(readFileSync(`${root}packaging/krew.yaml`, 'utf8')) as Template;
  const releases = `${template.spec.homepage}/releases/download/v${version}`;
  const platforms = archives.map(({ platform, sha256 }) => ({
    selector: { matchLabels: { ...platform } },
    uri: `${releases}/${basename(archiveFile(platform))}`,
    sha256,
    bin: executableName(platform),
  }));
  return dump({ ...template, spec: { version: `v${version}`, ...template.spec, platforms } }, { lineWidth: -1 });
}
