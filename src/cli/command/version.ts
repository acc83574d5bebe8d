import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { versionWords } from '../help.ts';
import { StsCommand } from '../stscommand.ts';

export default class Version extends StsCommand {
  static override readonly summary = 'Print the version of the plugin and of what it runs on.';
  static override readonly examples = ['<%= config.bin %> version'];

  async run(): Promise<ExitCode> {
    await this.parse(Version);
    processConsole(this.deps.host, undefined).out(`${versionWords(this.deps)}\n`);
    return 0;
  }
}
