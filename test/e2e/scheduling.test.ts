/**
 * Asks the real scheduler about pods with random volumes, tolerations and selectors on nodes with random taints, and
 * holds against its answers where the pods' volumes let them run.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Part } from '#src/objects/snapshot.ts';
import type { Claim, Node, Pod, Volume } from '#src/objects/types.ts';
import { isShutOut, reachOf, unschedulable } from '#src/statefulset/scheduling.ts';
import { indexStorage, mountsOf } from '#src/statefulset/storage.ts';
import { snapshotOf } from '../objects/snapshots.ts';
import { eventually } from './eventually.ts';
import { judgeOf } from './judge.ts';
import { apply, getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace, uniqueName } from './namespace.ts';
import { homeNode } from './roll/home.ts';

const count = 40;
const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';
/** More than a node of the stand has. */
const tooMuch = '2Ti';

interface NodeShape {
  zone: string;
  cordoned: boolean;
  taints: readonly { key: string; value: string; effect: string }[];
}

interface PodShape {
  /** The place of each volume: a zone, the number of a node, or anywhere. */
  volumes: readonly (string | number | undefined)[];
  tolerations: readonly object[];
  /** The zones that its affinity allows. */
  zones: readonly string[] | undefined;
  memory: string | undefined;
}

const zones = fc.constantFrom('zone-a', 'zone-b', 'zone-c');
const taint = fc.record({
  key: fc.constantFrom('dedicated', 'spot'),
  value: fc.constantFrom('db', 'web'),
  effect: fc.constantFrom('NoSchedule', 'NoExecute', 'PreferNoSchedule'),
});
// A node has each key and effect once.
const taints = fc.uniqueArray(taint, { maxLength: 2, selector: ({ key, effect }) => `${key}:${effect}` });
const nodeShape: fc.Arbitrary<NodeShape> = fc.record({ zone: zones, cordoned: fc.boolean(), taints });
const toleration = fc.oneof(
  fc.record({ key: fc.constantFrom('dedicated', 'spot'), value: fc.constantFrom('db', 'web') }),
  fc.record({
    key: fc.constantFrom('dedicated', 'spot', 'node.kubernetes.io/unschedulable'),
    operator: fc.constant('Exists'),
    effect: fc.constantFrom('NoSchedule', ''),
  }),
  fc.constant({ operator: 'Exists' }),
);
const podShape: fc.Arbitrary<PodShape> = fc.record({
  volumes: fc.array(fc.oneof(zones, fc.nat(5), fc.constant(undefined)), { minLength: 1, maxLength: 2 }),
  tolerations: fc.array(toleration, { maxLength: 2 }),
  zones: fc.option(fc.uniqueArray(zones, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  memory: fc.option(fc.constant(tooMuch), { nil: undefined, freq: 4 }),
});

describe('a pod that no node takes, asked of the scheduler', () => {
  const namespace = ownNamespace('scheduling');
  const own = uniqueName('scheduled');
  const seed = Date.now() & 0x7fffffff;
  const [nodes = []] = fc.sample(fc.array(nodeShape, { minLength: 6, maxLength: 6 }), { seed, numRuns: 1 });
  const pods = fc.sample(podShape, { seed, numRuns: count });
  const nodeName = (place: number) => `${own}-${place}`;

  function nodeObject({ zone: where, cordoned, taints: more }: NodeShape, place: number): object {
    const name = nodeName(place);
    const home = homeNode(name, 228 + place) as { metadata: { labels: object }; spec: { taints: object[] } };
    // Pods of other tests do not tolerate the taint, and others than those here do not select the label.
    return {
      ...home,
      metadata: { ...home.metadata, labels: { ...home.metadata.labels, [zone]: where, own } },
      spec: {
        ...home.spec,
        unschedulable: cordoned,
        taints: [{ key: 'only', value: own, effect: 'NoSchedule' }, ...more],
      },
    };
  }

  const volumeName = (pod: number, place: number) => `${own}-${pod}-${place}`;

  function podObjects({ volumes, tolerations, zones: allowed, memory }: PodShape, pod: number): object[] {
    const set = `sts-${pod}`;
    const template = (place: number) => (place === 0 ? 'data' : 'wal');
    const common = { accessModes: ['ReadWriteOnce'], storageClassName: own };
    const required = {
      nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: allowed }] }],
    };
    const spec = {
      nodeSelector: { own },
      tolerations: [{ key: 'only', operator: 'Exists' }, ...tolerations],
      containers: [{ name: 'db', image: 'db', ...(memory && { resources: { requests: { memory } } }) }],
      ...(allowed && {
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      }),
    };
    const labels = { set };
    return [
      ...volumes.map((where, place) => ({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: volumeName(pod, place), labels: { own } },
        spec: {
          ...common,
          capacity: { storage: '1Gi' },
          persistentVolumeReclaimPolicy: 'Retain',
          hostPath: { path: '/none' },
          claimRef: { namespace, name: `${template(place)}-${set}-0` },
          ...(where !== undefined && { nodeAffinity: { required: placed(where) } }),
        },
      })),
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: set },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec },
          volumeClaimTemplates: volumes.map((_, place) => ({
            metadata: { name: template(place) },
            spec: { ...common, volumeName: volumeName(pod, place), resources: { requests: { storage: '1Gi' } } },
          })),
        },
      },
    ];
  }

  function placed(where: string | number): object {
    const [key, value] = typeof where === 'number' ? [host, nodeName(where)] : [zone, where];
    return { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [value] }] }] };
  }

  /** Without its node, as the scheduler saw it. */
  function unplaced(pod: Pod): Pod {
    const { nodeName: _, ...spec } = pod.spec ?? { containers: [] };
    return { ...pod, spec };
  }

  before(async () => {
    await apply(namespace, nodes.map(nodeObject));
    await eventually('all nodes are ready', async () => {
      const { items } = await getJson<{ items: Node[] }>(['nodes', '-l', `own=${own}`]);
      for (const node of items) {
        assert.ok(node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
        const { unschedulable: cordoned, taints: all = [] } = node.spec ?? {};
        // The node lifecycle controller adds the taint of a cordon, and takes that of a new node away.
        assert.ok(!all.some(({ key }) => key === 'node.kubernetes.io/not-ready'));
        assert.equal(
          all.some(({ key }) => key === 'node.kubernetes.io/unschedulable'),
          cordoned === true,
        );
      }
    });
    await apply(namespace, pods.flatMap(podObjects));
  });

  after(async () => {
    await kubectl(['delete', 'nodes', '-l', `own=${own}`, '--wait=false']);
    await kubectl(['delete', 'pv', '-l', `own=${own}`, '--wait=false']);
  });

  it(`has no open node among those that reach its volumes, unless it is the memory (seed ${seed})`, async () => {
    const judge = await eventually('the scheduler has answered for all pods', async () => {
      const seen = await judgeOf(namespace);
      assert.equal(seen.pods.length, count);
      for (const pod of seen.pods) {
        const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
        const isUnbound = /unbound immediate|not found/.test(condition?.message ?? '');
        assert.ok(pod.spec?.nodeName || (condition?.reason === 'Unschedulable' && !isUnbound), pod.metadata.name);
      }
      return seen;
    });
    const all = (await getJson<{ items: Node[] }>(['nodes'])).items;
    const part: Part<Node> = { items: all, others: 'missing' };
    const storage = indexStorage(
      snapshotOf({ pods: judge.pods, claims: judge.claims as Claim[], volumes: judge.volumes as Volume[] }),
    );
    for (const pod of judge.pods) {
      const set = judge.sets.find(({ metadata }) => pod.metadata.name === `${metadata.name}-0`);
      assert.ok(set);
      const beneath = mountsOf(set, pod).map((mount) => storage.beneath(mount, namespace, 0));
      const reach = reachOf(unplaced(pod), beneath, all, true);
      const seen = `${pod.metadata.name}: ${JSON.stringify({ pod: pod.spec, status: pod.status?.conditions, reach })}`;
      if (pod.spec?.nodeName) {
        const taken = reach?.nodes.find(({ name }) => name === pod.spec?.nodeName);
        if (reach) assert.deepEqual(taken, { name: pod.spec.nodeName, closed: undefined }, seen);
        continue;
      }
      const message: string = unschedulable(pod, beneath, part)?.scheduler ?? '';
      const isFull: boolean = message.includes('Insufficient memory');
      // Nothing else keeps it from a node that reaches its volumes and is open.
      if (reach !== undefined && !isShutOut(reach)) assert.ok(isFull, seen);
    }
  });

  it('stands behind the scheduler’s own words, which are whole in the document', async () => {
    const { pods: found } = await judgeOf(namespace);
    const waiting = found.find(({ spec }) => !spec?.nodeName);
    const name = waiting?.metadata.name ?? '';
    const { stdout, code } = await sts(['tree', name.replace(/-0$/, ''), '-n', namespace, '-o', 'json']);
    assert.equal(code, 0);
    const document = JSON.parse(stdout) as { pods: { unschedulable?: { scheduler: string } }[] };
    const condition = waiting?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    assert.equal(document.pods[0]?.unschedulable?.scheduler, condition?.message);
  });
});
