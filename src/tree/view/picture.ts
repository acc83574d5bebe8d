/**
 * Builds the picture of StatefulSets that dot.ts and mermaid.ts write: its nodes, edges and groups. An object that
 * several others use is one node.
 */
import { absence, type Cell } from '#src/drawing/cells.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
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
import { type Drawing, draw, join, type Picture, type PictureGroup } from './canvas.ts';
import { fateWords, type Place } from './fatewords.ts';
import { drawLeadingServices } from './leadingservices.ts';
import { leftOverWords, unmountedWords } from './leftoverwords.ts';
import { absentCell, lostNodeWords, podCell, restartWords, whyMissingWords } from './podwords.ts';
import { readyWords } from './setwords.ts';
import { claimLines, classLines, volumeLines } from './storagelines.ts';

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
  drawLeadingServices(drawing, topology, setNode);

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

function podLines(set: string, member: PresentPod): Cell[] {
  const { pod, ordinal, wanted, revision, unschedulable, lostNode } = member;
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
    ...(lostNode ? [{ text: lostNodeWords(member), tone: 'bad' as const }] : []),
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
