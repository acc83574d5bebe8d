/** What a picture of StatefulSets is drawn with: nodes, edges and groups. An object that several others use is one node. */
import type { Cell } from '#src/drawing/cells.ts';
import { gravest, type Tone } from '#src/drawing/tone.ts';
import { printable } from '#src/terminal/escape.ts';

export type PictureKind =
  | 'StatefulSet'
  | 'Service'
  | 'Pod'
  | 'PersistentVolumeClaim'
  | 'PersistentVolume'
  | 'StorageClass';

export interface PictureNode {
  /** Unique in the picture. No character can act on a terminal. */
  id: string;
  kind: PictureKind;
  /** The text in the node: kind, name, and the words about it. No character can act on a terminal. */
  lines: string[];
  tone: Tone | undefined;
  /** Whether the object is not at hand; the lines say why. */
  absent: boolean;
  group: PictureGroup | undefined;
}

/** A box around nodes: the claims that one set left over. */
export interface PictureGroup {
  id: string;
  title: string;
}

export interface PictureEdge {
  from: string;
  to: string;
  /**
   * `without volume`: from an unbound claim to its class. `leads to`: from a Service to a pod that it reaches. `meant for`:
   * to the set of its pod, where no pod is seen that it reaches.
   */
  kind: 'has' | 'governing' | 'not mounted' | 'left over' | 'without volume' | 'leads to' | 'meant for';
}

export interface Picture {
  groups: PictureGroup[];
  nodes: PictureNode[];
  edges: PictureEdge[];
  /** The ids of each set's pods, in the order of their ordinals. */
  podOrders: string[][];
}

/** Dark text on a light ground can be read on a light page and on a dark one. */
export const palette: Record<Tone | 'plain', { fill: string; line: string; text: string }> = {
  plain: { fill: '#ffffff', line: '#5f6b7a', text: '#1b1f24' },
  good: { fill: '#e6f5e9', line: '#2f8f4e', text: '#1b1f24' },
  warning: { fill: '#fff3cf', line: '#a86f00', text: '#1b1f24' },
  bad: { fill: '#fde1de', line: '#c0271d', text: '#1b1f24' },
  faint: { fill: '#f3f4f6', line: '#98a1ac', text: '#57606a' },
};

export interface Drawing {
  groups: PictureGroup[];
  nodes: Map<string, PictureNode>;
  edges: Map<string, PictureEdge>;
  podOrders: string[][];
}

/** Draws a node unless the picture has it already, and returns its id. */
export function draw(
  drawing: Drawing,
  kind: PictureKind,
  group: PictureGroup | undefined,
  namespace: string | undefined,
  name: string,
  { lines, absent = false }: { lines: Cell[]; absent?: boolean },
): string {
  const id = printable(`${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`);
  if (!drawing.nodes.has(id)) {
    const words = lines.filter(({ text }) => text !== '').flatMap(({ text }) => wrapped(printable(text)));
    const tone = gravest(lines);
    drawing.nodes.set(id, { id, kind, lines: [kind, printable(name), ...words], tone, absent, group });
  }
  return id;
}

export function join(drawing: Drawing, from: string, to: string, kind: PictureEdge['kind']): void {
  drawing.edges.set(`${from}\n${to}`, { from, to, kind });
}

const widest = 40;
const mostLines = 5;

/** Breaks text into lines for a node. A word that is longer than a line stays whole, since it may be a name. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= widest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines;
}
