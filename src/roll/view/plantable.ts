/** A roll's plan as a table: which pods go, in which order, and what a restart makes of each; then those that stay. */

import { displayWidth } from '#src/drawing/columns.ts';
import { drawTable } from '#src/drawing/flattable.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { RollPlan } from '../model/plan.ts';
import { leftWords, revisionWords } from './words.ts';

/** @param admitted what the API server said to each pod's eviction, by the pod's name; empty when it was not asked */
export async function planTable(
  set: StatefulSet,
  { pods, left }: RollPlan,
  admitted: ReadonlyMap<string, string>,
): Promise<string> {
  const going = pods.map((pod, at) => [
    String(at + 1),
    pod.name,
    revisionWords(set, pod),
    admitted.get(pod.name) ?? 'restarts',
  ]);
  const staying = left.map(({ pod, why }) => ['-', pod, '', leftWords(why)]);
  const rows = [['ORDER', 'POD', 'REVISION', 'WHAT'], ...going, ...staying].map((cells) => cells.map(printable));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => displayWidth(cells[column] ?? ''))));
  return drawTable(rows, widths);
}
