/** Objects in which every field that a tree reads has a value, for a fuzzer to spoil. */

const created = '2026-03-06T12:00:00Z';
const later = '2026-03-09T11:00:00Z';

function meta(kind: string, name: string, more: object = {}): object {
  return {
    name,
    namespace: 'shop',
    uid: `uid-${kind}-${name}`,
    labels: { app: 'db', 'controller-revision-hash': 'db-7c9d8', 'topology.kubernetes.io/zone': 'zone-a' },
    annotations: { 'volume.kubernetes.io/selected-node': 'node-1' },
    creationTimestamp: created,
    generation: 1,
    ...more,
  };
}

const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-StatefulSet-db', controller: true };

const affinity = {
  nodeSelectorTerms: [
    {
      matchExpressions: [
        { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-c'] },
        { key: 'size', operator: 'Gt', values: ['3'] },
      ],
      matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['node-9'] }],
    },
  ],
};

const volumes = [
  { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
  { name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: {}, spec: {} } } },
  { name: 'config', configMap: { name: 'db' } },
];

const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta('StatefulSet', 'db'),
  spec: {
    replicas: 4,
    serviceName: 'db',
    ordinals: { start: 0 },
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { volumes } },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
  },
  status: {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 2,
    updatedReplicas: 1,
    currentRevision: 'db-7c9d8',
    updateRevision: 'db-9f2e1',
  },
};

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('Service', 'db'),
  spec: { clusterIP: 'None', type: 'ClusterIP', ports: [{ name: 'db', port: 5432, protocol: 'TCP' }] },
};

/** Services that lead to one pod: pinned, with a pin that was undone, and without a pin. */
const leading = [
  ['pinned', 'statefulset.kubernetes.io/pod-name', 'db-0', 'db-0'],
  ['undone', 'tier', 'data', 'db-1'],
  ['per-pod', 'apps.kubernetes.io/pod-index', '2', undefined],
].map(([name = '', label = '', value, pod]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('Service', name, {
    ...(pod && {
      annotations: {
        'kubectl-sts/pin': JSON.stringify({ selector: { app: 'db' }, pod, set: 'db', since: created, user: 'ann' }),
      },
    }),
    managedFields: [
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        apiVersion: 'v1',
        time: later,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:selector': {} } },
      },
    ],
  }),
  spec: {
    clusterIP: '10.96.0.9',
    type: 'LoadBalancer',
    selector: { app: 'db', [label]: value },
    ports: [{ port: 5432 }],
  },
}));

const containers = {
  initContainers: [{ name: 'init', restartPolicy: 'Always' }],
  containers: [{ name: 'db', image: 'db' }],
};

const statuses = {
  initContainerStatuses: [{ name: 'init', ready: true, started: true, restartCount: 1, state: { running: {} } }],
  containerStatuses: [
    {
      name: 'db',
      ready: false,
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, signal: 9, reason: 'Error', finishedAt: later } },
    },
    { name: 'log', ready: false, restartCount: 1, state: { terminated: { exitCode: 1, signal: 9 } } },
  ],
};

const pods = [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('Pod', 'db-0', { ownerReferences: [set] }),
    spec: { nodeName: 'node-1', volumes, ...containers },
    status: {
      phase: 'Running',
      reason: 'NodeLost',
      podIPs: [{ ip: '10.0.0.1' }],
      conditions: [{ type: 'Ready', status: 'True' }],
      ...statuses,
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('Pod', 'db-1', { ownerReferences: [set], deletionTimestamp: later }),
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }], ...containers },
    status: { phase: 'Pending' },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('Pod', 'db-2', { ownerReferences: [set] }),
    spec: {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-2' } }],
      nodeSelector: { disk: 'ssd' },
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: affinity } },
      ...containers,
    },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node' }],
    },
  },
];

function claim(ordinal: number, more: object, status: object): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: meta('PersistentVolumeClaim', `data-db-${ordinal}`, more),
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '100Mi' } },
      storageClassName: 'standard',
      volumeMode: 'Block',
      volumeName: `volume-${ordinal}`,
      volumeAttributesClassName: 'gold',
    },
    status,
  };
}

const bound = {
  phase: 'Bound',
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '50Mi' },
  allocatedResourceStatuses: { storage: 'NodeResizePending' },
  conditions: [{ type: 'FileSystemResizePending', status: 'True' }],
  currentVolumeAttributesClassName: 'silver',
};

const claims = [
  claim(0, { deletionTimestamp: later }, bound),
  claim(1, {}, { phase: 'Pending' }),
  claim(2, {}, bound),
  claim(7, { ownerReferences: [set] }, bound),
];

const persistentVolumes = [0, 2].map((ordinal) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: meta('PersistentVolume', `volume-${ordinal}`, { namespace: undefined }),
  spec: {
    capacity: { storage: '60Mi' },
    persistentVolumeReclaimPolicy: 'Delete',
    csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-1' },
    claimRef: { namespace: 'shop', name: 'data-db-9', uid: 'uid-9' },
    nodeAffinity: { required: affinity },
  },
  status: { phase: 'Bound' },
}));

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard' },
  provisioner: 'ebs.csi.aws.com',
  allowVolumeExpansion: true,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', labels: { 'topology.kubernetes.io/zone': 'zone-c', size: '8' } },
  spec: { unschedulable: true },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};

const events = [
  { kind: 'StatefulSet', name: 'db' },
  { kind: 'PersistentVolumeClaim', name: 'data-db-1' },
].map(({ kind, name }) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.1`, namespace: 'shop' },
  type: 'Warning',
  reason: 'Failed',
  message: 'it failed',
  involvedObject: { kind, name, uid: `uid-${kind}-${name}` },
  series: { count: 2, lastObservedTime: later },
  lastTimestamp: later,
  eventTime: later,
  firstTimestamp: created,
}));

export const soundObjects: readonly object[] = [
  statefulSet,
  service,
  ...leading,
  ...pods,
  ...claims,
  ...persistentVolumes,
  storageClass,
  node,
  ...events,
];
