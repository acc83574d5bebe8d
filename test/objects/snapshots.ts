/** Snapshots of plain objects, as short as a test's point allows. */
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import { parseTime } from '#src/objects/time.ts';
import type {
  Budget,
  Claim,
  Class,
  Event,
  Named,
  Node,
  Pod,
  Service,
  StatefulSet,
  Volume,
} from '#src/objects/types.ts';

type Objects = {
  [Name in Exclude<keyof Snapshot, 'time'>]?: Snapshot[Name] extends Part<infer T> ? readonly T[] : never;
};

/** When the snapshots are read. */
export const time = parseTime('2026-03-09T12:00:00Z');

/**
 * A snapshot that was looked through in all its parts: what is not in `parts` is missing. Without `nodes`, those of the
 * pods are well.
 */
export function snapshotOf(parts: Objects): Snapshot {
  return {
    statefulSets: read(parts.statefulSets),
    services: read(parts.services),
    pods: read(parts.pods),
    claims: read(parts.claims),
    volumes: read(parts.volumes),
    classes: read(parts.classes),
    nodes: read(parts.nodes ?? nodesOf(parts.pods)),
    events: read(parts.events),
    time,
  };
}

/** A well node for each name that the pods give. */
export function nodesOf(pods: readonly Pod[] = []): Node[] {
  return [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))].map((name) => node(name));
}

export function read<T>(items: readonly T[] = []): Part<T> {
  return { items, others: 'missing' };
}

export function forbidden<T>(resource: string): Part<T> {
  return { items: [], others: 'forbidden', refusal: { verb: 'list', resource, message: 'no such right' } };
}

export const namespace = 'shop';

export function uidOf(kind: string, name: string): string {
  return `uid-${kind}-${name}`;
}

interface SetShape {
  replicas?: number;
  start?: number;
  /** Names of the claim templates. */
  templates?: readonly string[];
  /** Names of claims that the pod template mounts. */
  shared?: readonly string[];
  spec?: Partial<NonNullable<StatefulSet['spec']>>;
  /** Merged into the status of a set that is ready and up to date; null for a set without one. */
  status?: Partial<NonNullable<StatefulSet['status']>> | null;
  metadata?: Partial<StatefulSet['metadata']>;
}

/** A set whose governing Service has its name, of the revisions `NAME-1` (current and update). */
export function statefulSet(name: string, shape: SetShape = {}): StatefulSet {
  const { replicas = 1, start, templates = [], shared = [], spec, status, metadata } = shape;
  const labels = { app: name };
  const volumes = shared.map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: claim } }));
  const well = {
    observedGeneration: 1,
    replicas,
    readyReplicas: replicas,
    updatedReplicas: replicas,
    currentRevision: `${name}-1`,
    updateRevision: `${name}-1`,
  };
  return {
    ...named('StatefulSet', name, { namespace, generation: 1, ...metadata }),
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [], volumes } },
      volumeClaimTemplates: templates.map((template) => ({ metadata: { name: template } })),
      ...(start === undefined ? {} : { ordinals: { start } }),
      ...spec,
    },
    ...(status === null ? {} : { status: { ...well, ...status } }),
  };
}

export function headless(name: string): Service {
  return { ...named('Service', name, { namespace }), spec: { clusterIP: 'None', ports: [{ name: 'db', port: 5432 }] } };
}

interface PodShape {
  revision?: string;
  spec?: Partial<NonNullable<Pod['spec']>>;
  status?: NonNullable<Pod['status']> | null;
  metadata?: Partial<Pod['metadata']>;
}

/** The pod of `set` at `ordinal`, running and ready, with the claims that the controller would give it. */
export function podOf(set: StatefulSet, ordinal: number, shape: PodShape = {}): Pod {
  const { name, namespace: where, uid } = set.metadata;
  const { revision = set.status?.updateRevision, spec, metadata } = shape;
  const templates = (set.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name ?? '');
  const status = shape.status === undefined ? running : shape.status;
  return {
    ...named('Pod', `${name}-${ordinal}`, {
      ...(where === undefined ? {} : { namespace: where }),
      labels: {
        app: name,
        'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
        ...(revision === undefined ? {} : { 'controller-revision-hash': revision }),
      },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: uid ?? '', controller: true }],
      ...metadata,
    }),
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'db' }],
      volumes: [
        ...templates.map((template) => ({
          name: template,
          persistentVolumeClaim: { claimName: `${template}-${name}-${ordinal}` },
        })),
        ...(set.spec?.template?.spec?.volumes ?? []),
      ],
      ...spec,
    },
    ...(status === null ? {} : { status }),
  };
}

const running: NonNullable<Pod['status']> = {
  phase: 'Running',
  podIPs: [{ ip: '10.0.0.1' }],
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ name: 'db', ready: true, restartCount: 0, image: '', imageID: '', state: { running: {} } }],
};

/** RFC 3339, so many minutes before the time of the snapshots. */
export function ago(minutes: number): string {
  return new Date(time - minutes * 60_000).toISOString();
}

/** A budget over the pods of `web` that has counted three of them, all healthy, and wants all. */
export function budgetOf(
  spec: NonNullable<Budget['spec']>,
  status: Partial<NonNullable<Budget['status']>> = {},
  name = 'web',
): Budget {
  const counts = {
    observedGeneration: 1,
    expectedPods: 3,
    currentHealthy: 3,
    desiredHealthy: 3,
    disruptionsAllowed: 0,
    ...status,
  };
  const selector = { matchLabels: { app: 'web' } };
  return { metadata: { name, namespace, generation: 1 }, spec: { selector, ...spec }, status: counts };
}

export function crashing(restarts = 3): NonNullable<Pod['status']> {
  return {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'db',
        ready: false,
        restartCount: restarts,
        image: '',
        imageID: '',
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-02T03:04:05Z' } },
      },
    ],
  };
}

interface ClaimShape {
  size?: string;
  class?: string;
  spec?: Partial<NonNullable<Claim['spec']>>;
  status?: Partial<NonNullable<Claim['status']>>;
  metadata?: Partial<Claim['metadata']>;
}

/** A claim that is bound to the volume `pv-NAME` of the class `standard`. */
export function boundClaim(name: string, shape: ClaimShape = {}): Claim {
  const { size = '50Mi', class: storageClassName = 'standard', spec, status, metadata } = shape;
  return {
    ...named('PersistentVolumeClaim', name, { namespace, ...metadata }),
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeName: `pv-${name}`,
      storageClassName,
      resources: { requests: { storage: size } },
      ...spec,
    },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: size }, ...status },
  };
}

export function pendingClaim(name: string, shape: ClaimShape = {}): Claim {
  const { volumeName: _, ...spec } = boundClaim(name, shape).spec ?? {};
  return { ...boundClaim(name, shape), spec, status: { phase: 'Pending' } };
}

/** The volume that `claim` is bound to, made by a provisioner. */
export function volumeOf(claim: Claim, spec: Partial<NonNullable<Volume['spec']>> = {}): Volume {
  const { name, namespace: where, uid } = claim.metadata;
  const storage = claim.status?.capacity?.['storage'];
  return {
    ...named('PersistentVolume', claim.spec?.volumeName ?? `pv-${name}`, {
      annotations: { 'pv.kubernetes.io/provisioned-by': 'ebs.csi.aws.com' },
    }),
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      csi: { driver: 'ebs.csi.aws.com', volumeHandle: `vol-${name}` },
      claimRef: { name, ...(where === undefined ? {} : { namespace: where }), ...(uid === undefined ? {} : { uid }) },
      ...(storage === undefined ? {} : { capacity: { storage } }),
      ...spec,
    },
    status: { phase: 'Bound' },
  };
}

export function storageClass(name: string, shape: Partial<Class> = {}): Class {
  return { ...named('StorageClass', name, {}), provisioner: 'ebs.csi.aws.com', ...shape };
}

export function node(name: string, shape: Partial<Node> = {}): Node {
  return { ...named('Node', name, {}), status: { conditions: [{ type: 'Ready', status: 'True' }] }, ...shape };
}

/** A warning about `object`. */
export function warning(object: Named, reason: string, message: string): Event {
  const { name, uid } = object.metadata;
  return {
    ...named('Event', `${name}.1`, { namespace }),
    metadata: { name: `${name}.1`, namespace },
    type: 'Warning',
    reason,
    message,
    involvedObject: { name, ...(uid === undefined ? {} : { uid }) },
    lastTimestamp: '2026-01-02T03:04:05Z',
  };
}

function named(kind: string, name: string, metadata: Partial<Named['metadata']>): Named & { kind: string } {
  return { kind, metadata: { uid: uidOf(kind, name), creationTimestamp: '2026-01-01T00:00:00Z', ...metadata, name } };
}
