/** The sets whose screens docs/screens.md shows, with all that a cluster would hold of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Budget, Claim, EndpointSlice, Named, Pod, Service, StatefulSet, Volume } from '#src/objects/types.ts';
import { pinAnnotation, writeRecord } from '#src/pin/model/record.ts';
import { podNameLabel } from '#src/statefulset/identity.ts';
import {
  ago,
  boundClaim,
  headless,
  namespace,
  node,
  podOf,
  statefulSet,
  storageClass,
  volumeOf,
  warning,
} from '../objects/snapshots.ts';
import { checkout } from '../runner/files.ts';

export interface ShownSet {
  /** Its name. */
  name: string;
  /** What is to be seen. */
  title: string;
  /** By plural. */
  objects: readonly (readonly [plural: string, object: Named])[];
  /** Addresses that the second DNS server gives in place of a pod's own. */
  stale: ReadonlyMap<string, string>;
  /** What is behind `kubectl sts roll NAME`. */
  roll: string;
  /** Why the API server admits no eviction. */
  budget?: string;
  /** What comes back when a pod goes. Then the roll alone is shown. */
  successor?: Pod;
}

const created = ago(3 * 24 * 60);

export function shownSets(): ShownSet[] {
  return [productsDb(), ordersDatabase(), sharedDb(), stopped()];
}

function productsDb(): ShownSet {
  const set = fromExample('products-db/statefulset.yaml');
  const pods = [0, 1].map((ordinal) => member(set, ordinal));
  const services = [governing('products-db'), pinned('products-db-lb', set, 1)];
  return {
    name: 'products-db',
    title: 'A healthy set: [products-db](../examples/products-db)',
    objects: objectsOf(set, pods, ownClaims(pods), services),
    stale: new Map(),
    roll: '--dry-run=client --last 1',
  };
}

/** A pod that a roll restarts, and that crashes since. */
function stopped(): ShownSet {
  const shown = productsDb();
  const broken = member(fromExample('products-db/statefulset.yaml'), 1, { isWell: false });
  return {
    ...shown,
    title: 'A roll that stops, in lines as in a pipe',
    roll: '--timeout 60s',
    successor: { ...broken, metadata: { ...broken.metadata, uid: 'another' } },
  };
}

/** An update that does not get through. */
function ordersDatabase(): ShownSet {
  const name = 'orders-database-eu-production';
  const [old, update] = [`${name}-5d8f7b6c94`, `${name}-6c9f8d7b65`];
  const set = statefulSet(name, {
    replicas: 3,
    templates: ['data', 'write-ahead-log'],
    status: {
      ...{ currentRevision: old, updateRevision: update, replicas: 3 },
      ...{ readyReplicas: 2, availableReplicas: 2, currentReplicas: 1, updatedReplicas: 2 },
    },
    metadata: { creationTimestamp: created },
  });
  const broken = member(set, 1, { isWell: false });
  const pods = [member(set, 0, { revision: old }), broken, member(set, 2)];
  const restarts = `back-off 5m0s restarting failed container=postgres pod=${broken.metadata.name}_shop`;
  const budget: Budget = {
    metadata: { name, namespace, creationTimestamp: created },
    spec: { minAvailable: 2, selector: { matchLabels: { app: name } } },
    status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3, observedGeneration: 1 },
  };
  return {
    name,
    title: 'A set in trouble: an update that does not get through, and a DNS server that lags',
    objects: [
      ...objectsOf(set, pods, ownClaims(pods), [
        governing(name),
        pinned(`${name}-external`, set, 1),
        undone(`${name}-reporting`, set, 0),
      ]),
      ['poddisruptionbudgets', budget],
      ['events', { ...warning(broken, 'BackOff', restarts), lastTimestamp: ago(2) } as Named],
    ],
    stale: new Map([[`${name}-2`, '10.244.3.77']]),
    roll: '--dry-run=client',
  };
}

function sharedDb(): ShownSet {
  const set = fromExample('shared-claim/shared.yaml');
  const pods = [0, 1, 2].map((ordinal) => member(set, ordinal));
  const claim = boundClaim('db-vol-claim', {
    spec: { volumeName: volumeName(7) },
    metadata: { creationTimestamp: created },
  });
  return {
    name: 'shared-db',
    title: 'A set whose pods share one claim, and a budget that lets none go: [shared-claim](../examples/shared-claim)',
    objects: objectsOf(set, pods, [claim], [governing('shared-db')]),
    stale: new Map(),
    roll: '--dry-run=server --ordinals 1,2',
    budget: 'The disruption budget shared-db needs 3 healthy pods and has 3 currently',
  };
}

/** The set of an example as it stands in a cluster, all well. */
function fromExample(file: string): StatefulSet {
  const documents = loadAll(readFileSync(join(checkout, 'examples', file), 'utf8')) as (StatefulSet & {
    kind: string;
  })[];
  const [found] = documents.filter(({ kind }) => kind === 'StatefulSet');
  if (found === undefined) throw new Error(`no StatefulSet in ${file}`);
  const { name } = found.metadata;
  const { status, metadata } = statefulSet(name, {
    replicas: found.spec?.replicas ?? 1,
    status: { currentRevision: `${name}-5d8f7b6c94`, updateRevision: `${name}-5d8f7b6c94` },
    metadata: { creationTimestamp: created },
  });
  return { ...found, metadata, ...(status && { status }) };
}

function volume(claim: Claim): Volume {
  const made = volumeOf(claim);
  return { ...made, metadata: { ...made.metadata, creationTimestamp: created } };
}

function addressOf(ordinal: number): string {
  return `10.244.${ordinal + 1}.${17 + ordinal}`;
}

function member(set: StatefulSet, ordinal: number, { isWell = true, revision = '' } = {}): Pod {
  const pod = `${set.metadata.name}-${ordinal}`;
  const made = podOf(set, ordinal, {
    ...(revision && { revision }),
    spec: {
      ...{ nodeName: `worker-${ordinal + 1}`, hostname: pod, subdomain: set.spec?.serviceName ?? '' },
      containers: [{ name: 'postgres' }],
    },
  });
  const container = { name: 'postgres', restartCount: isWell ? 0 : 17, image: '', imageID: '' };
  return {
    ...made,
    metadata: { ...made.metadata, creationTimestamp: ago(isWell ? 2 * 24 * 60 : 55) },
    status: {
      phase: 'Running',
      podIPs: [{ ip: addressOf(ordinal) }],
      conditions: [{ type: 'Ready', status: isWell ? 'True' : 'False', lastTransitionTime: ago(50) }],
      containerStatuses: [
        isWell
          ? { ...container, ready: true, state: { running: {} } }
          : {
              ...container,
              ready: false,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 1, finishedAt: ago(3) } },
            },
      ],
    },
  };
}

function volumeName(nth: number): string {
  return `pvc-1e978d3f-5d32-4135-b27a-5e4e588442${String(nth).padStart(2, '0')}`;
}

function ownClaims(pods: readonly Pod[]): Claim[] {
  const names = pods.flatMap(({ spec }) => (spec?.volumes ?? []).map((each) => each.persistentVolumeClaim?.claimName));
  return names
    .filter((name) => name !== undefined)
    .map((name, nth) =>
      boundClaim(name, { spec: { volumeName: volumeName(nth) }, metadata: { creationTimestamp: created } }),
    );
}

function governing(name: string): Service {
  const { metadata, spec } = headless(name);
  return {
    metadata: { ...metadata, creationTimestamp: created },
    spec: { ...spec, selector: { app: name }, ipFamilies: ['IPv4'] },
  };
}

function pinned(name: string, set: StatefulSet, ordinal: number): Service {
  const selector = { app: set.metadata.name };
  const pod = `${set.metadata.name}-${ordinal}`;
  const record = {
    selector,
    pod,
    set: set.metadata.name,
    since: ago(30).replace(/\.\d+/, ''),
    user: 'ada',
    owners: [],
  };
  return {
    metadata: {
      ...{ name, namespace, creationTimestamp: created },
      annotations: { [pinAnnotation]: writeRecord(record) },
    },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.20',
      selector: { ...selector, [podNameLabel]: pod },
      ports: [{ port: 5432 }],
    },
  };
}

/** Somebody took the pod out of the selector again. */
function undone(name: string, set: StatefulSet, ordinal: number): Service {
  const service = pinned(name, set, ordinal);
  return { ...service, spec: { ...service.spec, selector: { app: set.metadata.name } } };
}

function objectsOf(
  set: StatefulSet,
  pods: readonly Pod[],
  claims: readonly Claim[],
  services: readonly Service[],
): ShownSet['objects'] {
  const ready = pods.filter(({ status }) => status?.conditions?.some(({ status: is }) => is === 'True'));
  const slice: EndpointSlice = {
    addressType: 'IPv4',
    metadata: {
      ...{ name: `${set.metadata.name}-abcde`, namespace },
      labels: { 'kubernetes.io/service-name': set.spec?.serviceName ?? '' },
    },
    ports: [{ name: 'db', port: 5432, protocol: 'TCP' }],
    endpoints: ready.map(({ metadata, status }) => ({
      addresses: [status?.podIPs?.[0]?.ip ?? ''],
      hostname: metadata.name,
      conditions: { ready: true },
    })),
  };
  const all = (plural: string, objects: readonly Named[]) => objects.map((object) => [plural, object] as const);
  return [
    ...all('statefulsets', [set]),
    ...all('services', services),
    ...all('pods', pods),
    ...all('persistentvolumeclaims', claims),
    ...all('persistentvolumes', claims.map(volume)),
    ...all('storageclasses', [storageClass('standard')]),
    ...all(
      'nodes',
      pods.map(({ spec }) => node(spec?.nodeName ?? '')),
    ),
    ...all('endpointslices', [slice]),
  ];
}
