/**
 * Writes oclif.manifest.json from the commands, as `oclif manifest` does: by oclif's own Plugin. (The oclif package
 * itself would bring some five hundred others for this one step.)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin, settings } from '@oclif/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}oclif.manifest.json`;

/** The manifest as it should stand, as text. */
export async function manifestText(): Promise<string> {
  settings.enableAutoTranspile = false;
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  return `${JSON.stringify(plugin.manifest, undefined, 2)}\n`;
}

export function committedManifest(): string {
  return readFileSync(file, 'utf8');
}

if (import.meta.main) writeFileSync(file, await manifestText());
