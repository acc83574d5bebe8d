/** How the options of the command want the status to be written. */

import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { type ContainerLog, diagnose, type Facts } from '../model/diagnosis.ts';
import type { FormatOptions } from '../view/format.ts';
import type { StatusOptions } from './options.ts';

/**
 * @param now milliseconds since the epoch
 * @param snapshot what was read of the sets
 * @param more what was read besides, for a diagnosis
 */
export function formatOptions(
  { format, selection: { names }, allNamespaces, header }: StatusOptions,
  { colour, width }: Pick<Console, 'colour' | 'width'>,
  now: number,
  snapshot: Snapshot,
  more: { facts?: Facts | undefined; logOf?: (topology: Topology) => ContainerLog | undefined } = {},
): FormatOptions {
  const diagnosed: FormatOptions['diagnosed'] = (topology) => ({
    ...diagnose(topology, snapshot, more.facts),
    log: more.logOf?.(topology),
  });
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
