import type { Command } from '@oclif/core';

/** Loads one subcommand and nothing else: what is not asked for costs no time to start. */
export const load: Record<string, () => Promise<Command.Class>> = {
  options: async () => (await import('./options.ts')).default,
  tree: async () => (await import('./tree.ts')).default,
  version: async () => (await import('./version.ts')).default,
};
