/** `tree`: shows StatefulSets of a cluster or of files. */
import { setsInFiles } from '#src/cli/choosesets.ts';
import type { Deps } from '#src/cli/deps.ts';
import { tellFiles } from '#src/cli/tellfiles.ts';
import { nothingFound, refusalLine } from '#src/drawing/notices.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import type { FileSource } from '#src/objects/filereading.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Reading } from '../live/reading.ts';
import { topologies } from '../model/topology.ts';
import { type FormatOptions, isDocument, render } from '../view/format.ts';
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
  const { readFiles } = await import('#src/sources/files.ts');
  const files = readFiles(source, now);
  const code = tellFiles(files, console);
  const found = setsInFiles(files, selection, connection.namespace);
  return show({ snapshot: files.snapshot, ...found }, format, console) || code;
}

async function showCluster(
  { connection, selection, allNamespaces }: TreeOptions,
  usage: boolean,
  format: FormatOptions,
  console: Console,
  deps: Deps,
): Promise<ExitCode> {
  const [{ connected }, { readCluster, withUsage }] = await Promise.all([
    import('#src/cli/connected.ts'),
    import('../live/reading.ts'),
  ]);
  return connected(connection, deps, console, async (client) => {
    const namespace = allNamespaces ? undefined : client.namespace;
    const read = await readCluster(client, namespace, selection);
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

/** Prints the sets that were found, and then an error for each one that is missing. */
function show({ snapshot, sets, failures, told }: Reading, options: FormatOptions, console: Console): ExitCode {
  // As in kubectl, there is no empty document where none of the named sets was found.
  if (sets.length > 0 || failures.length === 0) console.out(render(told ?? topologies(snapshot, sets), options));
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  return failures.length > 0 ? 2 : 0;
}
