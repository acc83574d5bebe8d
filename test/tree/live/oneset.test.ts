/**
 * A set is told alike, whether all pods of its namespace are read or those that matter to it. The judge is the other way
 * of reading: that of several sets, which reads all.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Client, openClient } from '#src/kube/client.ts';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Named, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { isMember } from '#src/statefulset/identity.ts';
import { crowd } from '#src/tree/live/oneset.ts';
import { type Reading, readCluster } from '#src/tree/live/reading.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { treeDocument } from '#src/tree/view/document.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { boundClaim, namespace, podOf, snapshotOf, statefulSet, volumeOf } from '../../objects/snapshots.ts';
import { runs } from '../../properties.ts';
import { anyNamespace } from '../fuzz/namespaces.ts';

/** Sets that are as they should be, but for pods that are missing with their claims, or that the set no longer wants. */
const calmNamespace = fc
  .record({
    sets: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('c', 'b-c', 'pg', 'old-pg', 'pg-0'),
        replicas: fc.nat(3),
        templates: fc.subarray(['data', 'wal']),
        app: fc.constantFrom('one', 'two'),
      }),
      { minLength: 1, maxLength: 3, selector: ({ name }) => name },
    ),
    missing: fc.array(fc.nat(3), { maxLength: 1 }),
    keptClaims: fc.boolean(),
    beyond: fc.constantFrom(false, false, false, true),
    hasStranger: fc.boolean(),
  })
  .map(({ sets, missing, keptClaims, beyond, hasStranger }) => {
    const statefulSets = sets.map(({ app, name, ...shape }) =>
      statefulSet(name, { ...shape, spec: { selector: { matchLabels: { app } } } }),
    );
    const ordinals = ({ spec }: StatefulSet) => Array.from({ length: (spec?.replicas ?? 0) + (beyond ? 1 : 0) }).keys();
    const wanted = statefulSets.flatMap((set) => [...ordinals(set)].map((ordinal) => podOf(set, ordinal)));
    const pods = wanted.filter((_, nth) => !missing.includes(nth));
    const names = (keptClaims ? wanted : pods).flatMap(
      ({ spec }) => spec?.volumes?.flatMap((each) => each.persistentVolumeClaim?.claimName ?? []) ?? [],
    );
    const stranger = {
      metadata: { name: 'job', namespace, uid: 'uid-job' },
      spec: wanted[0]?.spec ?? { containers: [] },
    };
    const claims = [...new Set(names)].map((name) => boundClaim(name));
    return snapshotOf({ statefulSets, pods: hasStranger ? [...pods, stranger] : pods, claims });
  });

/** What else may stand in a namespace, and matter. */
const around = fc.record({
  services: fc.array(
    fc.record({
      selector: fc.oneof(
        fc.record({ app: fc.constantFrom('one', 'two') }),
        fc.record({ 'statefulset.kubernetes.io/pod-name': fc.constantFrom('pg-0', 'pg-3', 'c-1', 'pg-0-1') }),
        fc.record({ 'apps.kubernetes.io/pod-index': fc.constantFrom('0', '3'), app: fc.constantFrom('one', 'two') }),
        fc.record({ app: fc.constantFrom('one', 'two') }),
      ),
      record: fc.option(
        fc.record({ pod: fc.constantFrom('pg-0', 'c-1'), selector: fc.record({ app: fc.constantFrom('one', 'two') }) }),
      ),
    }),
    { maxLength: 2 },
  ),
  /** Which pods have lost the label by which the set selects them. */
  unlabelled: fc.array(fc.nat(9), { maxLength: 2 }),
  /** Which have been released by the controller since. */
  released: fc.boolean(),
  manyNodes: fc.constantFrom(false, false, false, true),
  areGoing: fc.constantFrom(false, false, false, true),
  /** How many pods the status of each set counts besides. */
  counted: fc.constantFrom<number>(0, 0, 0, 0, 1),
});
type Around = typeof around extends fc.Arbitrary<infer T> ? T : never;

describe('a set in a crowded namespace', function () {
  this.timeout(120_000);
  const files = temporaryFiles();
  let cluster: MemoryCluster;
  let client: Client;
  const asked: string[] = [];
  const others = Array.from({ length: crowd + 1 }, (_, nth) => ({ metadata: { name: `a-${nth}`, namespace } }));

  beforeEach(async () => {
    cluster = await memoryCluster();
    cluster.intercept = ({ plural, query }) => {
      const words = query.has('labelSelector') ? 'own' : query.get('limit') === '1' ? 'count' : 'all';
      if (plural === 'pods') asked.push(words);
      return undefined;
    };
    for (const pod of others) cluster.put('pods', pod);
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(cluster.url)) }),
      clientDeps(),
    );
  });
  afterEach(() => {
    client.close();
    cluster.close();
  });
  after(() => files.remove());

  const told = ({ snapshot, sets }: Reading) => treeDocument(topologies(snapshot, sets), true) as Fields;
  const readAs = (name: string, names: string[]) =>
    readCluster(client, namespace, { names, labels: undefined }).then((reading) => ({
      ...reading,
      sets: reading.sets.filter(({ metadata }) => metadata.name === name),
    }));

  /** @returns of how many sets all pods were read */
  async function compared(snapshot: Snapshot, more: Around): Promise<number> {
    const put = putAll(cluster, snapshot, more);
    let wholes = 0;
    try {
      for (const { metadata } of snapshot.statefulSets.items) {
        asked.length = 0;
        const one = await readAs(metadata.name, [metadata.name]);
        if (asked.includes('all')) wholes += 1;
        const all = await readAs(metadata.name, [metadata.name, 'another']);
        assert.deepEqual(withoutForeign(told(one), one, snapshot), withoutForeign(told(all), all, snapshot));
      }
    } finally {
      for (const [plural, object] of put) cluster.remove(plural, object.metadata.name, object.metadata.namespace);
    }
    return wholes;
  }

  it('is told as where all pods are read', async () => {
    let [sets, wholes] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyNamespace, calmNamespace, calmNamespace), around, async (snapshot, more) => {
        wholes += await compared(snapshot, more);
        sets += snapshot.statefulSets.items.length;
      }),
      { numRuns: runs(500) },
    );
    assert.ok(Math.min(wholes, sets - wholes) > runs(500) / 10);
  });

  const web = statefulSet('web', { replicas: 1 });

  it('is told so too where a Service leads to the pods of an ordinal, of whichever set that has the labels', async () => {
    const selector = { 'apps.kubernetes.io/pod-index': '0', app: 'one' } as const;
    const labelled = (set: StatefulSet) => podOf(set, 0, { metadata: { labels: { app: 'one' } } });
    const other = statefulSet('other', { replicas: 1 });
    const snapshot = snapshotOf({ statefulSets: [web, other], pods: [labelled(web), labelled(other)] });
    assert.equal(await compared(snapshot, { ...calm, services: [{ selector, record: null }] }), 2);
  });

  it('is read with all pods at once where most of them are its own', async () => {
    const snapshot = snapshotOf({ statefulSets: [web], pods: [podOf(web, 0)] });
    const put = putAll(cluster, snapshot, { ...calm, counted: others.length });
    asked.length = 0;
    await readAs('web', ['web']);
    for (const [plural, { metadata }] of put) cluster.remove(plural, metadata.name, metadata.namespace);
    assert.deepEqual(asked, ['count', 'all']);
  });

  it('is told so too where its pod and another one own a claim', async () => {
    const pod = podOf(web, 0);
    const job = { metadata: { name: 'job', namespace, uid: 'uid-job' }, spec: { containers: [] } };
    const ownerReferences = [pod, job].map(({ metadata: { name, uid = '' } }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      name,
      uid,
    }));
    const claim = boundClaim('common', { metadata: { ownerReferences } });
    const snapshot = snapshotOf({ statefulSets: [web], pods: [pod, job], claims: [claim] });
    assert.equal(await compared(snapshot, calm), 1);
  });

  it('is told so too where its pod and another one mount a claim that the set no longer gives', async () => {
    const volumes = [{ name: 'old', persistentVolumeClaim: { claimName: 'old' } }];
    const pod = podOf(web, 0, { spec: { volumes } });
    const job = { metadata: { name: 'job', namespace, uid: 'uid-job' }, spec: { containers: [], volumes } };
    const snapshot = snapshotOf({ statefulSets: [web], pods: [pod, job], claims: [boundClaim('old')] });
    assert.equal(await compared(snapshot, calm), 1);
  });
});

const calm: Around = { services: [], unlabelled: [], released: false, manyNodes: false, areGoing: false, counted: 0 };

type Fields = Record<string, unknown>;

function putAll(cluster: MemoryCluster, snapshot: Snapshot, more: Around): (readonly [string, Named])[] {
  const accessModes = more.manyNodes ? ['ReadWriteMany'] : ['ReadWriteOnce'];
  const going = more.areGoing ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {};
  const claims: Claim[] = snapshot.claims.items.map((claim) => ({
    ...claim,
    metadata: { ...claim.metadata, ...going },
    spec: { ...claim.spec, accessModes },
    status: { ...claim.status, accessModes },
  }));
  const all = [
    ...snapshot.statefulSets.items.map((set) => {
      const members = snapshot.pods.items.filter((pod) => isMember(set, pod)).length;
      return ['statefulsets', { ...set, status: { ...set.status, replicas: members + more.counted } }] as const;
    }),
    ...snapshot.pods.items.map((pod, nth) => ['pods', changed(labelled(pod, snapshot), nth, more)] as const),
    ...claims.map((claim) => ['persistentvolumeclaims', claim] as const),
    ...claims.map((claim) => ['persistentvolumes', volumeOf(claim)] as const),
    ...more.services.map(({ selector, record }, nth) => ['services', service(nth, selector, record)] as const),
  ];
  // A server lists them by their names.
  const sorted = all.toSorted(([, a], [, b]) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const [plural, object] of sorted) cluster.put(plural, object as Named);
  return sorted;
}

/** With the labels by which its set selects it. */
function labelled(pod: Pod, { statefulSets }: Snapshot): Pod {
  const set = statefulSets.items.find((each) => isMember(each, pod));
  const labels = { ...pod.metadata.labels, ...set?.spec?.selector?.matchLabels };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

function changed(pod: Pod, nth: number, { unlabelled, released }: Around): Pod {
  if (!unlabelled.includes(nth)) return pod;
  const { ownerReferences, ...metadata } = { ...pod.metadata, labels: { app: 'none' } };
  return { ...pod, metadata: released ? metadata : { ...metadata, ...(ownerReferences && { ownerReferences }) } };
}

function service(nth: number, selector: object, record: object | null): Service {
  const annotations = record === null ? {} : { 'kubectl-sts/pin': JSON.stringify(record) };
  return {
    metadata: { name: `svc-${nth}`, namespace, uid: `uid-svc-${nth}`, annotations },
    spec: { selector: selector as Record<string, string>, ports: [] },
  };
}

/** Somebody else's pod at a claim for one node that a pod of the set uses too is not looked for in a crowd. */
function withoutForeign(document: Fields, { sets }: Reading, { pods }: Snapshot): unknown {
  const foreign = new Set(
    pods.items.filter((pod) => !sets.some((set) => isMember(set, pod))).map(({ metadata }) => metadata.name),
  );
  return JSON.parse(JSON.stringify(document), function (this: ToldClaim, key, value: unknown) {
    const isLooked =
      this.origin !== 'claimTemplate' ||
      this.findings?.some(({ kind }) => kind === 'beingDeleted') ||
      this.accessModes?.includes('ReadWriteMany');
    if (key !== 'mountedBy' || isLooked || !Array.isArray(value) || value.length < 2) return value;
    return value.filter((name) => !foreign.has(String(name)));
  });
}

interface ToldClaim {
  origin?: string;
  accessModes?: string[];
  findings?: { kind: string }[];
}
