/** What all subcommands have in common for oclif. */
import { Command, type Interfaces } from '@oclif/core';
import type { ExitCode } from '#src/objects/failure.ts';
import type { Deps } from './deps.ts';

/** The one plugin that oclif is given, which carries what the commands use. */
export interface StsPlugin extends Interfaces.Plugin {
  deps: Deps;
}

export abstract class StsCommand extends Command {
  abstract override run(): Promise<ExitCode>;

  /** What the command is to use: oclif hands on the plugin that it was given. */
  protected get deps(): Deps {
    for (const plugin of this.config.plugins.values()) if (hasDeps(plugin)) return plugin.deps;
    throw new Error('the plugin carries no deps');
  }
}

function hasDeps(plugin: Interfaces.Plugin): plugin is StsPlugin {
  return 'deps' in plugin;
}
