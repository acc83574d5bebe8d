/** A topology as a document for programs. Its shape is described in docs/output.md: fields are added, never renamed. */
import { podStatus } from '../objects/podstatus.ts';
import type { Absence, Lookup } from '../objects/snapshot.ts';
import { podName } from '../statefulset/identity.ts';
import type { Storage } from '../statefulset/storage.ts';
import type { Member, Topology } from '../statefulset/topology.ts';

export const apiVersion = 'kubectl-sts/v1';

/** @param single whether exactly one set was asked for by name: then it stands alone, else in a list */
export function treeDocument(topologies: readonly Topology[], single: boolean): object {
  const [only] = topologies;
  if (single && only) return { apiVersion, kind: 'StatefulSetTree', ...tree(only) };
  return { apiVersion, kind: 'StatefulSetTreeList', items: topologies.map(tree) };
}

/** JSON in which no character can act on a terminal: those are escaped, and mean the same to every parser. */
export function jsonText(document: object): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replace(notAscii, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

const notAscii = /[\u007f-\uffff]/g;

function tree({ set, wanted, governingService, members }: Topology): object {
  const { name, namespace, uid } = set.metadata;
  return {
    metadata: { name, namespace, uid },
    ordinals: { start: wanted.start, replicas: wanted.end - wanted.start },
    readyReplicas: set.status?.readyReplicas,
    updateStrategy: set.spec?.updateStrategy?.type ?? 'RollingUpdate',
    podManagementPolicy: set.spec?.podManagementPolicy ?? 'OrderedReady',
    currentRevision: set.status?.currentRevision,
    updateRevision: set.status?.updateRevision,
    governingService:
      governingService &&
      looked(governingService.name, governingService.service, ({ spec }) => ({ clusterIP: spec?.clusterIP })),
    pods: members.map((member) => memberDocument(name, member)),
  };
}

/** An object that was looked for: its name, whether it was found or why not, and what it says when it was. */
function looked<T>(name: string, lookup: Lookup<T>, fields: (object: T) => object): object {
  const { state } = lookup;
  return { name, state: stateWord(state), ...(lookup.state === 'found' ? fields(lookup.object) : {}) };
}

function stateWord(state: Absence | 'found'): string {
  return state === 'not given' ? 'notGiven' : state;
}

function memberDocument(set: string, member: Member): object {
  const claims = member.storage.map(claimDocument);
  if (member.state !== 'found') {
    const { start, end } = member.ordinals;
    const state = stateWord(member.state);
    return end - start === 1
      ? { name: podName(set, start), ordinal: start, state, wanted: true, claims }
      : { ordinals: { start, replicas: end - start }, state, wanted: true };
  }
  const { pod, ordinal, wanted } = member;
  const { word, ready, containers, restarts, lastRestart } = podStatus(pod);
  return {
    name: pod.metadata.name,
    ordinal,
    state: 'found',
    wanted,
    uid: pod.metadata.uid,
    status: word || undefined,
    readyContainers: ready,
    containers,
    restarts,
    lastRestart,
    revision: pod.metadata.labels?.['controller-revision-hash'],
    node: pod.spec?.nodeName,
    claims,
  };
}

function claimDocument(storage: Storage): object {
  const origins = { 'claim template': 'claimTemplate', 'pod template': 'podTemplate', 'ephemeral volume': 'ephemeral' };
  return {
    ...looked(storage.name, storage.claim, ({ metadata, spec, status }) => ({
      uid: metadata.uid,
      phase: status?.phase,
      capacity: status?.capacity?.['storage'],
      requested: spec?.resources?.requests?.['storage'],
      accessModes: status?.accessModes ?? spec?.accessModes,
    })),
    origin: origins[storage.origin],
    mountedBy: storage.mountedBy,
    volume:
      storage.volume &&
      looked(storage.volume.name, storage.volume.volume, ({ spec, status }) => ({
        phase: status?.phase,
        capacity: spec?.capacity?.['storage'],
        reclaimPolicy: spec?.persistentVolumeReclaimPolicy,
        driver: spec?.csi?.driver,
      })),
    storageClass:
      storage.class &&
      looked(storage.class.name, storage.class.class, ({ provisioner, allowVolumeExpansion, volumeBindingMode }) => ({
        provisioner,
        allowVolumeExpansion: allowVolumeExpansion ?? false,
        volumeBindingMode: volumeBindingMode ?? 'Immediate',
      })),
  };
}
