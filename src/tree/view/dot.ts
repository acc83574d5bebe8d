/** Writes a picture of StatefulSets for Graphviz. https://graphviz.org/doc/info/lang.html */
import type { Topology } from '../model/topology.ts';
import { type PictureEdge, type PictureGroup, type PictureKind, type PictureNode, palette } from './canvas.ts';
import { pictureOf } from './picture.ts';

export function dotText(topologies: readonly Topology[]): string {
  const picture = pictureOf(topologies);
  const lines = [
    'digraph {',
    // From left to right, as in the tree.
    '  graph [rankdir=LR, ranksep=0.6, nodesep=0.2, fontname="Helvetica", fontsize=11]',
    '  node [fontname="Helvetica", fontsize=10, margin="0.15,0.07"]',
    `  edge [color="${palette.plain.line}", arrowsize=0.6]`,
    ...picture.nodes.filter(({ group }) => group === undefined).map((node) => `  ${nodeStatement(node)}`),
    ...picture.groups.flatMap((group) => box(group, picture.nodes)),
    ...picture.podOrders.flatMap(inOrder),
    ...picture.edges.map((edge) => `  ${edgeStatement(edge)}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function box(group: PictureGroup, nodes: readonly PictureNode[]): string[] {
  return [
    `  subgraph ${quoted(`cluster ${group.id}`)} {`,
    `    label=${label([group.title])}; labeljust=l; style="rounded,dashed"; color="${palette.warning.line}"`,
    ...nodes.filter((node) => node.group === group).map((node) => `    ${nodeStatement(node)}`),
    '  }',
  ];
}

const shapes: Record<PictureKind, string> = {
  StatefulSet: 'box3d',
  Service: 'hexagon',
  Pod: 'box',
  PersistentVolumeClaim: 'folder',
  PersistentVolume: 'cylinder',
  StorageClass: 'ellipse',
};

function nodeStatement({ id, kind, lines, tone, absent }: PictureNode): string {
  const { fill, line, text } = palette[tone ?? 'plain'];
  const styles = ['filled', ...(kind === 'Pod' ? ['rounded'] : []), ...(absent ? ['dashed'] : [])];
  const attributes = [
    `label=${label(lines)}`,
    `shape=${shapes[kind]}`,
    `style="${styles.join(',')}"`,
    `fillcolor="${fill}"`,
    `color="${line}"`,
    `fontcolor="${text}"`,
    ...(tone === 'bad' ? ['penwidth=2'] : []),
  ];
  return `${quoted(id)} [${attributes.join(', ')}]`;
}

/** Invisible edges that keep pods in order: without them Graphviz orders the nodes of a rank for the fewest crossings. */
function inOrder(pods: readonly string[]): string[] {
  return pods.length < 2 ? [] : [`  { rank=same; edge [style=invis]; ${pods.map(quoted).join(' -> ')} }`];
}

const edgeStyles: Record<PictureEdge['kind'], string> = {
  has: '',
  governing: ' [style=dashed]',
  // Leaves room for the missing volume.
  'without volume': ' [minlen=2]',
  // Leaves the rank of the pods out, so that all claims stand in one rank.
  'not mounted': ' [style=dashed, minlen=2]',
  'left over': ` [style=dashed, color="${palette.warning.line}", minlen=2]`,
  'leads to': '',
  'meant for': ` [style=dashed, color="${palette.warning.line}", constraint=false]`,
};

function edgeStatement({ from, to, kind }: PictureEdge): string {
  return `${quoted(from)} -> ${quoted(to)}${edgeStyles[kind]}`;
}

function quoted(id: string): string {
  return `"${escaped(id)}"`;
}

/** Centred lines of text. Graphviz reads HTML's entities in them too. */
function label(lines: readonly string[]): string {
  return `"${lines.map((line) => escaped(line).replaceAll('&', '&amp;')).join('\\n')}"`;
}

/** https://graphviz.org/docs/attr-types/escString */
function escaped(text: string): string {
  return text.toWellFormed().replace(/["\\]/g, '\\$&');
}
