/** Draws the tree for people. */
import { drawTree } from '#src/drawing/tree.ts';
import type { Topology } from '../model/topology.ts';
import type { FormatOptions } from './formats.ts';
import { outline } from './outline.ts';
import { columns } from './row.ts';
import { totalWords } from './setwords.ts';

// On a narrow terminal zones and facts give way, and then whole columns. READY and STATUS stay whole.
const cuts = [
  ['NODE', 16],
  ['DETAIL', 24],
  ['NODE', 0],
  ['DETAIL', 12],
  ['AGE', 0],
  ['DETAIL', 0],
] as const;

export function treeText(topologies: readonly Topology[], options: FormatOptions): string {
  if (topologies.length === 0) return '';
  const { now, format, colour, width, header, allNamespaces } = options;
  const lines = topologies.map((topology) => outline(topology, { now, wide: format === 'wide' }));
  return drawTree(columns, lines, cuts, {
    colour,
    width,
    header,
    groups: allNamespaces ? 'NAMESPACE' : undefined,
    total: totalWords(topologies),
  });
}
