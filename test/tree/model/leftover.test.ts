import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { LeftOver } from '#src/tree/model/leftover.ts';
import { summary, total } from '#src/tree/model/summary.ts';
import { type Topology, topologies } from '#src/tree/model/topology.ts';
import { boundClaim, forbidden, podOf, read, snapshotOf, statefulSet } from '../../objects/snapshots.ts';

function leftOver(set: StatefulSet, snapshot: Snapshot): string[] {
  const [topology] = topologies(snapshot, [set]);
  return (topology?.leftOver ?? []).map(({ storage }) => storage.name);
}

function ownedBy(kind: string, name: string, uid: string, controller = false): Partial<Claim['metadata']> {
  const apiVersion = kind === 'StatefulSet' ? 'apps/v1' : 'v1';
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller }] };
}

/** A claim with the labels that the controller gives the claims of a set. */
function claimOf(set: string, name: string, metadata: Partial<Claim['metadata']> = {}): Claim {
  return boundClaim(name, { metadata: { labels: { app: set }, ...metadata } });
}

function found(snapshot: Snapshot, name: string): Topology {
  const topology = topologies(snapshot, snapshot.statefulSets.items).find(({ set }) => set.metadata.name === name);
  assert.ok(topology);
  return topology;
}

function only({ leftOver }: Topology): LeftOver {
  assert.equal(leftOver.length, 1);
  return leftOver[0] as LeftOver;
}

/** A pod of no set that names the claim. */
function user(name: string, claim: string, status: Pod['status'], nodeName = 'node-1'): Pod {
  const volumes = [{ name: 'x', persistentVolumeClaim: { claimName: claim } }];
  return {
    metadata: { name, namespace: 'shop', uid: `uid-${name}` },
    spec: { containers: [], volumes, ...(nodeName && { nodeName }) },
    ...(status && { status }),
  };
}

describe('a claim', () => {
  const set = statefulSet('web', { replicas: 1, templates: ['data'] });

  it('left by scale-down is left over, in the order of ordinals', () => {
    const claims = [10, 2, 1, 0].map((ordinal) => boundClaim(`data-web-${ordinal}`));
    const snapshot = snapshotOf({ statefulSets: [set], claims, pods: [podOf(set, 0)] });
    assert.deepEqual(leftOver(set, snapshot), ['data-web-1', 'data-web-2', 'data-web-10']);
  });

  it('of a wanted ordinal is not left over, even while its pod is missing', () => {
    const snapshot = snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-0')] });
    assert.deepEqual(leftOver(set, snapshot), []);
  });

  it('that a condemned pod still mounts is not left over yet', () => {
    const snapshot = snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-4')], pods: [podOf(set, 4)] });
    assert.deepEqual(leftOver(set, snapshot), []);
  });

  it('that any other pod mounts is left over all the same, and the pod is told', () => {
    const pods = [podOf(set, 0), user('backup', 'data-web-4', { phase: 'Running' })];
    const snapshot = snapshotOf({ statefulSets: [set], claims: [claimOf('web', 'data-web-4')], pods });
    assert.deepEqual(only(found(snapshot, 'web')).storage.holders, [{ pod: 'backup', state: 'running' }]);
    assert.deepEqual(summary(found(snapshot, 'web')).leftOver.count, 1);
  });

  it('that a pod holds which has ended, or has no node yet, is left over, and the state of the pod is told', () => {
    const states = [
      ['dump', { phase: 'Succeeded' }, 'node-1'],
      ['broken', { phase: 'Failed' }, 'node-1'],
      ['next', { phase: 'Pending' }, ''],
    ] as const;
    const pods = states.map(([name, status, node]) => user(name, 'data-web-4', status, node));
    const snapshot = snapshotOf({ statefulSets: [set], claims: [claimOf('web', 'data-web-4')], pods });
    assert.deepEqual(
      only(found(snapshot, 'web')).storage.holders.map(({ state }) => state),
      ['completed', 'failed', 'not scheduled'],
    );
  });

  it('below spec.ordinals.start is left over', () => {
    const later = statefulSet('web', { replicas: 1, start: 5, templates: ['data'] });
    const claims = [boundClaim('data-web-4'), boundClaim('data-web-5')];
    assert.deepEqual(leftOver(later, snapshotOf({ statefulSets: [later], claims })), ['data-web-4']);
  });

  it('that another set wants is left over by neither', () => {
    const one = statefulSet('c', { replicas: 0, templates: ['a-b'] });
    const other = statefulSet('b-c', { replicas: 1, templates: ['a'] });
    const snapshot = snapshotOf({ statefulSets: [one, other], claims: [boundClaim('a-b-c-0')] });
    assert.deepEqual(leftOver(one, snapshot), []);
    assert.deepEqual(leftOver(other, snapshot), []);
  });

  it('whose name only looks alike is nobody’s', () => {
    const names = ['data-web-x', 'data-web-01', 'data-webs-3', 'mydata-web-3', 'data-web-3-old'];
    const claims = names.map((name) => boundClaim(name));
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });

  it('of a former template is perhaps the set’s when it has the set’s labels', () => {
    const claims = [
      boundClaim('old-web-0', { metadata: { labels: { app: 'web' } } }),
      boundClaim('foreign-web-0', { metadata: { labels: { app: 'other' } } }),
    ];
    const { ground, sure, why } = only(found(snapshotOf({ statefulSets: [set], claims }), 'web'));
    assert.deepEqual([ground, sure], ['ending and labels', false]);
    assert.deepEqual(why, { kind: 'former template', template: 'old', otherSet: undefined });
  });

  it('that another set of the same name owned is not this one’s', () => {
    const claims = [boundClaim('data-web-3', { metadata: ownedBy('StatefulSet', 'web', 'former', true) })];
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });

  it('in another namespace is not this set’s', () => {
    const claims = [boundClaim('data-web-3', { metadata: { namespace: 'elsewhere' } })];
    assert.deepEqual(leftOver(set, snapshotOf({ statefulSets: [set], claims })), []);
  });
});

describe('whose a claim is', () => {
  const set = statefulSet('web', { replicas: 1, templates: ['data'] });
  const ofClaims = (...claims: Claim[]) => snapshotOf({ statefulSets: [set], claims, pods: [podOf(set, 0)] });

  it('is certain by template, name and labels', () => {
    const { ground, sure } = only(found(ofClaims(claimOf('web', 'data-web-3')), 'web'));
    assert.deepEqual([ground, sure], ['template and labels', true]);
  });

  it('is a guess by template and name alone', () => {
    const { ground, sure } = only(found(ofClaims(claimOf('other', 'data-web-3')), 'web'));
    assert.deepEqual([ground, sure], ['template', false]);
  });

  it('is certain by the owner, whatever the name', () => {
    const claim = boundClaim('backup', { metadata: ownedBy('StatefulSet', 'web', set.metadata.uid ?? '') });
    const { ground, sure, ordinal, why } = only(found(ofClaims(claim), 'web'));
    assert.deepEqual([ground, sure, ordinal, why.kind], ['owner', true, undefined, 'no template']);
  });

  it('says where the claim comes from', () => {
    const claims = [claimOf('web', 'data-web-3'), claimOf('web', 'old-web-3')];
    assert.deepEqual(
      found(ofClaims(...claims), 'web').leftOver.map(({ storage }) => storage.origin),
      ['claim template', 'former template'],
    );
  });

  it('is certain by the owner’s pod', () => {
    const claim = boundClaim('snapshot', { metadata: ownedBy('Pod', 'web-0', podOf(set, 0).metadata.uid ?? '') });
    assert.equal(only(found(ofClaims(claim), 'web')).ground, 'owner');
  });

  it('is not by name where another pod owns it', () => {
    const claim = claimOf('web', 'data-web-3', ownedBy('Pod', 'data', 'uid-of-data', true));
    assert.deepEqual(leftOver(set, ofClaims(claim)), []);
  });

  it('is not by the name of an owner of another API group', () => {
    const kruise = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'web', uid: 'u' };
    const claim = boundClaim('backup', { metadata: { ownerReferences: [kruise] } });
    assert.deepEqual(leftOver(set, ofClaims(claim)), []);
  });

  it('is that of a set of another API group which owns it, or whose pod names it', () => {
    const kruise = {
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'StatefulSet',
      name: 'web',
      uid: 'u',
      controller: true,
    };
    const owned = claimOf('web', 'data-web-3', { ownerReferences: [kruise] });
    assert.deepEqual(leftOver(set, ofClaims(owned)), []);
    const used = ofClaims(claimOf('web', 'data-web-3'));
    const pod = user('web-3', 'data-web-3', { phase: 'Running' });
    assert.equal(found({ ...used, pods: read([pod]) }, 'web').leftOver.length, 1);
    const ofKruise = { ...pod, metadata: { ...pod.metadata, ownerReferences: [kruise] } };
    assert.deepEqual(found({ ...used, pods: read([ofKruise]) }, 'web').leftOver, []);
  });

  it('is not certain while not all pods were read', () => {
    const snapshot = { ...ofClaims(claimOf('web', 'data-web-3')), pods: forbidden<Pod>('pods') };
    assert.equal(only(found(snapshot, 'web')).sure, false);
  });

  for (const [what, labels] of [
    ['the same labels', { app: 'pg' }],
    ['labels of its own', { app: 'old-pg' }],
  ] as const) {
    it(`is the set’s with the longer name, whose template fits, where that has ${what}`, () => {
      const pg = statefulSet('pg', { replicas: 1, templates: ['data'] });
      const oldPg = statefulSet('old-pg', {
        replicas: 0,
        templates: ['data'],
        spec: { selector: { matchLabels: labels } },
      });
      const claims = [claimOf('pg', 'data-pg-0'), boundClaim('data-old-pg-0', { metadata: { labels } })];
      const snapshot = snapshotOf({ statefulSets: [pg, oldPg], claims, pods: [podOf(pg, 0)] });
      assert.deepEqual(found(snapshot, 'pg').leftOver, []);
      const { storage, sure } = only(found(snapshot, 'old-pg'));
      assert.deepEqual([storage.name, sure], ['data-old-pg-0', true]);
    });
  }

  it('is a guess with two readings where that set is gone', () => {
    const pg = statefulSet('pg', { replicas: 1, templates: ['data'] });
    const snapshot = snapshotOf({ statefulSets: [pg], claims: [claimOf('pg', 'data-old-pg-0')], pods: [podOf(pg, 0)] });
    const { why, sure } = only(found(snapshot, 'pg'));
    assert.deepEqual(why, { kind: 'former template', template: 'data-old', otherSet: 'old-pg' });
    assert.equal(sure, false);
  });

  it('may be two sets’: it is told under both, as shared, and counts once in the total', () => {
    const [c, bc] = [statefulSet('c', { replicas: 0, templates: ['a-b'] }), statefulSet('b-c', { templates: ['a'] })];
    const snapshot = snapshotOf({ statefulSets: [c, bc], claims: [claimOf('c', 'a-b-c-0')], pods: [podOf(bc, 0)] });
    const [one, other] = [found(snapshot, 'c'), found(snapshot, 'b-c')];
    assert.deepEqual(
      one.leftOver.map(({ storage, sure }) => [storage.name, storage.mountedBy, sure]),
      [['a-b-c-0', ['b-c-0'], true]],
    );
    assert.deepEqual(one.sharedWith.get('a-b-c-0'), ['b-c']);
    assert.deepEqual(other.sharedWith.get('a-b-c-0'), ['c']);
    const { claims, leftOver: left } = total([one, other]);
    assert.deepEqual([claims.count, left.count], [1, 0]);
  });
});

describe('a condemned pod that lacks a volume', () => {
  it('has the claim of a template not below it: the claim is left over', () => {
    const set = statefulSet('web', { replicas: 0, templates: ['data'] });
    const pods = [podOf(set, 0, { spec: { volumes: [] } })];
    const topology = found(snapshotOf({ statefulSets: [set], claims: [claimOf('web', 'data-web-0')], pods }), 'web');
    assert.deepEqual(topology.members[0]?.storage, []);
    assert.equal(only(topology).storage.name, 'data-web-0');
  });
});

describe('a claim that stands below no pod, and is not left over', () => {
  const claims = [boundClaim('common')];

  it('is one that the pod template names where no pod is wanted', () => {
    const set = statefulSet('web', { replicas: 0, shared: ['common'] });
    const topology = found(snapshotOf({ statefulSets: [set], claims }), 'web');
    assert.deepEqual(
      topology.unmounted.map(({ name }) => name),
      ['common'],
    );
    assert.deepEqual([topology.leftOver, summary(topology).claims.count], [[], 1]);
  });

  it('is one that the pod template names since after its pods were made', () => {
    const set = statefulSet('web', { replicas: 1, shared: ['common'] });
    const pods = [podOf(set, 0, { spec: { volumes: [] } })];
    assert.equal(found(snapshotOf({ statefulSets: [set], claims, pods }), 'web').unmounted.length, 1);
  });

  it('is none where many pods are missing: it stands below their one line', () => {
    const set = statefulSet('web', { replicas: 50, shared: ['common'] });
    const topology = found(snapshotOf({ statefulSets: [set], claims }), 'web');
    assert.deepEqual(
      topology.members.map(({ storage }) => storage.map(({ name, willMount }) => [name, willMount])),
      [[['common', 50]]],
    );
    assert.deepEqual([topology.unmounted, summary(topology).claims.count], [[], 1]);
  });

  it('is none of an ephemeral volume whose pod is missing among many', () => {
    const volumes = [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }];
    const set = statefulSet('web', { replicas: 50, spec: { template: { spec: { containers: [], volumes } } } });
    const topology = found(snapshotOf({ statefulSets: [set], claims: [boundClaim('web-30-scratch')] }), 'web');
    const told = topology.members.filter(({ storage }) => storage.some(({ claim }) => claim.state === 'found'));
    assert.deepEqual(
      told.map((member) => member.state === 'missing' && member.ordinals),
      [{ start: 30, end: 31 }],
    );
  });

  it('is told once below a missing pod to which both a claim template and the pod template give it', () => {
    const set = statefulSet('web', { replicas: 1, templates: ['data'], shared: ['data-web-0'] });
    const topology = found(snapshotOf({ statefulSets: [set], claims: [boundClaim('data-web-0')] }), 'web');
    assert.deepEqual(
      topology.members.map(({ storage }) => storage.map(({ name }) => name)),
      [['data-web-0']],
    );
  });
});
