/** `unpin`: gives pinned Services their original selectors back. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import type { Client } from '#src/kube/client.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { notGiven } from '#src/objects/snapshot.ts';
import type { Service } from '#src/objects/types.ts';
import { processConsole } from '#src/terminal/console.ts';
import { readServices, readSetsAndPods } from '../live/reading.ts';
import { restoreService } from '../live/restore.ts';
import { mayAddressPod, type SetsAndPods } from '../model/addressing.ts';
import { isPinned } from '../model/pinning.ts';
import { nonePinnedLine } from '../view/outcomewords.ts';
import type { UnpinOptions } from './options.ts';
import { say, tellEach, tellUnpin } from './telling.ts';

export async function runUnpin(options: UnpinOptions, deps: Deps): Promise<ExitCode> {
  const { force, keepChanges, selector, write, output } = options;
  const console = processConsole(deps.host, options.color);
  return connected(options.connection, deps, console, async (client) => {
    const services = await readServices(client, client.namespace);
    const isNamed = options.services.kind === 'named';
    const names =
      options.services.kind === 'named'
        ? options.services.names
        : services.filter(isPinned).map(({ metadata }) => metadata.name);
    if (names.length === 0) say(console.err, nonePinnedLine(client.namespace));
    const snapshot = await readAround(
      client,
      services.filter(({ metadata }) => names.includes(metadata.name)),
    );
    const style = { output, single: isNamed && names.length === 1 };
    return tellEach(names, services, style, console, async (service) => {
      const outcome = await restoreService(client, { service, snapshot, force, keepChanges, selector }, write);
      return tellUnpin(outcome, { output, dryRun: write.dryRun }, console);
    });
  });
}

/** What the plans of Services need that nobody pinned. The annotation of a pinned one tells all. */
async function readAround(client: Client, services: readonly Service[]): Promise<SetsAndPods> {
  const areTold = services.every((service) => isPinned(service) || !mayAddressPod(service));
  return areTold ? { statefulSets: notGiven, pods: notGiven } : readSetsAndPods(client, client.namespace);
}
