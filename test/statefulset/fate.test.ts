import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, StatefulSet, Volume } from '#src/objects/types.ts';
import { fateOf, goneOwners, volumeFateOf } from '#src/statefulset/fate.ts';
import { topologies } from '#src/tree/model/topology.ts';
import {
  boundClaim,
  forbidden,
  pendingClaim,
  podOf,
  snapshotOf,
  statefulSet,
  uidOf,
  volumeOf,
} from '../objects/snapshots.ts';

type Owner = NonNullable<Claim['metadata']['ownerReferences']>[number];

function owner(apiVersion: string, kind: string, name: string, uid = uidOf(kind, name)): Owner {
  return { apiVersion, kind, name, uid };
}

const set = statefulSet('web', { replicas: 1, templates: ['data'] });
const ofSet = owner('apps/v1', 'StatefulSet', 'web');
const ofPod = owner('v1', 'Pod', 'web-0');
const ofOperator = owner('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'logs');

describe('what becomes of a claim', () => {
  const snapshot = snapshotOf({ statefulSets: [set], pods: [podOf(set, 0)] });

  function fate(owners: Owner[], from: Snapshot = snapshot): string {
    const claim = boundClaim('data-web-0', { metadata: { ownerReferences: owners } });
    const told = fateOf(claim, goneOwners(from));
    return 'owners' in told ? `${told.kind} ${told.owners.map(({ kind, name }) => `${kind}/${name}`)}` : told.kind;
  }

  it('is to stay where nobody owns it, whatever the retention policy', () => {
    assert.equal(fate([]), 'stays');
  });

  it('is to go now where it is being deleted', () => {
    const claim = boundClaim('data-web-0', { metadata: { deletionTimestamp: '2026-01-02T03:04:05Z' } });
    assert.deepEqual(fateOf(claim, goneOwners(snapshot)), { kind: 'goes now' });
  });

  it('is to go with its owner, of whatever kind', () => {
    assert.equal(fate([ofSet]), 'goes with StatefulSet/web');
    assert.equal(fate([ofPod]), 'goes with Pod/web-0');
    assert.equal(fate([ofOperator]), 'goes with Elasticsearch/logs');
  });

  it('is to go with the last of several owners', () => {
    assert.equal(fate([ofSet, ofOperator]), 'goes with StatefulSet/web,Elasticsearch/logs');
  });

  it('does not depend on an owner that is gone while there is another', () => {
    assert.equal(fate([owner('v1', 'Pod', 'web-0', 'former'), ofSet]), 'goes with StatefulSet/web');
  });

  it('is to go now where its only owner is gone: an earlier set or pod of the name', () => {
    assert.equal(fate([owner('apps/v1', 'StatefulSet', 'web', 'former')]), 'owners are gone StatefulSet/web');
    assert.equal(fate([owner('v1', 'Pod', 'web-0', 'former')]), 'owners are gone Pod/web-0');
  });

  it('does not take an owner for gone that could not be read, or is of another API group', () => {
    const unread = {
      ...snapshot,
      pods: forbidden<never>('pods'),
      statefulSets: forbidden<StatefulSet>('statefulsets.apps'),
    };
    assert.equal(fate([owner('v1', 'Pod', 'web-0', 'former')], unread), 'goes with Pod/web-0');
    assert.equal(fate([owner('apps/v1', 'StatefulSet', 'web', 'former')], unread), 'goes with StatefulSet/web');
    assert.equal(fate([owner('apps.kruise.io/v1beta1', 'StatefulSet', 'web', 'x')]), 'goes with StatefulSet/web');
  });
});

describe('what becomes of a claim once the controller has kept the retention policy', () => {
  function byPolicy(whenDeleted: string, whenScaled: string, ordinal: number, owners: Owner[] = []): string {
    const keeping = statefulSet('web', {
      replicas: 1,
      templates: ['data'],
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled } },
    });
    const name = `data-web-${ordinal}`;
    const claims = [boundClaim(name, { metadata: { ownerReferences: owners } })];
    const pods = [podOf(keeping, 0), ...(ordinal === 0 ? [] : [podOf(keeping, ordinal)])];
    const [topology] = topologies(snapshotOf({ statefulSets: [keeping], pods, claims }), [keeping]);
    const storage = topology?.members.flatMap((member) => member.storage).find((each) => each.name === name);
    const fate = storage?.fateByPolicy;
    if (fate === undefined) return 'the same';
    return fate.kind === 'goes with' ? fate.owners.map(({ kind, name }) => `${kind}/${name}`).join() : fate.kind;
  }

  it('is the same where the owners are as the policy wants them', () => {
    assert.equal(byPolicy('Retain', 'Retain', 0), 'the same');
    assert.equal(byPolicy('Retain', 'Delete', 0), 'the same');
    assert.equal(byPolicy('Delete', 'Retain', 0, [{ ...ofSet, controller: true }]), 'the same');
    assert.equal(byPolicy('Delete', 'Delete', 0, [{ ...ofOperator, controller: true }]), 'the same');
  });

  it('is to go with the set by whenDeleted, and with a condemned pod by whenScaled', () => {
    assert.equal(byPolicy('Delete', 'Retain', 0), 'StatefulSet/web');
    assert.equal(byPolicy('Retain', 'Delete', 4), 'Pod/web-4');
    assert.equal(byPolicy('Delete', 'Delete', 4, [{ ...ofSet, controller: true }]), 'Pod/web-4');
  });

  it('is to stay after the policy was taken back', () => {
    assert.equal(byPolicy('Retain', 'Retain', 0, [{ ...ofSet, controller: true }]), 'stays');
  });
});

describe('what becomes of a volume when its claim goes', () => {
  const claim = boundClaim('data-web-0');

  function fate(policy: string | undefined, metadata: Partial<Volume['metadata']> = {}): string | undefined {
    const { metadata: before, ...volume } = volumeOf(
      claim,
      policy === undefined ? {} : { persistentVolumeReclaimPolicy: policy },
    );
    if (policy === undefined) delete volume.spec?.persistentVolumeReclaimPolicy;
    return volumeFateOf(claim, { state: 'found', object: { ...volume, metadata: { ...before, ...metadata } } });
  }

  it('is told by the policy of the volume', () => {
    assert.equal(fate('Retain'), 'kept');
    assert.equal(fate(undefined), 'kept', 'the API server’s default');
    assert.equal(fate('Delete'), 'deleted');
    assert.equal(fate('Delete', { annotations: {} }), 'to be deleted');
    assert.equal(fate('Recycle'), 'scrubbed');
    assert.equal(fate('Keep'), 'unknown');
  });

  it('is unknown where the volume was not read', () => {
    assert.equal(volumeFateOf(claim, { state: 'forbidden' }), 'unknown');
    assert.equal(volumeFateOf(claim, { state: 'not given' }), 'unknown');
  });

  it('is nothing where there is no volume, or it is another claim’s', () => {
    const other = volumeOf(boundClaim('data-web-1'));
    const former = volumeOf(boundClaim('data-web-0', { metadata: { uid: 'former' } }));
    assert.equal(volumeFateOf(pendingClaim('data-web-0'), undefined), undefined);
    assert.equal(volumeFateOf(claim, { state: 'missing' }), undefined);
    assert.equal(volumeFateOf(claim, { state: 'found', object: other }), undefined);
    assert.equal(volumeFateOf(claim, { state: 'found', object: former }), undefined);
  });
});
