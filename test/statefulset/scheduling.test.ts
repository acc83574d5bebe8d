import assert from 'node:assert/strict';
import type { Node, NodeSelector, Pod } from '#src/objects/types.ts';
import { type Unschedulable, unschedulable } from '#src/statefulset/scheduling.ts';
import { needsOf } from '#src/tree/model/needs.ts';
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

/** What the topology says of a pod whose volume lives where `affinity` says. */
function verdict(pod: Pod, affinity: NodeSelector | undefined, nodes: Node[]): Unschedulable | undefined {
  const claim = boundClaim('data-web-0');
  const volume = volumeOf(claim, affinity && { nodeAffinity: { required: affinity } });
  const snapshot = snapshotOf({ statefulSets: [set], pods: [pod], claims: [claim], volumes: [volume], nodes });
  const [member] = topologies(snapshot, [set])[0]?.members ?? [];
  assert.ok(member?.state === 'found');
  return member.unschedulable;
}

describe('a pod whose node is lost', () => {
  const unready = { type: 'Ready', status: 'False' };
  const unknown = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
  /** As the kubelet has left it, and the controller of nodes has marked it. */
  const orphan = (condition = unready, ready = true): Pod => ({
    ...podOf(set, 0, {
      status: {
        phase: 'Running',
        conditions: [condition],
        containerStatuses: [{ name: 'main', image: '', imageID: '', ready, restartCount: 0, state: { running: {} } }],
      },
    }),
    spec: { containers: [{ name: 'main' }], nodeName: 'node-1' },
  });
  const memberOf = (pod: Pod, nodes: Node[] | undefined) => {
    const snapshot = snapshotOf({ statefulSets: [set], pods: [pod], ...(nodes && { nodes }) });
    const all = topologies(nodes ? snapshot : { ...snapshot, nodes: forbidden<Node>('nodes') }, [set]);
    const [member] = all[0]?.members ?? [];
    assert.ok(member?.state === 'found');
    return { lost: member.lostNode, asks: needsOf(all).nodes };
  };

  it('says so where the node is not ready, or is there no more', () => {
    assert.deepEqual(memberOf(orphan(), [node('node-1', { status: unknown })]), { lost: 'not ready', asks: true });
    assert.deepEqual(memberOf(orphan(), [node('node-2')]), { lost: 'missing', asks: true });
  });

  it('is no such pod where the node is well, or nobody may look', () => {
    assert.deepEqual(memberOf(orphan(), [node('node-1')]), { lost: undefined, asks: true });
    assert.deepEqual(memberOf(orphan(), undefined), { lost: undefined, asks: true });
  });

  it('is looked for only where the containers do not say why the pod is not ready', () => {
    const lost = [node('node-1', { status: unknown })];
    assert.deepEqual(memberOf(orphan({ type: 'Ready', status: 'True' }), lost), { lost: undefined, asks: false });
    assert.deepEqual(memberOf(orphan(unready, false), lost), { lost: undefined, asks: false });
  });
});

describe('a pod that no node takes', () => {
  it('has its volume to blame where no node can reach that', () => {
    assert.deepEqual(verdict(lonely(), inZones('c', 'd'), [nodeIn('node-1', 'a'), nodeIn('node-2', 'b')])?.volume, {
      volume: 'pv-data-web-0',
      place: 'c, d',
      nodes: [],
    });
  });

  it('has the nodes to blame that could reach its volume, each for its own reason', () => {
    const nodes = [
      nodeIn('node-1', 'a'),
      nodeIn('node-2', 'c', { unschedulable: true }),
      { ...nodeIn('node-3', 'c'), status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      nodeIn('node-4', 'c'),
    ];
    assert.deepEqual(verdict(lonely({ nodeSelector: { disk: 'ssd' } }), inZones('c'), nodes)?.volume?.nodes, [
      { name: 'node-2', state: 'cordoned' },
      { name: 'node-3', state: 'not ready' },
      { name: 'node-4', state: 'not selected by the pod' },
    ]);
  });

  it('excludes a node by required affinity as well as by nodeSelector, and not by what it merely prefers', () => {
    const not = { matchExpressions: [{ key: zone, operator: 'NotIn', values: ['c'] }] };
    const required = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [not] } } };
    const preferred = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: not }] },
    };
    const states = (affinity: NonNullable<Pod['spec']>['affinity']) =>
      verdict(lonely(affinity && { affinity }), inZones('c'), [nodeIn('node-1', 'c')])?.volume?.nodes;
    assert.deepEqual(states(required), [{ name: 'node-1', state: 'not selected by the pod' }]);
    assert.equal(states(preferred), undefined);
  });

  it('has another reason, which the scheduler tells, where one node could reach its volume and take it', () => {
    const found = verdict(lonely(), inZones('c'), [
      nodeIn('node-1', 'c', { unschedulable: true }),
      nodeIn('node-2', 'c'),
    ]);
    assert.deepEqual(found, { scheduler: '0/2 nodes are available: 2 node(s) did not fit.', volume: undefined });
  });

  it('has another reason where its volume can be reached from anywhere', () => {
    assert.equal(verdict(lonely(), undefined, [])?.volume, undefined);
  });

  it('has no verdict but the scheduler’s where nodes may not be read', () => {
    const claim = boundClaim('data-web-0');
    const volumes = [volumeOf(claim, { nodeAffinity: { required: inZones('c') } })];
    const snapshot = snapshotOf({ statefulSets: [set], pods: [lonely()], claims: [claim], volumes });
    const [topology] = topologies({ ...snapshot, nodes: forbidden('nodes') }, [set]);
    const [member] = topology?.members ?? [];
    assert.ok(member?.state === 'found');
    assert.deepEqual(member.unschedulable, {
      scheduler: '0/2 nodes are available: 2 node(s) did not fit.',
      volume: undefined,
    });
  });
});

describe('a pod', () => {
  it('that has a node, or of which the scheduler has said nothing, is not unschedulable', () => {
    const waiting = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' };
    assert.equal(unschedulable(podOf(set, 0), [], []), undefined);
    assert.equal(unschedulable(podOf(set, 0, { spec: {}, status: { phase: 'Pending' } }), [], []), undefined);
    const { status: _, ...gated } = lonely();
    assert.equal(unschedulable({ ...gated, status: { conditions: [waiting] } }, [], []), undefined);
    assert.equal(unschedulable({ ...lonely(), spec: { containers: [], nodeName: 'node-1' } }, [], []), undefined);
  });

  it('asks for the nodes only when one with storage cannot be scheduled', () => {
    const needs = (pods: Pod[], claims = [boundClaim('data-web-0')]) =>
      needsOf(topologies(snapshotOf({ statefulSets: [set], pods, claims }), [set])).nodes;
    assert.equal(needs([podOf(set, 0)]), false);
    assert.equal(needs([lonely()]), true);
    assert.equal(needs([lonely({ volumes: [] })]), false);
  });
});
