/** The smallest program with a command of oclif, loaded as the plugin loads its own. */
import { Command, run } from '@oclif/core';
import type { Deps } from '#src/cli/deps.ts';
import { loadable, loadOptions } from '#src/cli/plugin.ts';
import packageJson from '../../package.json' with { type: 'json' };

class Empty extends Command {
  async run(): Promise<void> {
    await this.parse(Empty);
    process.stdout.write('empty\n');
  }
}

const description = {
  aliases: [],
  args: {},
  flags: {},
  hasDynamicHelp: false,
  hiddenAliases: [],
  id: 'empty',
  strict: true,
};
const words = { summary: '', description: '', usage: [], examples: [], group: 'other' };
// It uses nothing of the world.
const deps = {} as Deps;
run(['empty'], loadOptions(deps, packageJson, [loadable({ ...description, ...words }, async () => Empty)]));
