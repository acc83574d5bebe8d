import assert from 'node:assert/strict';
import { notGiven, type Part } from '#src/objects/snapshot.ts';
import { taintText } from '#src/objects/taints.ts';
import type { Node, NodeSelector, Pod } from '#src/objects/types.ts';
import { isShutOut, type Unschedulable, unschedulable } from '#src/statefulset/scheduling.ts';
import { treeNeeds } from '#src/tree/model/needs.ts';
import { topologies } from '#src/tree/model/topology.ts';
import { boundClaim, forbidden, node, podOf, snapshotOf, statefulSet, volumeOf } from '../objects/snapshots.ts';

const zone = 'topology.kubernetes.io/zone';
const set = statefulSet('web', { templates: ['data'] });

function inZones(...values: string[]): NodeSelector {
  return { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values }] }] };
}

function nodeIn(name: string, where: string, spec: Node['spec'] = {}): Node {
  return node(name, { metadata: { name, labels: { [zone]: where } }, ...(spec && { spec }) });
}

/** A pod that the scheduler has given up on, with these fields of its own. */
function lonely(spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  const { nodeName: _, ...rest } = podOf(set, 0).spec ?? { containers: [] };
  const message = '0/2 nodes are available: 2 node(s) did not fit.';
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  return { ...podOf(set, 0, { status: { phase: 'Pending', conditions: [condition] } }), spec: { ...rest, ...spec } };
}

/** What the topology says of a pod with a volume for each affinity. */
function verdict(
  pod: Pod,
  affinities: (NodeSelector | undefined)[],
  nodes: Node[],
  others: Part<Node>['others'] = 'missing',
): Unschedulable | undefined {
  const claims = affinities.map((_, place) => boundClaim(`${place === 0 ? 'data' : `wal-${place}`}-web-0`));
  const volumes = claims.map((claim, place) => {
    const required = affinities[place];
    return volumeOf(claim, required && { nodeAffinity: { required } });
  });
  const mounts = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const mounting = { ...pod, spec: { containers: [], ...pod.spec, volumes: mounts } };
  const snapshot = snapshotOf({ statefulSets: [set], pods: [mounting], claims, volumes, nodes });
  const part = others === 'forbidden' ? forbidden<Node>('nodes') : { items: nodes, others };
  const [member] = topologies({ ...snapshot, nodes: part }, [set])[0]?.members ?? [];
  assert.ok(member?.state === 'found');
  return member.unschedulable;
}

/** The nodes that reach the volumes, and why each takes no such pod. */
function closedNodes(found: Unschedulable | undefined): [string, string | undefined][] {
  return (found?.reach?.nodes ?? []).map(({ name, closed }) => [
    name,
    closed?.state === 'tainted' ? taintText(closed.taint) : closed?.state,
  ]);
}

describe('a pod that no node takes', () => {
  const scheduler = '0/2 nodes are available: 2 node(s) did not fit.';

  it('has a volume in a place without nodes', () => {
    const found = verdict(lonely(), [inZones('c', 'd')], [nodeIn('node-1', 'a'), nodeIn('node-2', 'b')]);
    assert.deepEqual(found?.reach, {
      volumes: [{ name: 'pv-data-web-0', place: { kind: 'zones', text: 'c, d' }, nodes: 0 }],
      nodes: [],
      complete: true,
    });
  });

  it('has nodes that reach its volume, each closed for its own reason', () => {
    const nodes = [
      nodeIn('node-1', 'a'),
      nodeIn('node-2', 'c', { unschedulable: true }),
      { ...nodeIn('node-3', 'c'), status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      nodeIn('node-4', 'c'),
      nodeIn('node-5', 'c', { taints: [{ key: 'dedicated', value: 'db', effect: 'NoExecute' }] }),
      nodeIn('node-6', 'c', { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] }),
    ];
    const found = verdict(lonely({ nodeSelector: { disk: 'ssd' } }), [inZones('c')], nodes);
    assert.deepEqual(closedNodes(found), [
      ['node-2', 'cordoned'],
      ['node-3', 'not ready'],
      ['node-4', 'not selected by the pod'],
      ['node-5', 'dedicated=db:NoExecute'],
      ['node-6', 'not ready'],
    ]);
    assert.ok(found?.reach && isShutOut(found.reach));
  });

  it('must reach all its volumes', () => {
    const nodes = [nodeIn('node-1', 'a'), nodeIn('node-2', 'b')];
    const apart = verdict(lonely(), [inZones('a'), inZones('b')], nodes);
    assert.deepEqual(
      [apart?.reach?.volumes.map(({ place, nodes: count }) => [place?.text, count]), apart?.reach?.nodes],
      [
        [
          ['a', 1],
          ['b', 1],
        ],
        [],
      ],
    );
    const both = verdict(lonely(), [inZones('a', 'b'), inZones('b')], [...nodes, nodeIn('node-3', 'c')]);
    assert.deepEqual(closedNodes(both), [['node-2', undefined]]);
  });

  it('tolerates what keeps others away', () => {
    const nodes = [
      nodeIn('node-1', 'a'),
      nodeIn('node-2', 'c', { unschedulable: true, taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] }),
    ];
    const closed = (tolerations: NonNullable<Pod['spec']>['tolerations'] = []) =>
      closedNodes(verdict(lonely({ tolerations }), [inZones('c')], nodes))[0]?.[1];
    assert.equal(closed([{ operator: 'Exists' }]), undefined);
    assert.equal(closed([{ key: 'dedicated', operator: 'Exists' }]), 'cordoned');
    assert.equal(closed([{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }]), 'dedicated=db:NoSchedule');
    assert.equal(closed(), 'cordoned');
  });

  it('is not kept away by the conditions that it tolerates for a while only', () => {
    const silent = { ...nodeIn('node-2', 'c'), status: { conditions: [{ type: 'Ready', status: 'False' }] } };
    const tolerations = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
    const found = verdict(lonely({ tolerations }), [inZones('c')], [nodeIn('node-1', 'a'), silent]);
    assert.deepEqual(closedNodes(found), [['node-2', 'not ready']]);
  });

  it('excludes a node by required affinity as well as by nodeSelector, and not by what it merely prefers', () => {
    const not = { matchExpressions: [{ key: zone, operator: 'NotIn', values: ['c'] }] };
    const required = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [not] } } };
    const preferred = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: not }] },
    };
    const states = (affinity: NonNullable<Pod['spec']>['affinity']) =>
      closedNodes(verdict(lonely(affinity && { affinity }), [inZones('c')], [nodeIn('node-1', 'c'), nodeIn('n', 'a')]));
    assert.deepEqual(states(required), [['node-1', 'not selected by the pod']]);
    assert.deepEqual(states(preferred), [['node-1', undefined]]);
  });

  it('has another reason, which the scheduler tells, where one node reaches its volume and is open', () => {
    const nodes = [nodeIn('node-1', 'c', { unschedulable: true }), nodeIn('node-2', 'c'), nodeIn('node-3', 'a')];
    const found = verdict(lonely(), [inZones('c')], nodes);
    assert.equal(found?.scheduler, scheduler);
    assert.deepEqual(closedNodes(found), [
      ['node-1', 'cordoned'],
      ['node-2', undefined],
    ]);
    assert.ok(found?.reach && !isShutOut(found.reach));
  });

  it('has another reason where its volume can be reached from anywhere, or binds no pod yet', () => {
    assert.equal(verdict(lonely(), [undefined], [])?.reach, undefined);
    assert.equal(verdict(lonely(), [inZones('c')], [nodeIn('node-1', 'c'), nodeIn('node-2', 'c')])?.reach, undefined);
  });

  it('is told by the nodes of a file, all of them where there are as many as the scheduler counts', () => {
    const nodes = [nodeIn('node-1', 'a'), nodeIn('node-2', 'b')];
    const told = (items: Node[]) => verdict(lonely(), [inZones('c')], items, 'not given')?.reach?.complete;
    assert.deepEqual([told(nodes), told(nodes.slice(1)), told([])], [true, false, undefined]);
  });

  it('has no verdict but the scheduler’s where nodes may not be read', () => {
    assert.deepEqual(verdict(lonely(), [inZones('c')], [], 'forbidden'), { scheduler, reach: undefined });
  });
});

describe('a pod', () => {
  const nothing = { items: [], others: 'missing' } as const;

  it('that has a node, or of which the scheduler has said nothing, is not unschedulable', () => {
    const waiting = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' };
    assert.equal(unschedulable(podOf(set, 0), [], nothing), undefined);
    assert.equal(unschedulable(podOf(set, 0, { spec: {}, status: { phase: 'Pending' } }), [], nothing), undefined);
    const { status: _, ...gated } = lonely();
    assert.equal(unschedulable({ ...gated, status: { conditions: [waiting] } }, [], nothing), undefined);
    assert.equal(unschedulable({ ...lonely(), spec: { containers: [], nodeName: 'node-1' } }, [], nothing), undefined);
  });

  it('asks for all nodes only when one with storage cannot be scheduled', () => {
    const needs = (pods: Pod[], claims = [boundClaim('data-web-0')]) =>
      treeNeeds(topologies({ ...snapshotOf({ statefulSets: [set], pods, claims }), nodes: notGiven }, [set])).nodes;
    assert.deepEqual(needs([podOf(set, 0)]), []);
    assert.equal(needs([lonely()]), 'all');
    assert.deepEqual(needs([lonely({ volumes: [] })]), []);
  });
});
