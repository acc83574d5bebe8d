/**
 * Builds the picture of StatefulSets that dot.ts and mermaid.ts write: its nodes, edges and groups. An object that
 * several others use is one node.
 */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { gravest, type Tone } from '#src/drawing/tone.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { revisionOf } from '#src/statefulset/controller/pods.ts';
import type { RevisionStanding } from '#src/statefulset/controller/revisions.ts';
import { podName, revisionHash } from '#src/statefulset/identity.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { printable } from '#src/terminal/escape.ts';
import type { AbsentPods, Member, PresentPod } from '../model/members.ts';
import type { Topology } from '../model/topology.ts';
import { fateWords, type Place } from './fatewords.ts';
import { leftOverWords, unmountedWords } from './leftoverwords.ts';
import { absentCell, lostNodeWords, podCell, restartWords, whyMissingWords } from './podwords.ts';
import { readyWords } from './setwords.ts';
import { claimLines, classLines, volumeLines } from './storagelines.ts';

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
  /** `without volume`: from an unbound claim to its class. */
  kind: 'has' | 'governing' | 'not mounted' | 'left over' | 'without volume';
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

export function pictureOf(topologies: readonly Topology[]): Picture {
  const drawing: Drawing = { groups: [], nodes: new Map(), edges: new Map(), podOrders: [] };
  for (const topology of topologies) drawSet(drawing, topology);
  return {
    groups: drawing.groups,
    nodes: [...drawing.nodes.values()],
    edges: [...drawing.edges.values()],
    podOrders: drawing.podOrders,
  };
}

interface Drawing {
  groups: PictureGroup[];
  nodes: Map<string, PictureNode>;
  edges: Map<string, PictureEdge>;
  podOrders: string[][];
}

/** Draws a node unless the picture has it already, and returns its id. */
function draw(
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

function join(drawing: Drawing, from: string, to: string, kind: PictureEdge['kind']): void {
  drawing.edges.set(`${from}\n${to}`, { from, to, kind });
}

function drawSet(drawing: Drawing, topology: Topology): void {
  const { set, rollout, governingService, members, unmounted, leftOver } = topology;
  const { namespace, name } = set.metadata;
  const { status, detail } = rolloutWords(rollout);
  const ready = readyWords(topology);
  const setNode = draw(drawing, 'StatefulSet', undefined, namespace, name, {
    lines: [
      { text: namespace ? `namespace ${namespace}` : '' },
      { ...status, text: listed(ready && `${ready} ready`, status.text) },
      { text: detail },
    ],
  });

  if (governingService) {
    const { state } = governingService.service;
    const node = draw(drawing, 'Service', undefined, namespace, governingService.name, {
      lines: [state === 'found' ? serviceWord(governingService.service.object) : governing(absence(state))],
      absent: state !== 'found',
    });
    join(drawing, setNode, node, 'governing');
  }

  const pods = members.map((member) => {
    const pod = drawMember(drawing, topology, member);
    join(drawing, setNode, pod, 'has');
    for (const storage of member.storage) {
      const place = { set, pod: member.state === 'found' ? member.pod : undefined };
      join(drawing, pod, drawClaim(drawing, storage, place, undefined, [{ text: fateWords(storage, place) }]), 'has');
    }
    return pod;
  });
  drawing.podOrders.push(pods);
  for (const storage of unmounted) {
    const place = { set, pod: undefined };
    const words: Cell[] = [
      { text: unmountedWords(topology, storage), tone: 'warning' },
      { text: fateWords(storage, place) },
    ];
    join(drawing, setNode, drawClaim(drawing, storage, place, undefined, words), 'not mounted');
  }

  if (leftOver.length === 0) return;
  const apart = { id: printable(`left over/${namespace ?? ''}/${name}`), title: `left over by ${printable(name)}` };
  drawing.groups.push(apart);
  for (const claim of leftOver) {
    const words: Cell = { text: leftOverWords(topology, claim), tone: 'warning' };
    const place = { set, pod: undefined };
    join(drawing, setNode, drawClaim(drawing, claim.storage, place, apart, [words]), 'left over');
  }
}

function serviceWord(service: Service): Cell {
  if (isHeadless(service)) return governing({ text: 'headless' });
  return governing({ text: `${service.spec?.type ?? 'ClusterIP'}: not headless`, tone: 'warning' });
}

function governing(cell: Cell): Cell {
  return { ...cell, text: `governing, ${cell.text}` };
}

function drawMember(drawing: Drawing, { set }: Topology, member: Member): string {
  const { namespace, name } = set.metadata;
  if (member.state === 'found') {
    return draw(drawing, 'Pod', undefined, namespace, member.pod.metadata.name, { lines: podLines(name, member) });
  }
  const { start, end } = member.ordinals;
  const first = podName(name, start);
  const absentName = end - start === 1 ? first : `${first}…${end - 1}`;
  return draw(drawing, 'Pod', undefined, namespace, absentName, { lines: absentLines(member), absent: true });
}

const standings: Record<RevisionStanding, string> = {
  update: '',
  current: ', not the update',
  neither: ', neither current nor update',
  unlabelled: '',
  unknown: '',
};

function podLines(set: string, { pod, ordinal, wanted, revision, unschedulable, lostNode }: PresentPod): Cell[] {
  const status = podStatus(pod);
  const { ready, containers } = status;
  const label = revisionOf(pod);
  const standing = standings[revision];
  const state = podCell(pod, status);
  return [
    { ...state, text: listed(state.text, containers > 0 && `${ready}/${containers} ready`) },
    { text: restartWords(status, undefined) },
    { text: label ? `revision ${revisionHash(set, label)}${standing}` : '', ...(standing && { tone: 'warning' }) },
    { text: pod.spec?.nodeName ? `on ${pod.spec.nodeName}` : '' },
    ...(ordinal < 0 ? [{ text: 'no ordinal in its name', tone: 'warning' as const }] : []),
    ...(ordinal >= 0 && !wanted ? [{ text: 'condemned', tone: 'warning' as const }] : []),
    ...(unschedulable ? [{ text: unschedulableWords(unschedulable), tone: 'bad' as const }] : []),
    ...(lostNode ? [{ text: lostNodeWords(lostNode, pod), tone: 'bad' as const }] : []),
  ];
}

function absentLines(pods: AbsentPods): Cell[] {
  const { ordinals, why } = pods;
  const count = ordinals.end - ordinals.start;
  const state = absentCell(pods);
  return [
    { ...state, text: listed(state.text, count > 1 && `${count} pods`) },
    { text: why ? whyMissingWords(why) : '' },
  ];
}

/** Draws a claim with its volume and class, and returns the id of the claim's node. */
function drawClaim(
  drawing: Drawing,
  storage: Storage,
  place: Place,
  box: PictureGroup | undefined,
  more: Cell[],
): string {
  const { claim, volume, class: storageClass } = storage;
  const node = draw(drawing, 'PersistentVolumeClaim', box, place.set.metadata.namespace, storage.name, {
    lines: [...claimLines(storage, place.pod), ...more],
    absent: claim.state !== 'found',
  });
  let above = node;
  if (volume) {
    above = draw(drawing, 'PersistentVolume', undefined, undefined, volume.name, {
      lines: volumeLines(volume.volume),
      absent: volume.volume.state !== 'found',
    });
    join(drawing, node, above, 'has');
  }
  if (storageClass) {
    const bound = volume !== undefined;
    const { state } = storageClass.class;
    const below = draw(drawing, 'StorageClass', undefined, undefined, storageClass.name, {
      lines: classLines(storageClass.class, bound),
      absent: state !== 'found',
    });
    join(drawing, above, below, bound ? 'has' : 'without volume');
  }
  return node;
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
