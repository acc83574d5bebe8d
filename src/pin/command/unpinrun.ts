/** `unpin`: gives pinned Services their original selectors back. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { readServices } from '../live/reading.ts';
import { restoreService } from '../live/restore.ts';
import { isPinned } from '../model/pinning.ts';
import { nonePinnedLine } from '../view/outcomewords.ts';
import type { UnpinOptions } from './options.ts';
import { say, tellEach, tellUnpin } from './telling.ts';

export async function runUnpin(options: UnpinOptions, deps: Deps): Promise<ExitCode> {
  const { force, keepChanges, selector, write, output } = options;
  const console = processConsole(deps.host, options.color);
  return connected(options.connection, deps, console, async (client) => {
    const services = await readServices(client, client.namespace);
    const names =
      options.services.kind === 'named'
        ? options.services.names
        : services.filter(isPinned).map(({ metadata }) => metadata.name);
    if (names.length === 0) say(console.err, nonePinnedLine(client.namespace));
    return tellEach(names, services, output, console, async (service) => {
      const outcome = await restoreService(client, { service, force, keepChanges, selector }, write);
      return tellUnpin(outcome, { output, dryRun: write.dryRun }, console);
    });
  });
}
