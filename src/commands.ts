/** The list of subcommands, and the file of each. */
import type { StsCommandClass } from '#src/cli/stscommand.ts';

/**
 * Loads one subcommand only, so that the others cost no time at the start. A class without the words for its help does not
 * compile here.
 */
export const commands = {
  completion: async () => (await import('#src/cli/command/completion.ts')).default,
  dns: async () => (await import('#src/dns/command/dns.ts')).default,
  options: async () => (await import('#src/cli/command/options.ts')).default,
  pin: async () => (await import('#src/pin/command/pin.ts')).default,
  roll: async () => (await import('#src/roll/command/roll.ts')).default,
  status: async () => (await import('#src/status/command/status.ts')).default,
  tree: async () => (await import('#src/tree/command/tree.ts')).default,
  unpin: async () => (await import('#src/pin/command/unpin.ts')).default,
  version: async () => (await import('#src/cli/command/version.ts')).default,
} satisfies Record<string, () => Promise<StsCommandClass>>;

export type CommandName = keyof typeof commands;
