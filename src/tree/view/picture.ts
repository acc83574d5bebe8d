/**
 * What a picture of StatefulSets shows, whatever language it is drawn in: nodes, what joins them, and what stands
 * apart. An object that several others use is one node.
 */

import type { Cell } from '#src/drawing/cells.ts';
import { absence } from '#src/drawing/cells.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import type { Tone } from '#src/drawing/tone.ts';
import { gravest } from '#src/drawing/tone.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { isWanted, podName, revisionHash } from '#src/statefulset/identity.ts';
import { revisionOf } from '#src/statefulset/rollout.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { printable } from '#src/terminal/escape.ts';
import type { LeftOver } from '../model/leftover.ts';
import { sizeOf } from '../model/summary.ts';
import type { AbsentPods, Member, PresentPod, Topology } from '../model/topology.ts';
import { servedBy } from './volumesource.ts';
import { findingWords, leftOverWords, lostNodeWords, phaseCell, podCell, whyMissingWords } from './words.ts';

export type PictureKind =
  | 'StatefulSet'
  | 'Service'
  | 'Pod'
  | 'PersistentVolumeClaim'
  | 'PersistentVolume'
  | 'StorageClass';

export interface PictureNode {
  /** Unique in the picture; no character of it can act on a terminal. */
  id: string;
  kind: PictureKind;
  /** What is written on it: kind, name, then what there is to say. No character of it can act on a terminal. */
  lines: string[];
  tone: Tone | undefined;
  /** Whether the object is not at hand, and why is among the lines. */
  absent: boolean;
  group: PictureGroup | undefined;
}

/** Nodes in a box apart: the claims that one set left over. */
export interface PictureGroup {
  id: string;
  title: string;
}

export interface PictureEdge {
  from: string;
  to: string;
  /** `without volume`: from a claim to its class, with no volume between them. */
  kind: 'has' | 'governing' | 'left over' | 'without volume';
}

export interface Picture {
  groups: PictureGroup[];
  nodes: PictureNode[];
  edges: PictureEdge[];
  /** For each set the nodes of its pods, in the order of their ordinals. */
  podOrders: string[][];
}

/** Fill, line and text; dark text on light ground reads on a light page and on a dark one. */
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

/** Draws a node unless it is there already, and returns its id. */
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
  const { set, wanted, rollout, governingService, members, leftOver } = topology;
  const { namespace, name } = set.metadata;
  const { status, detail } = rolloutWords(rollout);
  const ready = set.status && `${set.status.readyReplicas ?? 0}/${wanted.end - wanted.start} ready`;
  const setNode = draw(drawing, 'StatefulSet', undefined, namespace, name, {
    lines: [
      { text: namespace ? `namespace ${namespace}` : '' },
      { ...status, text: listed(ready, status.text) },
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
    for (const storage of member.storage)
      join(drawing, pod, drawClaim(drawing, storage, namespace, undefined, []), 'has');
    return pod;
  });
  drawing.podOrders.push(pods);

  if (leftOver.length === 0) return;
  const apart = { id: printable(`left over/${namespace ?? ''}/${name}`), title: `left over by ${printable(name)}` };
  drawing.groups.push(apart);
  for (const each of leftOver) {
    join(drawing, setNode, drawLeftOver(drawing, topology, each, apart), 'left over');
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
    return draw(drawing, 'Pod', undefined, namespace, member.pod.metadata.name, { lines: podWords(name, member) });
  }
  const { start, end } = member.ordinals;
  const first = podName(name, start);
  const absentName = end - start === 1 ? first : `${first}…${end - 1}`;
  return draw(drawing, 'Pod', undefined, namespace, absentName, { lines: absentWords(member), absent: true });
}

function podWords(set: string, { pod, ordinal, wanted, revision, unschedulable, lostNode }: PresentPod): Cell[] {
  const status = podStatus(pod);
  const { ready, containers, restarts } = status;
  const label = revisionOf(pod);
  const standings = { current: ', not the update', neither: ', neither current nor update' };
  const standing = revision === 'current' || revision === 'neither' ? standings[revision] : '';
  const state = pod.status === undefined ? absence('not given') : podCell(status);
  return [
    { ...state, text: listed(state.text, containers > 0 && `${ready}/${containers} ready`) },
    { text: restarts > 0 ? `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '' },
    { text: label ? `revision ${revisionHash(set, label)}${standing}` : '', ...(standing && { tone: 'warning' }) },
    { text: pod.spec?.nodeName ? `on ${pod.spec.nodeName}` : '' },
    ...(ordinal < 0 ? [{ text: 'no ordinal in its name', tone: 'warning' as const }] : []),
    ...(ordinal >= 0 && !wanted ? [{ text: 'condemned', tone: 'warning' as const }] : []),
    ...(unschedulable ? [{ text: unschedulableWords(unschedulable), tone: 'bad' as const }] : []),
    ...(lostNode ? [{ text: lostNodeWords(lostNode, pod), tone: 'bad' as const }] : []),
  ];
}

function absentWords({ state, ordinals, why }: AbsentPods): Cell[] {
  const count = ordinals.end - ordinals.start;
  // Waiting for its turn is no fault of its own.
  const { text, tone = 'bad' }: Cell = why?.kind === 'waits for' ? { text: state, tone: 'warning' } : absence(state);
  return [{ text: listed(text, count > 1 && `${count} pods`), tone }, { text: why ? whyMissingWords(why) : '' }];
}

function drawLeftOver(drawing: Drawing, topology: Topology, each: LeftOver, apart: PictureGroup): string {
  const words = leftOverWords(each, isWanted(topology.wanted, each.ordinal));
  return drawClaim(drawing, each.storage, topology.set.metadata.namespace, apart, [{ text: words, tone: 'warning' }]);
}

/** Draws a claim with what lies beneath it. */
function drawClaim(
  drawing: Drawing,
  storage: Storage,
  namespace: string | undefined,
  box: PictureGroup | undefined,
  more: Cell[],
): string {
  const { claim, volume, class: storageClass } = storage;
  const node = draw(drawing, 'PersistentVolumeClaim', box, namespace, storage.name, {
    lines: [...claimWords(storage), ...more],
    absent: claim.state !== 'found',
  });
  let above = node;
  if (volume) {
    above = draw(drawing, 'PersistentVolume', undefined, undefined, volume.name, {
      lines: volumeWords(volume.volume),
      absent: volume.volume.state !== 'found',
    });
    join(drawing, node, above, 'has');
  }
  if (storageClass) {
    const bound = volume !== undefined;
    const { state } = storageClass.class;
    const below = draw(drawing, 'StorageClass', undefined, undefined, storageClass.name, {
      lines: classWords(storageClass.class, bound),
      absent: state !== 'found',
    });
    join(drawing, above, below, bound ? 'has' : 'without volume');
  }
  return node;
}

function claimWords(storage: Storage): Cell[] {
  const { claim, mountedBy, willMount, origin, findings } = storage;
  const pods = mountedBy.length || willMount;
  const shared: Cell = pods > 1 ? { text: `shared by ${pods} pods`, tone: 'warning' } : { text: '' };
  if (claim.state !== 'found') return [absence(claim.state), shared];
  const state = phaseCell(claim.object, claim.object.status?.phase);
  return [
    { ...state, text: listed(state.text, sizeOf(claim.object)) },
    shared,
    { text: origin === 'ephemeral volume' ? 'goes with the pod' : '' },
    ...findings.map((finding) => findingWords(finding, storage)),
  ];
}

function volumeWords(found: NonNullable<Storage['volume']>['volume']): Cell[] {
  if (found.state !== 'found') return [absence(found.state)];
  const { spec, status } = found.object;
  const state = phaseCell(found.object, status?.phase);
  return [
    { ...state, text: listed(state.text, spec?.capacity?.['storage'], spec?.persistentVolumeReclaimPolicy) },
    { text: servedBy(found.object) ?? '' },
  ];
}

function classWords(found: NonNullable<Storage['class']>['class'], bound: boolean): Cell[] {
  if (found.state === 'found') {
    const { provisioner, volumeBindingMode } = found.object;
    return [{ text: provisioner ?? '' }, { text: volumeBindingMode ?? 'Immediate' }];
  }
  if (found.state === 'missing' && bound) return [{ text: 'static: no class object', tone: 'faint' }];
  return [absence(found.state)];
}

const widest = 40;
const mostLines = 5;

/** Text in lines that a node can hold. A word that is longer than a line, as a name may be, stays whole. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= widest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines;
}
