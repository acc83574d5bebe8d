/** Writes topologies in one of the formats of `-o`. */

import { jsonText } from '#src/drawing/json.ts';
import { yamlText } from '#src/drawing/yaml.ts';
import type { Topology } from '../model/topology.ts';
import { treeDocument } from './document.ts';
import { dotText } from './dot.ts';
import type { FormatOptions } from './formats.ts';
import { mermaidText } from './mermaid.ts';
import { nameLines } from './objectnames.ts';
import { treeText } from './text.ts';

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
      return treeText(topologies, options);
  }
}
