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
  spec: { homepage: string; description: string };
}

export function krewManifest(archives: readonly Archive[], version: string = packageJson.version): string {
  const template = readTemplate();
  const releases = `${template.spec.homepage}/releases/download/v${version}`;
  const platforms = archives.map(({ platform, sha256 }) => ({
    selector: { matchLabels: { ...platform } },
    uri: `${releases}/${basename(archiveFile(platform))}`,
    sha256,
    bin: executableName(platform),
  }));
  return text({ ...template, spec: { version: `v${version}`, ...template.spec, platforms } });
}

/**
 * The manifest for the index as long as nothing is released. krew wants a platform with a digest. The one that is named
 * here is no platform, so krew says that the plugin cannot be installed, and downloads nothing.
 */
export function unreleasedManifest(): string {
  const template = readTemplate();
  const platform = {
    selector: { matchLabels: { os: 'none-before-the-first-release' } },
    uri: `${template.spec.homepage}/releases`,
    sha256: '0'.repeat(64),
    bin: 'none',
  };
  const description = `Nothing is released yet, so krew cannot install this plugin.\n\n${template.spec.description}`;
  return text({ ...template, spec: { version: 'v0.0.0', ...template.spec, description, platforms: [platform] } });
}

function readTemplate(): Template {
  return load(readFileSync(`${root}packaging/krew.yaml`, 'utf8')) as Template;
}

function text(manifest: object): string {
  return dump(manifest, { lineWidth: -1 });
}
