import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { connectionOf } from '../connection.ts';
import { common, connectionFlags, implying, text } from '../flags.ts';
import { StsCommand } from '../stscommand.ts';
import { versionWords } from '../versionwords.ts';

/** What `--server` alone stands for. With a value it is kubectl's global flag: that server is the one to ask. */
const ofContext = 'current';

export default class Version extends StsCommand {
  static override readonly summary = 'Print the version of the plugin and of its runtime.';
  static override readonly description =
    'version asks no server, except with --server. Then it also prints the version of the API server, and warns if the plugin was not tested with that version. It exits 2 if it cannot reach the server.';
  static readonly group = 'other';
  static override readonly usage = ['version [flags]'];
  static override readonly examples = [
    { description: 'Print the version of the plugin', command: 'kubectl sts version' },
    { description: 'Print the version of the API server, too', command: 'kubectl sts version --server' },
  ];
  static override readonly flags = {
    ...connectionFlags,
    ...common({
      server: implying(
        text({
          char: 's',
          summary: "Also print the API server's version. Without <url>, ask the server of the context.",
          helpValue: '<url>',
        }),
        ofContext,
      ),
    }),
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
