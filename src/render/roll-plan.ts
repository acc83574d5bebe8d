/** A roll's plan as a table: which pods go, in which order, and what a restart makes of each; then those that stay. */
import type { StatefulSet } from '../objects/types.ts';
import type { RollPlan } from '../statefulset/roll-plan.ts';
import { printable } from '../terminal/escape.ts';
import { displayWidth } from './columns.ts';
import { drawTable } from './flattable.ts';
import { leftWords, revisionWords } from './roll-words.ts';

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
