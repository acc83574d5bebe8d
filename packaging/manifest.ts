/**
 * Writes oclif.manifest.json from the commands, as `oclif manifest` does, with oclif's Plugin. (The package oclif would
 * bring about five hundred others for this step.)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin, settings } from '@oclif/core';
import type { ReadingRules } from '../src/cli/definitions.ts';
import { COMMANDS } from './commands.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}oclif.manifest.json`;

/** The fields of a flag that oclif leaves out of the manifest. */
const rules = ['integer', 'implied', 'refusesEmpty', 'listed'] as const satisfies (keyof ReadingRules | 'listed')[];

/** The text of the manifest, made from the commands. */
export async function manifestText(): Promise<string> {
  settings.enableAutoTranspile = false;
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  for (const [id, command] of Object.entries(plugin.manifest.commands)) {
    const flags: Record<string, object> = COMMANDS[id]?.flags ?? {};
    for (const [name, flag] of Object.entries(command.flags)) {
      const known = Object.entries(flags[name] ?? {});
      Object.assign(flag, Object.fromEntries(known.filter(([key]) => rules.some((rule) => rule === key))));
    }
  }
  return `${JSON.stringify(plugin.manifest, undefined, 2)}\n`;
}

export function committedManifest(): string {
  return readFileSync(file, 'utf8');
}

if (import.meta.main) writeFileSync(file, await manifestText());
