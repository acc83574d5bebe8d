import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { common, connectionFlags } from '../flags.ts';
import { globalFlagsHelp } from '../help.ts';
import { StsCommand } from '../stscommand.ts';

export default class Options extends StsCommand {
  static override readonly hidden = true;
  static override readonly summary = "List kubectl's global flags.";
  static override readonly description = 'Every command that asks a cluster takes these flags, as kubectl does.';
  static readonly group = 'other';
  static override readonly usage = ['options'];
  static override readonly examples = [
    { description: 'List the global flags', command: 'kubectl sts options' },
    { description: 'Use one of them', command: 'kubectl sts tree --context staging' },
  ];
  static override readonly flags = common(connectionFlags);

  async run(): Promise<ExitCode> {
    await this.parse(Options);
    const { out, width } = processConsole(this.deps.host, undefined);
    const flags = Object.entries(connectionFlags).map(([name, flag]) => ({ ...flag, name }));
    out(globalFlagsHelp(flags, width));
    return 0;
  }
}
