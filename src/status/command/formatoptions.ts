/** How the options of the command want the status to be written. */

import { notGiven, type Snapshot } from '#src/objects/snapshot.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { type Diagnosis, diagnose } from '../model/diagnosis.ts';
import type { FormatOptions } from '../view/format.ts';
import type { StatusOptions } from './options.ts';

/**
 * @param now milliseconds since the epoch
 * @param snapshot what was read of the sets
 * @param diagnoses of the sets of which more was read than the snapshot
 */
export function formatOptions(
  { format, selection: { names }, allNamespaces, header }: StatusOptions,
  { colour, width }: Pick<Console, 'colour' | 'width'>,
  now: number,
  snapshot: Snapshot,
  diagnoses?: ReadonlyMap<Topology, Diagnosis>,
): FormatOptions {
  const unread = { ...snapshot, budgets: snapshot.budgets ?? notGiven };
  const diagnosed = (topology: Topology) => diagnoses?.get(topology) ?? diagnose(topology, unread);
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
