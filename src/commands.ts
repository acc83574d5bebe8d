/** The list of subcommands, and the file of each. */
import type { Command } from '@oclif/core';

/** Loads one subcommand only, so that the others cost no time at the start. */
export const commands = {
  completion: async () => (await import('#src/cli/command/completion.ts')).default,
  dns: async () => (await import('#src/dns/command/dns.ts')).default,
  options: async () => (await import('#src/cli/command/options.ts')).default,
  pin: async () => (await import('#src/pin/command/pin.ts')).default,
  roll: async () => (await import('#src/roll/command/roll.ts')).default,
  tree: async () => (await import('#src/tree/command/tree.ts')).default,
  unpin: async () => (await import('#src/pin/command/unpin.ts')).default,
  version: async () => (await import('#src/cli/command/version.ts')).default,
} satisfies Record<string, () => Promise<Command.Class>>;

export type CommandName = keyof typeof commands;
