import { Command, Help } from '@oclif/core';
import { connectionFlags } from '../flags.ts';

export default class Options extends Command {
  static override readonly hidden = true;
  static override readonly summary = "List kubectl's global flags, which every command takes that asks a cluster.";
  static override readonly flags = Object.fromEntries(
    Object.entries(connectionFlags).map(([name, flag]) => [name, { ...flag, hidden: false }]),
  );

  async run(): Promise<void> {
    await this.parse({ flags: connectionFlags });
    const command = this.config.findCommand('options', { must: true });
    await new Help(this.config, { sections: ['summary', 'flags'] }).showCommandHelp(command);
  }
}
