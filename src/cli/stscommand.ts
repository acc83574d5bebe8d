/** The base class of the subcommands. */
import { Command } from '@oclif/core';
import type { ExitCode } from '#src/objects/failure.ts';
import type { Deps } from './deps.ts';
import type { CommandGroup } from './help.ts';
import { isStsPlugin } from './plugin.ts';

export abstract class StsCommand extends Command {
  abstract override run(): Promise<ExitCode>;

  /** What the command uses of the world. `main` hands it to oclif with the plugin. */
  protected get deps(): Deps {
    for (const plugin of this.config.plugins.values()) if (isStsPlugin(plugin)) return plugin.deps;
    throw new Error('the plugin carries no deps');
  }
}

/** The class of a subcommand, with its words for the help. */
export interface StsCommandClass extends Command.Class {
  /** One line. */
  summary: string;
  /** Two or three sentences, for the first screen. */
  description: string;
  /** The rest, for --help=all. Paragraphs are separated by an empty line. */
  details?: string;
  group: CommandGroup;
  /** Without `kubectl sts`. */
  usage: string[];
  examples: { description: string; command: string }[];
}
