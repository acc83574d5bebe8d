import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { connectionFlags } from '../flags.ts';
import { ConsoleHelp } from '../help.ts';
import { StsCommand } from '../stscommand.ts';

export default class Options extends StsCommand {
  static override readonly hidden = true;
  static override readonly summary = "List kubectl's global flags, which every command takes that asks a cluster.";
  static override readonly flags = Object.fromEntries(
    Object.entries(connectionFlags).map(([name, flag]) => [name, { ...flag, hidden: false }]),
  );

  async run(): Promise<ExitCode> {
    await this.parse({ flags: connectionFlags });
    const command = this.config.findCommand('options', { must: true });
    const help = new ConsoleHelp(
      this.config,
      { sections: ['summary', 'flags'] },
      processConsole(this.deps.host, undefined),
    );
    await help.showCommandHelp(command);
    return 0;
  }
}
