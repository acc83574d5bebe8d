/** A roll's plan as a table: the pods that go, in their order, with what a restart makes of each; then those that stay. */

import { displayWidth } from '#src/drawing/columns.ts';
import { drawTable } from '#src/drawing/flattable.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Admission } from '../model/admission.ts';
import type { RollPlan } from '../model/plan.ts';
import { admissionWords, revisionWords, stayWords } from './words.ts';

/** @param admissions what the API server said to each pod's eviction, by the pod's name; empty where it was not asked */
export async function planTable(
  set: StatefulSet,
  { pods, left }: RollPlan,
  admissions: ReadonlyMap<string, Admission>,
): Promise<string> {
  const going = pods.map((pod, at) => [
    String(at + 1),
    pod.name,
    revisionWords(set, pod),
    whatWords(admissions.get(pod.name)),
  ]);
  const staying = left.map(({ pod, why }) => ['-', pod, '', stayWords(why)]);
  const rows = [['ORDER', 'POD', 'REVISION', 'WHAT'], ...going, ...staying].map((cells) => cells.map(printable));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => displayWidth(cells[column] ?? ''))));
  return drawTable(rows, widths);
}

function whatWords(admission: Admission | undefined): string {
  return admission === undefined ? 'restarts' : admissionWords(admission);
}
