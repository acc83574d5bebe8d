/** Writes topologies in one of the formats of `-o`. */

import { jsonText } from '#src/drawing/json.ts';
import { drawTree } from '#src/drawing/tree.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import type { Topology } from '../model/topology.ts';
import { treeDocument } from './document.ts';
import { dotText } from './dot.ts';
import type { FormatOptions } from './formats.ts';
import { mermaidText } from './mermaid.ts';
import { nameLines } from './objectnames.ts';
import { outline } from './outline.ts';
import { columns } from './row.ts';
import { totalWords } from './setwords.ts';

export function render(topologies: readonly Topology[], options: FormatOptions): string {
  switch (options.format) {
    case 'json':
      return jsonText(treeDocument(topologies, options.single));
    case 'yaml':
      return yamlText(treeDocument(topologies, options.single));
    case 'name':
      return nameLines(topologies);
    case 'dot':
      return dotText(topologies);
    case 'mermaid':
      return mermaidText(topologies);
    case 'tree':
    case 'wide':
      return tree(topologies, options);
  }
}

// On a narrow terminal zones and facts give way, and then whole columns. READY and STATUS stay whole.
const cuts = [
  ['NODE', 16],
  ['DETAIL', 24],
  ['NODE', 0],
  ['DETAIL', 12],
  ['AGE', 0],
  ['DETAIL', 0],
] as const;

function tree(topologies: readonly Topology[], options: FormatOptions): string {
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
