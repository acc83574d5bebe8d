import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { PodVolume } from '#src/objects/types.ts';
import { indexStorage, mountsAt, mountsOf, type Storage } from '#src/statefulset/storage.ts';
import {
  boundClaim,
  namespace,
  pendingClaim,
  podOf,
  snapshotOf,
  statefulSet,
  storageClass,
  volumeOf,
} from '../objects/snapshots.ts';

const ephemeral: PodVolume = { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } };

function beneath(claim: string, snapshot: Snapshot): Storage {
  return indexStorage(snapshot).beneath({ claim, origin: 'claim template' }, namespace, 1);
}

describe('the claims that a pod mounts', () => {
  it('are those of the claim templates first, then those that the pod template names', () => {
    const set = statefulSet('web', { templates: ['data', 'log'], shared: ['shared'] });
    const expected = [
      { claim: 'data-web-2', origin: 'claim template' },
      { claim: 'log-web-2', origin: 'claim template' },
      { claim: 'shared', origin: 'pod template' },
    ];
    assert.deepEqual(mountsAt(set, 2), expected);
    const pod = podOf(set, 2);
    const volumes = [...(pod.spec?.volumes ?? [])].reverse();
    assert.deepEqual(
      mountsOf(set, { ...pod, spec: { containers: [], volumes } }).map(({ origin }) => origin),
      expected.map(({ origin }) => origin),
    );
  });

  it('are told from the pod itself: it may be older than the template', () => {
    const set = statefulSet('web', { templates: ['data'] });
    assert.deepEqual(mountsOf(statefulSet('web', { templates: ['other'] }), podOf(set, 0)), [
      { claim: 'data-web-0', origin: 'pod template' },
    ]);
  });

  it('are none where the pod has only an emptyDir', () => {
    const pod = podOf(statefulSet('web'), 0, { spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } });
    assert.deepEqual(mountsOf(statefulSet('web'), pod), []);
  });

  it('of a generic ephemeral volume are called POD-VOLUME', () => {
    const set = statefulSet('web');
    const pod = podOf(set, 1, { spec: { volumes: [ephemeral] } });
    assert.deepEqual(mountsOf(set, pod), [{ claim: 'web-1-scratch', origin: 'ephemeral volume' }]);
  });

  it('of a template shadow a volume of the same name in the pod template', () => {
    const set = statefulSet('web', { templates: ['data'] });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'shadowed' } }, ephemeral];
    const template = { spec: { containers: [], volumes } };
    assert.deepEqual(mountsAt({ ...set, spec: { ...set.spec, serviceName: 'web', selector: {}, template } }, 0), [
      { claim: 'data-web-0', origin: 'claim template' },
      { claim: 'web-0-scratch', origin: 'ephemeral volume' },
    ]);
  });
});

describe('a claim', () => {
  it('leads to its volume and its class', () => {
    const claim = boundClaim('data-web-0');
    const snapshot = snapshotOf({ claims: [claim], volumes: [volumeOf(claim)], classes: [storageClass('standard')] });
    const { claim: found, volume, class: ofClass } = beneath('data-web-0', snapshot);
    assert.equal(found.state, 'found');
    assert.deepEqual([volume?.name, volume?.volume.state], ['pv-data-web-0', 'found']);
    assert.deepEqual([ofClass?.name, ofClass?.class.state], ['standard', 'found']);
  });

  it('that is not bound leads to no volume', () => {
    assert.equal(beneath('data-web-0', snapshotOf({ claims: [pendingClaim('data-web-0')] })).volume, undefined);
  });

  it('whose class is named by the annotation of old times is of that class', () => {
    const annotations = { 'volume.beta.kubernetes.io/storage-class': 'old' };
    const claim = boundClaim('data-web-0', { metadata: { annotations } });
    assert.equal(beneath('data-web-0', snapshotOf({ claims: [claim] })).class?.name, 'old');
  });

  it('of the class "" is of none', () => {
    const claim = boundClaim('data-web-0', { class: '' });
    assert.equal(beneath('data-web-0', snapshotOf({ claims: [claim] })).class, undefined);
  });

  it('that is in another namespace is another one', () => {
    const claim = boundClaim('data-web-0', { metadata: { namespace: 'elsewhere' } });
    assert.equal(beneath('data-web-0', snapshotOf({ claims: [claim] })).claim.state, 'missing');
  });

  it('is mounted by all pods that name it, of whatever set', () => {
    const one = statefulSet('c', { templates: ['a-b'] });
    const other = statefulSet('b-c', { templates: ['a'] });
    const snapshot = snapshotOf({ claims: [boundClaim('a-b-c-0')], pods: [podOf(one, 0), podOf(other, 0)] });
    assert.deepEqual([...beneath('a-b-c-0', snapshot).mountedBy].sort(), ['b-c-0', 'c-0']);
  });

  it('that one pod mounts twice is mounted by one pod', () => {
    const set = statefulSet('web');
    const volumes = ['one', 'two'].map((name) => ({ name, persistentVolumeClaim: { claimName: 'shared' } }));
    const snapshot = snapshotOf({ claims: [boundClaim('shared')], pods: [podOf(set, 0, { spec: { volumes } })] });
    assert.deepEqual(beneath('shared', snapshot).mountedBy, ['web-0']);
  });

  it('that one pod mounts twice is one claim of that pod', () => {
    const set = statefulSet('web');
    const volumes = ['one', 'two'].map((name) => ({ name, persistentVolumeClaim: { claimName: 'shared' } }));
    assert.deepEqual(mountsOf(set, podOf(set, 0, { spec: { volumes } })), [
      { claim: 'shared', origin: 'pod template' },
    ]);
  });
});
