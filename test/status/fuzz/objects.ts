/**
 * A broken set with a pod for each kind of cause, and whatever a diagnosis reads about it, for a fuzzer to spoil. Its
 * credentials are where people put them: nobody may ever see them.
 */
import type { Facts } from '#src/status/model/nodefacts.ts';
import { ago } from '../../objects/snapshots.ts';

export const credential = 'correct-horse-battery-staple';

function meta(kind: string, name: string, more: object = {}): object {
  return {
    name,
    namespace: 'shop',
    uid: `uid-${kind}-${name}`,
    labels: { app: 'db', 'controller-revision-hash': 'db-2' },
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ env: [{ value: credential }] }),
    },
    creationTimestamp: ago(60),
    generation: 1,
    ...more,
  };
}

const container = {
  name: 'db',
  image: 'registry.example/db:1',
  command: ['/db', `--token=${credential}`],
  args: [credential],
  env: [{ name: 'PASSWORD', value: credential }],
  resources: { limits: { memory: '64Mi' } },
  readinessProbe: { exec: { command: ['check', credential] } },
  livenessProbe: { httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Authorization', value: credential }] } },
};

const template = {
  metadata: { labels: { app: 'db' }, annotations: { note: credential } },
  spec: { containers: [container] },
};

const set = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta('StatefulSet', 'db'),
  spec: {
    replicas: 11,
    serviceName: 'db',
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: 'db' } },
    template,
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
  },
  status: {
    observedGeneration: 1,
    replicas: 10,
    readyReplicas: 1,
    updatedReplicas: 10,
    currentRevision: 'db-1',
    updateRevision: 'db-2',
  },
};

const unready = [{ type: 'Ready', status: 'False', lastTransitionTime: ago(20) }];
const waiting = (reason: string, message: string) => ({ state: { waiting: { reason, message } } });
const ended = (exitCode: number, minutes: number) => ({
  lastState: {
    terminated: {
      ...{ exitCode, reason: 'Error', message: 'no such file' },
      ...{ startedAt: ago(minutes + 1), finishedAt: ago(minutes) },
    },
  },
});

/** What is wrong with each pod: its container's status, the warning about it, and other fields. */
const troubles: readonly { status?: object; warning?: [string, string]; spec?: object; metadata?: object }[] = [
  { status: { ...waiting('CrashLoopBackOff', 'back-off 5m0s restarting'), ...ended(1, 2), restartCount: 9 } },
  {
    status: waiting('ImagePullBackOff', 'Back-off pulling image "registry.example/db:1"'),
    warning: ['Failed', 'Failed to pull image "registry.example/db:1": not found'],
  },
  { status: waiting('CreateContainerConfigError', 'secret "db" not found') },
  {
    status: waiting('ContainerCreating', ''),
    warning: ['FailedMount', 'driver name ebs.example not found in the list of registered CSI drivers'],
  },
  {
    status: waiting('ContainerCreating', ''),
    warning: ['FailedAttachVolume', 'Multi-Attach error for volume "pv-4" Volume is already used by pod(s) old-0'],
  },
  { spec: { nodeName: undefined }, warning: ['FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.'] },
  { metadata: { deletionTimestamp: ago(10), finalizers: ['backup.example/keep'], deletionGracePeriodSeconds: 30 } },
  {
    status: {
      ...ended(137, 2),
      ready: true,
      started: true,
      restartCount: 4,
      state: { running: { startedAt: ago(2) } },
    },
    warning: ['Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 500'],
  },
  {
    status: { ready: false, started: true, state: { running: { startedAt: ago(9) } } },
    warning: ['Unhealthy', 'Readiness probe failed: connection refused'],
  },
  { spec: { nodeName: 'node-2' } },
];

const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'uid-StatefulSet-db', controller: true };

const pods = troubles.map(({ status = {}, spec, metadata }, ordinal) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta('Pod', `db-${ordinal}`, { ownerReferences: [owner], ...metadata }),
  spec: {
    nodeName: 'node-1',
    containers: [container],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: `data-db-${ordinal}` } },
      { name: 'secret', secret: { secretName: 'db' } },
    ],
    ...spec,
  },
  status: {
    phase: 'ready' in status ? 'Running' : 'Pending',
    conditions: 'ready' in status && status.ready === true ? [{ type: 'Ready', status: 'True' }] : unready,
    containerStatuses: [{ name: 'db', ready: false, restartCount: 0, ...status }],
  },
}));

const warnings = [
  ...troubles.flatMap(({ warning }, ordinal) => (warning ? [['Pod', `db-${ordinal}`, ...warning]] : [])),
  ['StatefulSet', 'db', 'FailedCreate', 'create Pod db-10 in StatefulSet db failed error: exceeded quota: small'],
].map(([kind = '', name = '', reason, message]) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.${reason}`, namespace: 'shop' },
  ...{ type: 'Warning', reason, message },
  involvedObject: { kind, name, namespace: 'shop', uid: `uid-${kind}-${name}`, fieldPath: 'spec.containers{db}' },
  ...{ firstTimestamp: ago(9), lastTimestamp: ago(2) },
}));

const claims = troubles.map((_, ordinal) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('PersistentVolumeClaim', `data-db-${ordinal}`),
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'standard', volumeName: `pv-${ordinal}` },
  status: { phase: ordinal === 5 ? 'Pending' : 'Bound' },
}));

const driver = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta('Pod', 'ebs-x', { labels: {} }),
  spec: {
    nodeName: 'node-1',
    containers: [{ ...container, args: ['--drivername=ebs.example', `--token=${credential}`] }],
    volumes: [{ name: 'registration', hostPath: { path: '/var/lib/kubelet/plugins_registry' } }],
  },
  status: pods[0]?.status,
};

const nodes = [
  ['node-1', { type: 'Ready', status: 'True' }],
  ['node-2', { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'no network' }],
].map(([name, ready]) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: {} },
  spec: { taints: [{ key: 'dedicated', value: 'x', effect: 'NoSchedule' }] },
  status: { conditions: [ready] },
}));

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: meta('Secret', 'db'), stringData: { a: credential } };

const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('PodDisruptionBudget', 'guard'),
  spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'db' } } },
  status: { observedGeneration: 1, expectedPods: 10, currentHealthy: 1, desiredHealthy: 10, disruptionsAllowed: 0 },
};

export const brokenObjects: readonly object[] = [
  set,
  ...pods,
  ...warnings,
  ...claims,
  driver,
  ...nodes,
  secret,
  budget,
];

export const facts: Omit<Facts, 'pods'> = {
  attachments: { items: [{ volume: 'pv-4', node: 'node-2' }], others: 'missing' },
  drivers: { items: [{ node: 'node-1', drivers: ['nfs.example'] }], others: 'missing' },
  managed: undefined,
  passedOver: [],
};
