/** StatefulSets in the states that every format must be able to tell. */
import { notGiven, type Snapshot } from '#src/objects/snapshot.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import {
  boundClaim,
  crashing,
  forbidden,
  headless,
  node,
  pendingClaim,
  podOf,
  snapshotOf,
  statefulSet,
  storageClass,
  volumeOf,
  warning,
} from '../../objects/snapshots.ts';

const standard = storageClass('standard', { volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true });

/** Two pods with a claim each, as they should be. */
export function well(): Snapshot {
  const set = statefulSet('web', { replicas: 2, templates: ['data'] });
  const claims = ['data-web-0', 'data-web-1'].map((name) => boundClaim(name));
  return snapshotOf({
    statefulSets: [set],
    services: [headless('web')],
    pods: [podOf(set, 0), podOf(set, 1)],
    claims,
    volumes: claims.map((claim) => volumeOf(claim)),
    classes: [standard],
  });
}

/** Scaled from three pods to one: one claim stays, one goes with the set. */
export function scaledDown(): Snapshot {
  const set = statefulSet('web', { replicas: 1, templates: ['data'] });
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: set.metadata.uid ?? '' };
  const claims = [
    boundClaim('data-web-0'),
    boundClaim('data-web-1'),
    boundClaim('data-web-2', { metadata: { ownerReferences: [owner] } }),
  ];
  const volumes = claims.map((claim) => volumeOf(claim));
  return snapshotOf({
    statefulSets: [set],
    services: [headless('web')],
    pods: [podOf(set, 0)],
    claims,
    volumes,
    classes: [standard],
  });
}

/** Three pods on one claim, whose volume was made by hand. */
export function shared(): Snapshot {
  const set = statefulSet('web', { replicas: 3, shared: ['files'] });
  const claim = boundClaim('files', { class: 'manual' });
  const volume = volumeOf(claim, { hostPath: { path: '/data' } });
  delete volume.spec?.csi;
  return snapshotOf({
    statefulSets: [set],
    services: [headless('web')],
    pods: [0, 1, 2].map((ordinal) => podOf(set, ordinal)),
    claims: [claim],
    volumes: [volume],
  });
}

/** The pod at ordinal 0 is broken in the older revision; those behind it are not made. */
export function stuck(): Snapshot {
  const set = statefulSet('web', { replicas: 3, status: { updateRevision: 'web-2', replicas: 1, readyReplicas: 0 } });
  return snapshotOf({
    statefulSets: [set],
    pods: [podOf(set, 0, { revision: 'web-1', status: crashing() })],
    events: [warning(set, 'FailedCreate', 'quota "pods" exceeded')],
  });
}

/** All that can be wrong with claims, and a pod that no node takes. */
export function troubledStorage(): Snapshot {
  const set = statefulSet('web', {
    replicas: 8,
    start: 5,
    templates: ['data'],
    status: { readyReplicas: 0 },
    spec: { podManagementPolicy: 'Parallel', updateStrategy: { rollingUpdate: { partition: 2 } } },
  });
  const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['eu-1a'] };
  const unscheduled = {
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
    ],
  };
  const going = boundClaim('data-web-5', { metadata: { deletionTimestamp: '2026-01-02T00:00:00Z' } });
  const elsewhere = boundClaim('data-web-6');
  const resizing = boundClaim('data-web-7', {
    spec: { resources: { requests: { storage: '1Gi' } }, volumeMode: 'Block', volumeAttributesClassName: 'fast' },
    status: { conditions: [{ type: 'FileSystemResizePending', status: 'True' }] },
  });
  const failed = boundClaim('data-web-8', {
    spec: { resources: { requests: { storage: '2Gi' } } },
    status: { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } },
  });
  const lost = boundClaim('data-web-9', { status: { phase: 'Lost' } });
  const late = pendingClaim('data-web-10');
  const unknownClass = pendingClaim('data-web-11', { class: 'gone' });
  const told = pendingClaim('data-web-12', { class: 'slow' });
  return snapshotOf({
    statefulSets: [set],
    services: [headless('web')],
    pods: [
      podOf(set, 5),
      podOf(set, 6, { status: unscheduled, spec: { nodeName: '' } }),
      ...[7, 8, 9, 10, 11, 12].map((ordinal) => podOf(set, ordinal)),
      podOf(set, 99),
    ],
    claims: [going, elsewhere, resizing, failed, lost, late, unknownClass, told],
    volumes: [
      volumeOf(going),
      volumeOf(elsewhere, { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [zone] }] } } }),
      volumeOf(resizing, { claimRef: { namespace: 'other', name: 'thief' } }),
    ],
    classes: [standard, storageClass('slow')],
    nodes: [
      node('node-1', { metadata: { name: 'node-1', labels: { [zone.key]: 'eu-1a' } }, spec: { unschedulable: true } }),
    ],
    events: [warning(told, 'ProvisioningFailed', 'no space')],
  });
}

/** Who may read StatefulSets and pods only. */
export function littleAllowed(): Snapshot {
  return {
    ...well(),
    services: forbidden('services'),
    claims: forbidden('persistentvolumeclaims'),
    volumes: forbidden('persistentvolumes'),
    classes: forbidden('storageclasses.storage.k8s.io'),
  };
}

/** A manifest that nobody has applied yet. */
export function manifest(): Snapshot {
  const set = statefulSet('web', { replicas: 3, templates: ['data'], status: null, metadata: { generation: 0 } });
  const { uid: _, namespace: __, ...metadata } = set.metadata;
  const all = snapshotOf({});
  const nothing = Object.fromEntries(Object.keys(all).map((part) => [part, notGiven])) as unknown as Snapshot;
  return { ...nothing, statefulSets: { items: [{ ...set, metadata }], others: 'not given' } };
}

/** The node of one pod is gone, that of the other does not answer. */
export function lostNodes(): Snapshot {
  const set = statefulSet('web', { replicas: 2, status: { readyReplicas: 0 } });
  const pods = ['gone', 'silent'].map((nodeName, ordinal) => {
    const pod = podOf(set, ordinal, { spec: { nodeName } });
    return { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: 'False' }] } };
  });
  const silent = node('silent', { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
  return snapshotOf({ statefulSets: [set], services: [headless('web')], pods, nodes: [silent] });
}

/** Services that lead to one pod: pinned, with an annotation that cannot be read, with a pin that was undone, per pod. */
export function pinned(): Snapshot {
  const set = statefulSet('web', { replicas: 1 });
  const forWeb0 = { app: 'web', 'statefulset.kubernetes.io/pod-name': 'web-0' };
  const service = (name: string, selector: Record<string, string>, metadata: object = {}) => ({
    ...headless(name),
    metadata: { ...headless(name).metadata, ...metadata },
    spec: { type: 'LoadBalancer', selector },
  });
  const noted = (pin: string) => ({ annotations: { 'kubectl-sts/pin': pin } });
  const record = { version: 1, pod: 'web-0', selector: { app: 'web' }, since: '2026-01-02T03:04:05Z', user: 'ann' };
  const fieldsV1 = { 'f:spec': { 'f:selector': {} } };
  const editor = {
    manager: 'kubectl-edit',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-03T12:04:00Z',
    fieldsV1,
  };
  return snapshotOf({
    statefulSets: [set],
    services: [
      headless('web'),
      service('ours', forWeb0, noted(JSON.stringify(record))),
      service('odd', forWeb0, noted('what')),
      service('lost', { app: 'web' }, { ...noted(JSON.stringify(record)), managedFields: [editor] }),
      service('broker-0', forWeb0),
      service('broker-1', { app: 'web', 'apps.kubernetes.io/pod-index': '1' }),
    ],
    pods: [podOf(set, 0, { metadata: { labels: { ...forWeb0, 'controller-revision-hash': 'web-1' } } })],
  });
}

/** 10,000 wanted and none there. */
export function nobodyThere(): Snapshot {
  const set = statefulSet('web', { replicas: 10_000, templates: ['data'], status: { replicas: 0, readyReplicas: 0 } });
  return snapshotOf({ statefulSets: [set] });
}

/** Template `a-b` of set `c` and template `a` of set `b-c` want the same claim. */
export function twoSetsOneClaim(): Snapshot {
  const [c, bc] = [statefulSet('c', { templates: ['a-b'] }), statefulSet('b-c', { templates: ['a'] })];
  const claim = boundClaim('a-b-c-0');
  return snapshotOf({
    statefulSets: [c, bc],
    pods: [podOf(c, 0), podOf(bc, 0)],
    claims: [claim],
    volumes: [volumeOf(claim)],
    classes: [standard],
  });
}

export const scenarios: Record<string, Snapshot> = {
  'as it should be': well(),
  'scaled down': scaledDown(),
  'on one claim': shared(),
  'stuck on a broken revision': stuck(),
  'with troubled storage': troubledStorage(),
  'of which little may be read': littleAllowed(),
  'in a manifest': manifest(),
  'of 10,000 pods of which none is there': nobodyThere(),
  'that shares a claim with another one': twoSetsOneClaim(),
  'on lost nodes': lostNodes(),
  'with pinned Services': pinned(),
  'that is missing': snapshotOf({}),
};

/** All sets of `snapshot`. */
export function told(snapshot: Snapshot): Topology[] {
  return topologies(snapshot, snapshot.statefulSets.items);
}
