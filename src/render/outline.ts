/** What a topology says on a screen: words and tones, without colours or widths. */

import { podStatus } from '../objects/podstatus.ts';
import type { Absence, Lookup } from '../objects/snapshot.ts';
import { humanDuration, parseTime } from '../objects/time.ts';
import type { Claim, Class, Named, Pod, Service, Volume } from '../objects/types.ts';
import { podName, revisionHash } from '../statefulset/identity.ts';
import type { Storage } from '../statefulset/storage.ts';
import type { Member, Topology } from '../statefulset/topology.ts';
import type { Cell, Line, Tone } from './tree.ts';

export const columns = ['NAME', 'READY', 'STATUS', 'DETAIL', 'NODE', 'AGE'] as const;

/** @param now milliseconds since the epoch, for the AGE column */
export function outline(topology: Topology, now: number): Line {
  const { set, governingService, members } = topology;
  const { status } = set;
  const wanted = topology.wanted.end - topology.wanted.start;
  const ready = status?.readyReplicas ?? 0;
  return line(
    `StatefulSet/${set.metadata.name}`,
    {
      ready: status === undefined ? '' : `${ready}/${wanted}`,
      status: status === undefined ? absence('not given') : setStatus(ready, wanted),
      detail: setDetail(topology),
      age: age(set, now),
    },
    [...serviceLine(governingService), ...members.map((member) => memberLine(topology, member, now))],
  );
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
  const cells = [name, ready, status, detail, node, age].map((cell) =>
    typeof cell === 'string' ? { text: cell } : cell,
  );
  return { cells, children };
}

function age(object: Named, now: number): string {
  const created = object.metadata.creationTimestamp;
  return created === undefined || created === null ? '' : humanDuration(now - parseTime(created));
}

const absenceTones: Record<Absence, Tone> = { missing: 'bad', forbidden: 'warning', 'not given': 'faint' };

function absence(state: Absence): Cell {
  return { text: state, tone: absenceTones[state] };
}

function listed(...words: (string | undefined | false)[]): string {
  return words.filter((word) => word).join(', ');
}

function setStatus(ready: number, wanted: number): Cell {
  return ready >= wanted ? { text: 'Ready', tone: 'good' } : { text: 'NotReady', tone: 'warning' };
}

function setDetail({ set }: Topology): string {
  const revision = set.status?.updateRevision;
  return listed(
    set.spec?.updateStrategy?.type ?? 'RollingUpdate',
    set.spec?.podManagementPolicy ?? 'OrderedReady',
    revision && `revision ${revisionHash(set.metadata.name, revision)}`,
  );
}

function serviceLine(governing: Topology['governingService']): Line[] {
  if (governing === undefined) return [];
  const { name, service } = governing;
  const words: Words =
    service.state === 'found'
      ? { ...serviceKind(service.object), detail: listed('governing', ...ports(service.object)) }
      : { status: absence(service.state), detail: 'governing' };
  return [line(`Service/${name}`, words)];
}

function serviceKind({ spec }: Service): Words {
  if (spec?.clusterIP === 'None') return { status: 'headless' };
  // CoreDNS answers pod names here too, the DNS specification does not promise it.
  return { status: { text: spec?.type ?? 'ClusterIP', tone: 'warning' } };
}

function ports(service: Service): string[] {
  return (service.spec?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol ?? 'TCP'}`);
}

function memberLine(topology: Topology, member: Member, now: number): Line {
  const set = topology.set.metadata.name;
  const storage = member.storage.map((claim) => claimLine(claim, now));
  if (member.state === 'found') {
    const { pod } = member;
    return line(`Pod/${pod.metadata.name}`, { ...podWords(set, pod, member.wanted, now), age: age(pod, now) }, storage);
  }
  const { start, end } = member.ordinals;
  const name = end - start === 1 ? podName(set, start) : `${podName(set, start)}…${end - 1}`;
  const detail = end - start === 1 ? '' : `${end - start} pods`;
  return line(`Pod/${name}`, { status: absence(member.state), detail }, storage);
}

function podWords(set: string, pod: Pod, wanted: boolean, now: number): Words {
  const status = podStatus(pod);
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  const { restarts, lastRestart } = status;
  const since = lastRestart === undefined ? '' : ` (${humanDuration(now - parseTime(lastRestart))} ago)`;
  return {
    ready: `${status.ready}/${status.containers}`,
    status: pod.status === undefined ? absence('not given') : { text: status.word, ...podTone(status.word, status) },
    detail: listed(
      !wanted && 'condemned: outside the wanted ordinals',
      revision && `revision ${revisionHash(set, revision)}`,
      restarts > 0 && `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}${since}`,
    ),
    node: pod.spec?.nodeName ?? '',
  };
}

// The words under which a pod is on its way; any other that is not Running or Completed is trouble.
const transient = new Set([
  'Pending',
  'Terminating',
  'ContainerCreating',
  'PodInitializing',
  'NotReady',
  'SchedulingGated',
]);

function podTone(word: string, { ready, containers }: { ready: number; containers: number }): { tone?: Tone } {
  if (word === 'Running') return { tone: ready === containers ? 'good' : 'warning' };
  if (word === 'Completed' || word === 'Succeeded') return {};
  return { tone: transient.has(word) || /^Init:\d/.test(word) ? 'warning' : 'bad' };
}

function claimLine(storage: Storage, now: number): Line {
  const { claim, volume } = storage;
  const below = [...volumeLine(storage, now), ...(volume === undefined ? classLine(storage) : [])];
  const name = `PersistentVolumeClaim/${storage.name}`;
  const shared = storage.mountedBy > 1 ? `shared by ${storage.mountedBy} pods` : undefined;
  if (claim.state !== 'found') return line(name, { status: absence(claim.state), detail: shared ?? '' }, below);
  const detail = listed(claimSize(claim.object), shared, storage.origin === 'ephemeral volume' && 'goes with the pod');
  const words = {
    status: phaseCell(claim.object.status?.phase),
    detail: shared ? { text: detail, tone: 'warning' as const } : detail,
    age: age(claim.object, now),
  };
  return line(name, words, below);
}

function phaseCell(phase: string | undefined): Cell {
  if (phase === undefined) return absence('not given');
  if (phase === 'Bound') return { text: phase, tone: 'good' };
  return { text: phase, tone: phase === 'Lost' || phase === 'Failed' ? 'bad' : 'warning' };
}

const modes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function claimSize({ spec, status }: Claim): string {
  const size = status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'] ?? '';
  const accessModes = status?.accessModes ?? spec?.accessModes ?? [];
  return [size, ...accessModes.map((mode) => modes[mode] ?? mode)].filter(Boolean).join(' ');
}

function volumeLine(storage: Storage, now: number): Line[] {
  const { volume } = storage;
  if (volume === undefined) return [];
  const name = `PersistentVolume/${volume.name}`;
  const found = volume.volume;
  if (found.state !== 'found') return [line(name, { status: absence(found.state) }, classLine(storage))];
  const words = {
    status: phaseCell(found.object.status?.phase),
    detail: listed(found.object.spec?.persistentVolumeReclaimPolicy ?? 'Retain', volumeSource(found.object)),
    age: age(found.object, now),
  };
  return [line(name, words, classLine(storage))];
}

/** What serves a volume: the CSI driver, or the name of its built-in source (`hostPath`, `nfs`). */
function volumeSource({ spec }: Volume): string {
  if (spec?.csi) return `csi ${spec.csi.driver}`;
  return Object.keys(spec ?? {}).find((field) => volumeSources.has(field)) ?? '';
}

// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
const volumeSources = new Set([
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
]);

function classLine({ class: storageClass, volume }: Storage): Line[] {
  if (storageClass === undefined) return [];
  const name = `StorageClass/${storageClass.name}`;
  const words = classWords(storageClass.class, volume !== undefined);
  return [line(name, words)];
}

function classWords(found: Lookup<Class>, bound: boolean): Words {
  if (found.state === 'found') {
    const { provisioner, allowVolumeExpansion, volumeBindingMode } = found.object;
    return { detail: listed(provisioner, allowVolumeExpansion && 'expands', volumeBindingMode ?? 'Immediate') };
  }
  // A static volume and its claim are matched by a class name that needs no object; only a claim that waits needs one.
  if (found.state === 'missing' && bound) return { detail: 'static: no class of this name, and none is needed' };
  return { status: absence(found.state) };
}
