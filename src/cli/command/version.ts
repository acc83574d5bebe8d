import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { connectionOf } from '../connection.ts';
import { connectionFlags, implying, text } from '../flags.ts';
import { versionWords } from '../help.ts';
import { StsCommand } from '../stscommand.ts';

/** What `--server` alone stands for. With a value it is kubectl's global flag: that server is the one to ask. */
const ofContext = 'current';

export default class Version extends StsCommand {
  static override readonly summary = 'Print the version of the plugin and of what it runs on.';
  static override readonly description =
    'Contacts the API server only with --server. Exits 2 if it cannot be reached or refuses.';
  static override readonly examples = [
    '<%= config.bin %> version',
    {
      description: 'The version of the API server too, and whether the plugin was tested with it:',
      command: '<%= config.bin %> version --server',
    },
  ];
  static override readonly flags = {
    ...connectionFlags,
    server: implying(
      text({
        char: 's',
        summary:
          "Also print the API server's version, and warn if the plugin was not tested with it. Without <url>, asks the server of the context.",
        helpValue: '<url>',
      }),
      ofContext,
    ),
  };

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Version);
    processConsole(this.deps.host, undefined).out(`${versionWords(this.deps)}\n`);
    if (flags.server === undefined) return 0;
    const { printServerVersion } = await import('../serverversion.ts');
    const server = flags.server === ofContext ? undefined : flags.server;
    return printServerVersion(connectionOf({ ...flags, server }), this.deps);
  }
}
