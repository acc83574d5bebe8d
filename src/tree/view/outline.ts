/** What a topology says on a screen: words and tones, without colours or widths. */

import type { Cell } from '#src/drawing/cells.ts';
import { absence } from '#src/drawing/cells.ts';
import { rolloutWords } from '#src/drawing/rolloutwords.ts';
import { unschedulableWords } from '#src/drawing/schedulingwords.ts';
import { listed } from '#src/drawing/sentences.ts';
import { gravest } from '#src/drawing/tone.ts';
import type { Line } from '#src/drawing/tree.ts';
import { placeOf } from '#src/objects/nodeselector.ts';
import { podStatus } from '#src/objects/podstatus.ts';
import { bytesOf, humanBytes } from '#src/objects/quantity.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import { humanDuration, parseTime } from '#src/objects/time.ts';
import type { Class, Named, Service } from '#src/objects/types.ts';
import type { Pin } from '#src/pin/model/pinning.ts';
import { pinState } from '#src/pin/view/words.ts';
import { isWanted, podName, revisionHash } from '#src/statefulset/identity.ts';
import { revisionOf } from '#src/statefulset/rollout.ts';
import { mountsAt, otherVolumes, type Storage } from '#src/statefulset/storage.ts';
import type { LeftOver } from '../model/leftover.ts';
import { sizeOf, summary } from '../model/summary.ts';
import type { AbsentPods, Member, PresentPod, Topology } from '../model/topology.ts';
import { servedBy } from './volumesource.ts';
import {
  findingWords,
  leftOverWords,
  lostNodeWords,
  phaseCell,
  podCell,
  sharingWords,
  usageWords,
  whyMissingWords,
} from './words.ts';

export const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'] as const;

export interface OutlineOptions {
  /** Milliseconds since the epoch, for the AGE column. */
  now: number;
  /** Addresses of pods and handles of volumes too. */
  wide: boolean;
}

export function outline(topology: Topology, options: OutlineOptions): Line {
  const { set, wanted, rollout, members, pins, leftOver } = topology;
  const own = new Set(members.flatMap((member) => (member.state === 'found' ? member.pod.metadata.name : [])));
  const ready = set.status === undefined ? '' : `${set.status.readyReplicas ?? 0}/${wanted.end - wanted.start}`;
  const verdict = rolloutWords(rollout);
  return {
    ...line(
      `StatefulSet/${set.metadata.name}`,
      { ready, status: verdict.status, detail: setDetail(topology, verdict.detail), age: age(set, options) },
      [
        ...serviceLine(topology.governingService),
        ...members.map((member) => memberLine(topology, member, own, options)),
        // Of pods that are there, under the pod.
        ...pins.filter(({ pinning }) => !own.has(pinning.pod ?? '')).map(pinLine),
        ...leftOver.map((each) => leftOverLine(topology, each, options)),
        ...noClaims(topology),
      ],
    ),
    group: set.metadata.namespace ?? '',
    footer: summaryWords(topology),
  };
}

interface Words {
  ready?: string;
  status?: string | Cell;
  detail?: string | Cell;
  node?: string;
  age?: string;
}

function line(name: string, words: Words, children: Line[] = []): Line {
  const { ready = '', status = '', detail = '', node = '', age = '' } = words;
  const cells = [name, ready, status, detail, node, age];
  return { cells: cells.map((cell) => (typeof cell === 'string' ? { text: cell } : cell)), children };
}

function age({ metadata }: Named, { now }: OutlineOptions): string {
  const created = metadata.creationTimestamp;
  return created ? humanDuration(now - parseTime(created)) : '';
}

/** @param verdict what there is to say of the set's state; where there is something, what is usual is left out */
function setDetail({ set }: Topology, verdict: string): string {
  const { updateStrategy, podManagementPolicy } = set.spec ?? {};
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
  const revision = set.status?.updateRevision;
  const said = (word: string, usual: string) => (verdict.includes(word) || (verdict && word === usual) ? '' : word);
  return listed(
    verdict,
    said(updateStrategy?.type ?? 'RollingUpdate', 'RollingUpdate'),
    partition > 0 && `partition ${partition}`,
    said(podManagementPolicy ?? 'OrderedReady', 'OrderedReady'),
    revision && `revision ${revisionHash(set.metadata.name, revision)}`,
  );
}

function serviceLine(governing: Topology['governingService']): Line[] {
  if (governing === undefined) {
    return [
      line('Service', {
        status: { text: 'none', tone: 'warning' },
        detail: 'no serviceName: the pods have no DNS names',
      }),
    ];
  }
  const { name, service } = governing;
  const words: Words =
    service.state === 'found'
      ? { ...serviceKind(service.object), detail: listed('governing', ...ports(service.object)) }
      : { status: absence(service.state), detail: 'governing' };
  return [line(`Service/${name}`, words)];
}

function serviceKind(service: Service): Words {
  if (isHeadless(service)) return { status: 'headless' };
  // CoreDNS answers pod names here too, the DNS specification does not promise it.
  return { status: { text: service.spec?.type ?? 'ClusterIP', tone: 'warning' } };
}

function ports(service: Service): string[] {
  return (service.spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`);
}

/** @param own the names of the set's pods */
function memberLine(topology: Topology, member: Member, own: ReadonlySet<string>, options: OutlineOptions): Line {
  const storage = member.storage.map((claim) =>
    comesWithPod(member, claim)
      ? line(`PersistentVolumeClaim/${claim.name}`, { status: { text: '-' }, detail: 'comes with the pod' })
      : claimLine(claim, sharingWords(claim, own), options),
  );
  if (member.state !== 'found') return absentLine(topology, member, storage);
  const { name } = member.pod.metadata;
  const pins = topology.pins.filter(({ pinning }) => pinning.pod === name).map(pinLine);
  return line(`Pod/${name}`, podWords(topology, member, options), [...storage, ...pins]);
}

/** An external Service that one pod answers for alone. */
function pinLine(pin: Pin): Line {
  const { service, pinning } = pin;
  const { text, bad } = pinState(pin);
  const record = pinning.kind === 'ours' ? pinning.record : undefined;
  return line(`Service/${service.metadata.name}`, {
    status: { text: 'pinned', ...(bad && { tone: 'bad' }) },
    detail: {
      text: listed(
        text !== 'ok' && text,
        pinning.pod !== undefined && bad && `to ${pinning.pod}`,
        service.spec?.type ?? 'ClusterIP',
        ...ports(service),
        record?.since !== undefined && `since ${record.since}`,
        record?.user !== undefined && `by ${record.user}`,
      ),
      ...(bad && { tone: 'bad' }),
    },
  });
}

/** A claim is made together with its pod: before that its absence is no fault. */
function comesWithPod(member: Member, { origin, claim }: Storage): boolean {
  return member.state === 'missing' && claim.state === 'missing' && origin !== 'pod template';
}

function absentLine({ set }: Topology, { state, ordinals, why }: AbsentPods, storage: Line[]): Line {
  const { start, end } = ordinals;
  const first = podName(set.metadata.name, start);
  const one = end - start === 1;
  const waiting = why?.kind === 'waits for';
  return line(
    `Pod/${one ? first : `${first}…${end - 1}`}`,
    {
      status: waiting ? { text: 'missing', tone: 'warning' } : absence(state),
      detail: listed(!one && `${end - start} pods`, why && whyMissingWords(why)),
    },
    storage,
  );
}

// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone; on pods since 1.35.
const zoneLabel = 'topology.kubernetes.io/zone';

function podWords(topology: Topology, member: PresentPod, options: OutlineOptions): Words {
  const { pod, wanted, unschedulable, lostNode } = member;
  const status = podStatus(pod);
  const zone = pod.metadata.labels?.[zoneLabel];
  const node = pod.spec?.nodeName ?? '';
  const detail = listed(
    member.ordinal < 0 && 'no ordinal in its name: the controller ignores it',
    member.ordinal >= 0 && !wanted && 'condemned: outside the wanted ordinals',
    unschedulable && unschedulableWords(unschedulable),
    lostNode && lostNodeWords(lostNode, pod),
    restartWords(status, options),
    revisionWords(topology, member),
    options.wide && (pod.status?.podIPs ?? []).map(({ ip }) => ip).join(' '),
  );
  const tone = !wanted || unschedulable || lostNode || member.revision === 'neither' ? ('warning' as const) : undefined;
  return {
    ready: `${status.ready}/${status.containers}`,
    status: pod.status === undefined ? absence('not given') : podCell(status),
    detail: { text: detail, ...(tone && { tone }) },
    node: zone && node ? `${node} (${zone})` : node,
    age: age(pod, options),
  };
}

function restartWords({ restarts, lastRestart }: ReturnType<typeof podStatus>, { now }: OutlineOptions): string {
  if (restarts === 0) return '';
  const ago = lastRestart === undefined ? '' : ` (${humanDuration(now - parseTime(lastRestart))} ago)`;
  return `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${ago}`;
}

function revisionWords({ set }: Topology, { pod, revision }: PresentPod): string {
  const label = revisionOf(pod);
  if (label === undefined) return '';
  const hash = `revision ${revisionHash(set.metadata.name, label)}`;
  if (revision === 'current') return `${hash} (current, not the update)`;
  return revision === 'neither' ? `${hash} (neither current nor update)` : hash;
}

/** @param note what else is to be said of it: that it is shared, or left over */
function claimLine(storage: Storage, note: string, options: OutlineOptions): Line {
  const { claim, volume } = storage;
  const below = volume === undefined ? classLine(storage) : volumeLine(storage, volume, options);
  const name = `PersistentVolumeClaim/${storage.name}`;
  if (claim.state !== 'found') return line(name, { status: absence(claim.state), detail: note }, below);

  const findings = [...storage.findings.map((finding) => findingWords(finding, storage)), usageWords(storage.usage)];
  const { status } = claim.object;
  const accessModes = (status?.accessModes ?? claim.object.spec?.accessModes ?? []).map(
    (mode) => modes.get(mode) ?? mode,
  );
  const size = [sizeOf(claim.object), ...accessModes].filter(Boolean).join(' ');
  const urgent = findings.filter(({ tone }) => tone === 'bad').map(({ text }) => text);
  const others = findings.filter(({ tone }) => tone !== 'bad').map(({ text }) => text);
  const detail = listed(...urgent, size, note, ...others, storage.origin === 'ephemeral volume' && 'goes with the pod');
  const tone = gravest([...findings, ...(note ? [{ text: '', tone: 'warning' as const }] : [])]);
  return line(
    name,
    {
      status: phaseCell(claim.object, status?.phase),
      detail: { text: detail, ...(tone && { tone }) },
      age: age(claim.object, options),
    },
    below,
  );
}

const modes = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]);

function leftOverLine({ wanted }: Topology, each: LeftOver, options: OutlineOptions): Line {
  return claimLine(each.storage, leftOverWords(each, isWanted(wanted, each.ordinal)), options);
}

function volumeLine(
  storage: Storage,
  { name, volume }: NonNullable<Storage['volume']>,
  options: OutlineOptions,
): Line[] {
  const title = `PersistentVolume/${name}`;
  const below = classLine(storage);
  if (volume.state !== 'found') return [line(title, { status: absence(volume.state) }, below)];
  const { spec, status } = volume.object;
  const selector = spec?.nodeAffinity?.required;
  const capacity = spec?.capacity?.['storage'];
  const claimed = storage.claim.state === 'found' ? storage.claim.object.status?.capacity?.['storage'] : undefined;
  const words = {
    status: phaseCell(volume.object, status?.phase),
    detail: listed(
      sizeDiffers(capacity, claimed) && capacity,
      spec?.persistentVolumeReclaimPolicy ?? 'Retain',
      servedBy(volume.object),
      options.wide && spec?.csi?.volumeHandle,
    ),
    node: (selector && placeOf(selector)) ?? '',
    age: age(volume.object, options),
  };
  return [line(title, words, below)];
}

/** 1024Mi is 1Gi. */
function sizeDiffers(capacity: string | undefined, claimed: string | undefined): boolean {
  return bytesOf(capacity ?? '') !== bytesOf(claimed ?? '');
}

function classLine({ class: storageClass, volume }: Storage): Line[] {
  if (storageClass === undefined) return [];
  return [line(`StorageClass/${storageClass.name}`, classWords(storageClass.class, volume !== undefined))];
}

function classWords(found: Lookup<Class>, bound: boolean): Words {
  if (found.state === 'found') {
    const { provisioner, allowVolumeExpansion, volumeBindingMode } = found.object;
    return { detail: listed(provisioner, allowVolumeExpansion && 'expands', volumeBindingMode ?? 'Immediate') };
  }
  // A static volume and its claim are matched by a class name that needs no object; only a claim that waits needs one.
  if (found.state === 'missing' && bound) return { detail: 'static: no class object, and none is needed' };
  return { status: absence(found.state) };
}

/** A set without claims says what its pods have instead. */
function noClaims({ set, wanted, members, leftOver }: Topology): Line[] {
  const some =
    leftOver.length > 0 || members.some(({ storage }) => storage.length > 0) || mountsAt(set, wanted.start).length > 0;
  if (some) return [];
  const kinds = otherVolumes(set);
  return [line('no claims', { detail: kinds.length > 0 ? `${listed(...kinds)} only` : 'no volume to keep data in' })];
}

function summaryWords(topology: Topology): string {
  const { ready, wanted, claims, leftOver, unseenClaims } = summary(topology);
  const counted = (count: number) => `${count} ${count === 1 ? 'claim' : 'claims'}`;
  const size = (bytes: number) => (bytes > 0 ? `, ${humanBytes(bytes)}` : '');
  return [
    ready === undefined ? `${wanted} wanted` : `${ready}/${wanted} ready`,
    claims.count > 0 && `${counted(claims.count)}${size(claims.bytes)}`,
    unseenClaims && `${counted(unseenClaims.count)} ${unseenClaims.state}`,
    leftOver.count > 0 && `${leftOver.count} left over${size(leftOver.bytes)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
