/** Shows what was read of sets. */
import type { ExitCode } from '#src/objects/failure.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Reading } from '../live/reading.ts';
import { topologies } from '../model/topology.ts';
import { render } from '../view/format.ts';
import type { FormatOptions } from '../view/formats.ts';

/** Prints the sets that were found, and then an error for each one that is missing. */
export function show({ snapshot, sets, failures, told }: Reading, options: FormatOptions, console: Console): ExitCode {
  // As in kubectl, there is no empty document where none of the named sets was found.
  if (sets.length > 0 || failures.length === 0) console.out(render(told ?? topologies(snapshot, sets), options));
  for (const { message } of failures) console.err(`${printable(message)}\n`);
  return failures.length > 0 ? 2 : 0;
}
