import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { PodVolume } from '#src/objects/types.ts';
import { newestEvents } from '#src/statefulset/events.ts';
import { indexStorage, mountsAt, mountsOf, otherVolumes, type Storage } from '#src/statefulset/storage.ts';
import {
  boundClaim,
  namespace,
  pendingClaim,
  podOf,
  snapshotOf,
  statefulSet,
  storageClass,
  uidOf,
  volumeOf,
  warning,
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
      { claim: 'data-web-0', origin: 'former template' },
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
    const set = statefulSet('web', { shared: ['shared'] });
    const volumes = ['one', 'two'].map((name) => ({ name, persistentVolumeClaim: { claimName: 'shared' } }));
    assert.deepEqual(mountsOf(set, podOf(set, 0, { spec: { volumes } })), [
      { claim: 'shared', origin: 'pod template' },
    ]);
  });
});

describe('the usage of a claim', () => {
  const set = statefulSet('web', { templates: ['data'] });
  const usage = { namespace, claim: 'data-web-0', used: 1, available: 2, capacity: 3 };
  const usageOf = (parts: Parameters<typeof snapshotOf>[0], measured?: (typeof usage)[]) => {
    const snapshot = snapshotOf({ claims: [boundClaim('data-web-0')], ...parts });
    return beneath('data-web-0', measured ? { ...snapshot, usage: { items: measured, others: 'missing' } } : snapshot)
      .usage;
  };

  it('is known where a kubelet tells, for claims that pods mount', () => {
    const pods = [podOf(set, 0)];
    assert.deepEqual(usageOf({ pods }, [usage]), usage);
    assert.equal(usageOf({ pods }, []), 'unknown');
    assert.equal(usageOf({ pods }), undefined);
    assert.equal(usageOf({}, [usage]), undefined);
  });
});

describe('the places besides claims in which pods keep data', () => {
  it('are the kinds of their volumes, but for configuration', () => {
    const volumes = [
      { name: 'tmp', emptyDir: {} },
      { name: 'more', emptyDir: {} },
      { name: 'host', hostPath: { path: '/' } },
      { name: 'settings', configMap: {} },
      { name: 'keys', secret: {} },
    ];
    const set = statefulSet('web', { spec: { template: { spec: { containers: [], volumes } } } });
    assert.deepEqual(otherVolumes(set), ['emptyDir', 'hostPath']);
    assert.deepEqual(otherVolumes(statefulSet('web')), []);
  });
});

describe('the newest event of an object', () => {
  it('is told by the time of its series, of its last and of its first occurrence', () => {
    const claim = boundClaim('data-web-0');
    const { lastTimestamp: _, ...timeless } = warning(claim, 'Failed', 'without a time');
    const events = [
      timeless,
      { ...timeless, message: 'first', firstTimestamp: '2026-01-01T00:00:00Z' },
      { ...timeless, message: 'event', eventTime: '2026-01-02T00:00:00.000000Z' },
      { ...timeless, message: 'series', series: { lastObservedTime: '2026-01-03T00:00:00.000000Z' } },
    ];
    for (const order of [events, events.toReversed()]) {
      assert.equal(newestEvents(order).get(uidOf('PersistentVolumeClaim', 'data-web-0'))?.message, 'series');
    }
    assert.deepEqual(
      [...newestEvents(events.slice(0, 1)).values()].map(({ message }) => message),
      ['without a time'],
    );
  });
});
