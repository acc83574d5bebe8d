/** `tree`: shows StatefulSets of a cluster or of files. */
import { setsInFiles } from '#src/cli/choosesets.ts';
import type { Deps } from '#src/cli/deps.ts';
import { tellFiles } from '#src/cli/tellfiles.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { type FormatOptions, isDocument } from '../view/formats.ts';
import type { TreeOptions } from './options.ts';

export async function runTree(options: TreeOptions, deps: Deps): Promise<ExitCode> {
  const console = processConsole(deps.host, options.color);
  const format = formatOptions(options, console, deps.clock.now());
  switch (options.source.kind) {
    case 'files':
      return showFiles(options, options.source.files, format, console, deps.clock.now());
    case 'cluster':
      return showCluster(options, options.source.usage, format, console, deps);
    case 'watch': {
      const { watchTree } = await import('./watch.ts');
      return watchTree(options, options.source.format, format, console, deps);
    }
  }
}

async function showFiles(
  { connection, selection }: TreeOptions,
  source: FileSource,
  format: FormatOptions,
  console: Console,
  now: number,
): Promise<ExitCode> {
  const [{ readFiles }, { show }] = await Promise.all([import('#src/sources/files.ts'), import('./show.ts')]);
  const files = readFiles(source, now);
  const code = tellFiles(files, console);
  const found = setsInFiles(files, selection, connection.namespace);
  return (await show({ snapshot: files.snapshot, ...found }, format, console)) || code;
}

async function showCluster(
  { connection, selection, allNamespaces }: TreeOptions,
  usage: boolean,
  format: FormatOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const { connected } = await import('#src/cli/connected.ts');
  return connected(connection, deps, console, async (client) => {
    // Loaded while the connection is being made, and what shows the sets while the cluster answers.
    const { readCluster, withUsage } = await import('../live/reading.ts');
    const namespace = allNamespaces ? undefined : client.namespace;
    const [read, { show }] = await Promise.all([
      readCluster(client, namespace, selection),
      client.asked.then(() => import('./show.ts')),
    ]);
    const reading = usage ? await withUsage(client, read) : read;
    const { snapshot, sets, failures } = reading;
    // Without a set, the output shows nothing as forbidden.
    const refused = sets.length > 0 && refusalLine(Object.values(snapshot));
    if (refused) console.err(`${refused}\n`);
    const isEmpty = sets.length + failures.length === 0;
    if (isEmpty && !isDocument(format.format)) console.err(`${nothingFound(namespace)}\n`);
    return show(reading, format, console);
  });
}

function formatOptions(
  { format, selection, allNamespaces, header }: TreeOptions,
  { colour, width }: Console,
  now: number,
): FormatOptions {
  return { format, single: selection.names.length === 1, allNamespaces, header, now, colour, width };
}
