/** How the options of the command want the status to be written. */

import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Console } from '#src/terminal/console.ts';
import { diagnose, type NodeFacts } from '../model/diagnosis.ts';
import type { FormatOptions } from '../view/format.ts';
import type { StatusOptions } from './options.ts';

/**
 * @param now milliseconds since the epoch
 * @param snapshot what was read of the sets
 */
export function formatOptions(
  { format, selection: { names }, allNamespaces, header }: StatusOptions,
  { colour, width }: Pick<Console, 'colour' | 'width'>,
  now: number,
  snapshot: Snapshot,
  facts?: NodeFacts,
): FormatOptions {
  const diagnosed: FormatOptions['diagnosed'] = (topology) => diagnose(topology, snapshot, facts);
  return {
    format,
    single: names.length === 1,
    diagnosed: names.length > 0 ? diagnosed : undefined,
    allNamespaces,
    header,
    now,
    colour,
    width,
  };
}
