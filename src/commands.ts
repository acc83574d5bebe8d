/** Every subcommand, and where it is loaded from. */
import type { Command } from '@oclif/core';

/** Loads one subcommand and nothing else: what is not asked for costs no time to start. */
export const commands = {
  dns: async () => (await import('#src/dns/command/dns.ts')).default,
  options: async () => (await import('#src/cli/command/options.ts')).default,
  pin: async () => (await import('#src/pin/command/pin.ts')).default,
  roll: async () => (await import('#src/roll/command/roll.ts')).default,
  tree: async () => (await import('#src/tree/command/tree.ts')).default,
  unpin: async () => (await import('#src/pin/command/unpin.ts')).default,
  version: async () => (await import('#src/cli/command/version.ts')).default,
} satisfies Record<string, () => Promise<Command.Class>>;

export type CommandName = keyof typeof commands;
