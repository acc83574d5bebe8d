import type { Command } from '@oclif/core';

/** Loads one subcommand and nothing else: what is not asked for costs no time to start. */
export const load: Record<string, () => Promise<Command.Class>> = {
  dns: async () => (await import('./dns.ts')).default,
  options: async () => (await import('./options.ts')).default,
  pin: async () => (await import('./pin.ts')).default,
  roll: async () => (await import('./roll.ts')).default,
  tree: async () => (await import('./tree.ts')).default,
  unpin: async () => (await import('./unpin.ts')).default,
  version: async () => (await import('./version.ts')).default,
};
