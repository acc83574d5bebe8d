/** Shows what was read of sets. */
import type { ExitCode } from '#src/objects/failure.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Reading } from '../live/reading.ts';
import { type Topology, topologies } from '../model/topology.ts';
import type { FormatOptions } from '../view/formats.ts';
import { treeText } from '../view/text.ts';

/** Prints the sets that were found, and then an error for each one that is missing. */
export async function show(
  { snapshot, sets, failures, told }: Reading,
  options: FormatOptions,
  console: Console,
): Promise<ExitCode> {
  // As in kubectl, there is no empty document where none of the named sets was found.
  if (sets.length > 0 || failures.length === 0) console.out(await textOf(told ?? topologies(snapshot, sets), options));
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  return failures.length > 0 ? 2 : 0;
}

/** What draws pictures and documents is loaded for them alone. */
async function textOf(shown: readonly Topology[], options: FormatOptions): Promise<string> {
  if (options.format === 'tree' || options.format === 'wide') return treeText(shown, options);
  const { render } = await import('../view/format.ts');
  return render(shown, options);
}
