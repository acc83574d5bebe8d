/** Writes a picture of StatefulSets as a Mermaid flowchart. https://mermaid.js.org/syntax/flowchart.html */
import type { Topology } from '../model/topology.ts';
import {
  type Picture,
  type PictureEdge,
  type PictureGroup,
  type PictureKind,
  type PictureNode,
  palette,
} from './canvas.ts';
import { pictureOf } from './picture.ts';

export function mermaidText(topologies: readonly Topology[]): string {
  const picture = pictureOf(topologies);
  const ids = new Map(picture.nodes.map(({ id }, position) => [id, `n${position}`]));
  const lines = [
    // Holds the name of a provisioned volume on one line.
    '%%{init: {"flowchart": {"wrappingWidth": 320}}}%%',
    'flowchart LR',
    ...picture.nodes.filter(({ group }) => group === undefined).map((node) => `  ${nodeStatement(node, ids)}`),
    ...picture.groups.flatMap((group) => box(picture, group, ids)),
    ...picture.edges.map((edge) => `  ${edgeStatement(edge, ids)}`),
    ...styles(picture, ids),
  ];
  return `${lines.join('\n')}\n`;
}

/** An id for Mermaid by each node's own id. `n0`, `n1` and so on are no words of its grammar. */
type Ids = ReadonlyMap<string, string>;

const shapes: Record<PictureKind, readonly [string, string]> = {
  StatefulSet: ['[[', ']]'],
  Service: ['{{', '}}'],
  Pod: ['(', ')'],
  PersistentVolumeClaim: ['[', ']'],
  PersistentVolume: ['[(', ')]'],
  StorageClass: ['([', '])'],
};

function nodeStatement({ id, kind, lines }: PictureNode, ids: Ids): string {
  const [open, close] = shapes[kind];
  return `${ids.get(id)}${open}${label(lines)}${close}`;
}

function box({ nodes, groups }: Picture, group: PictureGroup, ids: Ids): string[] {
  return [
    `  subgraph g${groups.indexOf(group)}[${label([group.title])}]`,
    ...nodes.filter((node) => node.group === group).map((node) => `    ${nodeStatement(node, ids)}`),
    '  end',
  ];
}

const arrows: Record<PictureEdge['kind'], string> = {
  has: '-->',
  governing: '-.->',
  // Leaves room for the missing volume.
  'without volume': '--->',
  // Leaves the rank of the pods out, so that all claims stand in one rank.
  'not mounted': '-..->',
  'left over': '-..->',
  'leads to': '-->',
  'meant for': '-.->',
};

function edgeStatement({ from, to, kind }: PictureEdge, ids: Ids): string {
  return `${ids.get(from)} ${arrows[kind]} ${ids.get(to)}`;
}

function styles({ nodes, groups }: Picture, ids: Ids): string[] {
  const of = (name: string, style: string, members: string[]): string[] =>
    members.length === 0 ? [] : [`  classDef ${name} ${style}`, `  class ${members.join(',')} ${name}`];
  const named = (test: (node: PictureNode) => boolean) => nodes.filter(test).flatMap(({ id }) => ids.get(id) ?? []);
  const boxes = groups.map((_, position) => `g${position}`);
  return [
    ...Object.entries(palette).flatMap(([tone, { fill, line, text }]) => {
      const width = tone === 'bad' ? ',stroke-width:3px' : '';
      const members = named((node) => (node.tone ?? 'plain') === tone);
      return of(tone, `fill:${fill},stroke:${line},color:${text}${width}`, members);
    }),
    ...of(
      'absent',
      'stroke-dasharray:5 4',
      named(({ absent }) => absent),
    ),
    ...of('leftOver', `fill:none,stroke:${palette.warning.line},stroke-dasharray:5 4`, boxes),
  ];
}

function label(lines: readonly string[]): string {
  return `"${lines.map(escaped).join('<br/>')}"`;
}

/**
 * Writes all but the plainest characters as entities: Mermaid reads comments, directives, styles, Markdown and HTML
 * within quotes too. https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
 */
function escaped(text: string): string {
  return text.toWellFormed().replace(/[^A-Za-z0-9 ,./-]/gu, (character) => `#${character.codePointAt(0)};`);
}
