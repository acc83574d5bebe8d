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
import { isWanted, podName, revisionHash } from '#src/statefulset/identity.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { printable } from '#src/terminal/escape.ts';
import type { LeftOver } from '../model/leftover.ts';
import type { AbsentPods, Member, PresentPod } from '../model/members.ts';
import { sizeOf } from '../model/summary.ts';
import type { Topology } from '../model/topology.ts';
import { type Drawing, draw, join, type Picture, type PictureGroup } from './canvas.ts';
import { findingWords, originWords, phaseCell } from './claimwords.ts';
import { drawLeadingServices } from './leadingservices.ts';
import { leftOverWords } from './leftoverwords.ts';
import { absentCell, lostNodeWords, podCell, restartWords, whyMissingWords } from './podwords.ts';
import { readyWords } from './setwords.ts';
import { volumeSourceWords } from './volumewords.ts';

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
  const { set, rollout, governingService, members, leftOver } = topology;
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
      join(drawing, pod, drawClaim(drawing, storage, namespace, undefined, []), 'has');
    }
    return pod;
  });
  drawing.podOrders.push(pods);
  drawLeadingServices(drawing, topology, setNode);

  if (leftOver.length === 0) return;
  const apart = { id: printable(`left over/${namespace ?? ''}/${name}`), title: `left over by ${printable(name)}` };
  drawing.groups.push(apart);
  for (const claim of leftOver) {
    join(drawing, setNode, drawLeftOver(drawing, topology, claim, apart), 'left over');
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

function drawLeftOver(drawing: Drawing, { set, wanted }: Topology, claim: LeftOver, apart: PictureGroup): string {
  const words: Cell = { text: leftOverWords(claim, isWanted(wanted, claim.ordinal)), tone: 'warning' };
  return drawClaim(drawing, claim.storage, set.metadata.namespace, apart, [words]);
}

/** Draws a claim with its volume and class, and returns the id of the claim's node. */
function drawClaim(
  drawing: Drawing,
  storage: Storage,
  namespace: string | undefined,
  box: PictureGroup | undefined,
  more: Cell[],
): string {
  const { claim, volume, class: storageClass } = storage;
  const node = draw(drawing, 'PersistentVolumeClaim', box, namespace, storage.name, {
    lines: [...claimLines(storage), ...more],
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

function claimLines(storage: Storage): Cell[] {
  const { claim, mountedBy, willMount, origin, findings } = storage;
  const pods = mountedBy.length || willMount;
  const shared: Cell = pods > 1 ? { text: `shared by ${pods} pods`, tone: 'warning' } : { text: '' };
  if (claim.state !== 'found') return [absence(claim.state), shared];
  const state = phaseCell(claim.object, claim.object.status?.phase);
  return [
    { ...state, text: listed(state.text, sizeOf(claim.object)) },
    shared,
    origin === 'ephemeral volume' ? { text: 'goes with the pod' } : { text: originWords(origin), tone: 'warning' },
    ...findings.map((finding) => findingWords(finding, storage, undefined)),
  ];
}

function volumeLines(found: NonNullable<Storage['volume']>['volume']): Cell[] {
  if (found.state !== 'found') return [absence(found.state)];
  const { spec, status } = found.object;
  const state = phaseCell(found.object, status?.phase);
  return [
    { ...state, text: listed(state.text, spec?.capacity?.['storage'], spec?.persistentVolumeReclaimPolicy) },
    { text: volumeSourceWords(found.object) ?? '' },
  ];
}

function classLines(found: NonNullable<Storage['class']>['class'], bound: boolean): Cell[] {
  if (found.state === 'found') {
    const { provisioner, volumeBindingMode } = found.object;
    return [{ text: provisioner ?? '' }, { text: volumeBindingMode ?? 'Immediate' }];
  }
  if (found.state === 'missing' && bound) return [{ text: 'static: no class object', tone: 'faint' }];
  return [absence(found.state)];
}
