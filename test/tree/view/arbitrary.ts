/** Snapshots that no API server would give out: hostile names, fields that are absent or odd, references to anything. */
import fc from 'fast-check';
import type { Part, Snapshot } from '#src/objects/snapshot.ts';
import { parseTime } from '#src/objects/time.ts';
import type { Claim, Class, Event, Named, Node, Pod, Service, StatefulSet, Volume } from '#src/objects/types.ts';
import { anyText } from '../../properties.ts';

/** What has broken one language or another. */
export const nasty = [
  '"',
  '\\',
  '"]; n0 --> n1; x["',
  '\\" ]; evil [label="',
  '%%{init: {"theme":"dark"}}%%',
  '%% comment',
  '`markdown`',
  'end',
  'style: a:#123;',
  '#quot;#35;',
  '&lt;b&gt;&amp;',
  '<script>alert(1)</script>',
  '</br>',
  '{{}}[[]](())|',
  'line\nbreak\r\n',
  '\u001b[31mred\u001b[0m',
  '\u009b31m',
  '\u202ereversed',
  '\u2066isolate\u2069',
  '\u200bzero\ufeff',
  '\u2028\u2029',
  '😀é한',
  '\ud800',
  '- a: b # c',
  '---',
  'yes',
  '1e3',
  '',
  ' ',
];

const text = fc.oneof(fc.constantFrom(...nasty), anyText({ maxLength: 12 }));
// Few names, so that objects meet.
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('web', 'a-b', 'c', 'b-c') },
  { weight: 1, arbitrary: text },
);
const numbered = fc.tuple(name, fc.integer({ min: -1, max: 7 })).map(([base, ordinal]) => `${base}-${ordinal}`);
const claimName = fc.oneof(
  fc.tuple(name, numbered).map((parts) => parts.join('-')),
  name,
);
const time = fc.oneof(fc.constant('2026-01-02T03:04:05Z'), text);
const quantity = fc.oneof(fc.constantFrom('50Mi', '1Gi', '1e999', '0', '-1', '100m', '1e3'), text);
const phase = fc.oneof(fc.constantFrom('Pending', 'Bound', 'Lost', 'Running', 'Released', 'Failed'), text);
const truth = fc.constantFrom('True', 'False', 'Unknown');
const revision = fc.oneof(fc.constantFrom('web-1', 'web-2'), text);
const count = fc.integer({ min: 0, max: 9 });

/** An object of which any field may be absent. */
function some<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

function metadata(names: fc.Arbitrary<string>, namespaced: boolean): fc.Arbitrary<Named['metadata']> {
  const owner = fc.record({
    apiVersion: fc.constant('apps/v1'),
    kind: fc.constantFrom('StatefulSet', 'Pod'),
    name,
    uid: name.map((each) => `uid-${each}`),
    controller: fc.boolean(),
  });
  const optional = {
    ...(namespaced ? { namespace: fc.constantFrom('shop', 'other') } : {}),
    creationTimestamp: time,
    deletionTimestamp: time,
    generation: count,
    ownerReferences: fc.array(owner, { maxLength: 2 }),
    labels: fc.dictionary(fc.constantFrom('app', 'controller-revision-hash'), revision),
  };
  return fc
    .tuple(names, fc.boolean(), some(optional))
    .map(
      ([own, hasUid, rest]) => ({ ...rest, ...(hasUid ? { uid: `uid-${own}` } : {}), name: own }) as Named['metadata'],
    );
}

function objects<T extends Named>(
  names: fc.Arbitrary<string>,
  fields: Record<string, fc.Arbitrary<unknown>>,
  namespaced = true,
): fc.Arbitrary<T[]> {
  const object = fc
    .tuple(metadata(names, namespaced), some(fields as Record<string, fc.Arbitrary<unknown>>))
    .map(([meta, rest]) => ({ metadata: meta, ...rest }) as unknown as T);
  return fc.array(object, { maxLength: 5 });
}

function part<T extends Named>(items: fc.Arbitrary<T[]>): fc.Arbitrary<Part<T>> {
  const refusal = { verb: 'list', resource: 'things', message: 'no' };
  return fc.tuple(items, fc.constantFrom('missing', 'not given', 'forbidden')).map(([all, others]): Part<T> => {
    return others === 'forbidden' ? { items: all, others, refusal } : { items: all, others };
  });
}

const mounts = fc.array(
  fc.oneof(
    fc.record({ name, persistentVolumeClaim: fc.record({ claimName }) }),
    fc.record({ name, ephemeral: fc.constant({}) }),
    fc.record({ name, emptyDir: fc.constant({}) }),
  ),
  { maxLength: 3 },
);

const conditions = fc.array(
  fc.record({
    type: fc.constantFrom('Ready', 'PodScheduled', 'Resizing', 'FileSystemResizePending', 'Initialized'),
    status: truth,
    reason: fc.oneof(fc.constant('Unschedulable'), text),
    message: text,
  }),
  { maxLength: 3 },
);

const containerStatuses = fc.array(
  fc.record({
    name: text,
    ready: fc.boolean(),
    restartCount: count,
    state: fc.oneof(
      fc.constant({ running: {} }),
      fc.record({ waiting: fc.record({ reason: text }) }),
      fc.record({ terminated: fc.record({ exitCode: count, reason: text, finishedAt: time }) }),
    ),
    lastState: some({ terminated: fc.record({ exitCode: count, finishedAt: time }) }),
  }),
  { maxLength: 2 },
);

const selector = fc.record({
  nodeSelectorTerms: fc.array(
    some({
      matchExpressions: fc.array(
        fc.record({
          key: fc.constantFrom('topology.kubernetes.io/zone', 'kubernetes.io/hostname'),
          operator: fc.constantFrom('In', 'NotIn', 'Exists'),
          values: fc.array(text, { maxLength: 2 }),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});

const storage = some({ storage: quantity });

const statefulSets = objects<StatefulSet>(name, {
  spec: some({
    replicas: count,
    serviceName: name,
    ordinals: some({ start: count }),
    podManagementPolicy: fc.constantFrom('Parallel', 'OrderedReady'),
    updateStrategy: some({
      type: fc.constantFrom('OnDelete', 'RollingUpdate'),
      rollingUpdate: some({ partition: count }),
    }),
    selector: some({ matchLabels: fc.dictionary(fc.constant('app'), revision) }),
    template: some({ spec: some({ volumes: mounts }) }),
    volumeClaimTemplates: fc.array(some({ metadata: some({ name }) }), { maxLength: 2 }),
  }),
  status: some({
    observedGeneration: fc.integer({ min: 0, max: 20 }),
    replicas: count,
    readyReplicas: count,
    updatedReplicas: count,
    currentRevision: revision,
    updateRevision: revision,
  }),
});

const pods = objects<Pod>(numbered, {
  spec: some({ nodeName: text, containers: fc.array(fc.record({ name: text }), { maxLength: 2 }), volumes: mounts }),
  status: some({
    phase,
    reason: text,
    conditions,
    containerStatuses,
    podIPs: fc.array(some({ ip: text }), { maxLength: 2 }),
  }),
});

const claims = objects<Claim>(claimName, {
  spec: some({
    volumeName: name,
    storageClassName: name,
    accessModes: fc.array(text, { maxLength: 2 }),
    volumeMode: fc.constantFrom('Block', 'Filesystem'),
    volumeAttributesClassName: text,
    resources: some({ requests: storage }),
  }),
  status: some({
    phase,
    capacity: storage,
    conditions,
    allocatedResourceStatuses: fc.constant({ storage: 'NodeResizeInfeasible' }),
    currentVolumeAttributesClassName: text,
  }),
});

const volumes = objects<Volume>(
  name,
  {
    spec: some({
      capacity: storage,
      persistentVolumeReclaimPolicy: text,
      csi: some({ driver: text, volumeHandle: text }),
      nfs: fc.constant({}),
      claimRef: some({ namespace: text, name: claimName }),
      nodeAffinity: some({ required: selector }),
    }),
    status: some({ phase }),
  },
  false,
);

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const serviceSelector = fc.dictionary(
  fc.constantFrom('app', podNameLabel, 'apps.kubernetes.io/pod-index'),
  fc.oneof(numbered, revision, fc.constant('0')),
);
const pinRecord = fc.record({ selector: serviceSelector, pod: numbered, since: time, user: text });
const pinNote = fc.option(
  fc.oneof(
    pinRecord.map((record) => JSON.stringify(record)),
    text,
  ),
  { nil: undefined },
);
const writer = fc.record({
  manager: text,
  operation: fc.constantFrom('Apply', 'Update'),
  apiVersion: fc.constant('v1'),
  time,
  fieldsV1: fc.constantFrom({ 'f:spec': { 'f:selector': {} } }, {}),
});

/** Services that may lead to one pod, with or without a pin. */
const services = fc
  .tuple(
    objects<Service>(name, {
      spec: some({
        type: text,
        clusterIP: fc.constantFrom('None', '10.0.0.1', ''),
        selector: serviceSelector,
        ports: fc.array(some({ name: text, port: count, protocol: text }), { maxLength: 2 }),
      }),
    }),
    pinNote,
    fc.array(writer, { maxLength: 2 }),
  )
  .map(([all, note, managedFields]) =>
    all.map((service) => ({
      ...service,
      metadata: {
        ...service.metadata,
        managedFields,
        ...(note !== undefined && { annotations: { 'kubectl-sts/pin': note } }),
      },
    })),
  );

export const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  time: fc.constant(parseTime('2026-01-02T03:04:35Z')),
  statefulSets: part(statefulSets),
  services: part(services),
  pods: part(pods),
  claims: part(claims),
  volumes: part(volumes),
  classes: part(
    objects<Class>(name, { provisioner: text, volumeBindingMode: text, allowVolumeExpansion: fc.boolean() }, false),
  ),
  nodes: part(
    objects<Node>(name, { spec: some({ unschedulable: fc.boolean() }), status: some({ conditions }) }, false),
  ),
  events: part(
    objects<Event>(name, {
      type: fc.constantFrom('Warning', 'Normal'),
      reason: text,
      message: text,
      lastTimestamp: time,
      involvedObject: some({ uid: name.map((each) => `uid-${each}`) }),
    }),
  ),
});

/** What no text may hold that goes to a terminal, apart from the ends of its lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
export const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
