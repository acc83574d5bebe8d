import assert from 'node:assert/strict';
import type { Snapshot } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Claim, Event, Volume } from '#src/objects/types.ts';
import { indexStorage, isGoing, mountsAt, mountsOf, type Storage } from '#src/statefulset/storage.ts';
import {
  boundClaim,
  forbidden,
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

function beneath(claim: string, snapshot: Snapshot): Storage {
  return indexStorage(snapshot).beneath({ claim, origin: 'pod template' }, namespace, 0);
}

describe('a finding about a claim', () => {
  const findings = (claim: Claim, others: Parameters<typeof snapshotOf>[0] = {}) =>
    beneath(claim.metadata.name, snapshotOf({ claims: [claim], ...others })).findings;
  const bound = (shape: Parameters<typeof boundClaim>[1]) => findings(boundClaim('data-web-0', shape));

  it('is missing where nothing is notable', () => assert.deepEqual(bound({}), []));

  it('is that it is being deleted', () => {
    const claim = boundClaim('data-web-0', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    assert.deepEqual(findings(claim), [{ kind: 'being deleted' }]);
    assert.equal(isGoing(beneath('data-web-0', snapshotOf({ claims: [claim] }))), true);
    assert.equal(isGoing(beneath('data-web-0', snapshotOf({}))), false);
  });

  it('is that it lost its volume', () => {
    assert.deepEqual(bound({ status: { phase: 'Lost' } }), [{ kind: 'lost' }]);
  });

  it('is that it is a block device', () => {
    assert.deepEqual(bound({ spec: { volumeMode: 'Block' } }), [{ kind: 'block' }]);
  });

  it('is that another class of attributes is wanted', () => {
    assert.deepEqual(bound({ spec: { volumeAttributesClassName: 'fast' } }), [
      { kind: 'attributes class', current: undefined, wanted: 'fast' },
    ]);
    const status = { currentVolumeAttributesClassName: 'slow' };
    assert.deepEqual(bound({ spec: { volumeAttributesClassName: 'fast' }, status }), [
      { kind: 'attributes class', current: 'slow', wanted: 'fast' },
    ]);
  });

  describe('that is pending', () => {
    const claim = pendingClaim('data-web-0');
    const why = (pending: Claim, others: Parameters<typeof snapshotOf>[0] = {}) => {
      const finding = findings(pending, others).find(({ kind }) => kind === 'pending');
      assert.ok(finding?.kind === 'pending');
      return finding.why;
    };
    const late = storageClass('standard', { volumeBindingMode: 'WaitForFirstConsumer' });
    const annotations = { 'volume.kubernetes.io/selected-node': 'node-1' };
    const chosen = { ...claim, metadata: { ...claim.metadata, annotations } };
    const failed = warning(claim, 'ProvisioningFailed', 'no space');
    const told = { kind: 'event', type: 'Warning', reason: 'ProvisioningFailed', message: 'no space' };
    const repeating = {
      ...failed,
      type: 'Normal',
      reason: 'ExternalProvisioning',
      message: 'waits for the driver',
      lastTimestamp: '2026-03-09T11:59:59Z',
    };

    it('is that its class is missing', () => assert.deepEqual(why(claim), { kind: 'class missing' }));

    it('is that it waits for a pod to be scheduled', () => {
      assert.deepEqual(why(claim, { classes: [late] }), { kind: 'waits for a pod to be scheduled' });
      const waits = { ...repeating, reason: 'WaitForPodScheduled' };
      assert.deepEqual(why(claim, { classes: [late], events: [waits] }), { kind: 'waits for a pod to be scheduled' });
    });

    for (const [which, pending, bindingClass] of [
      ['of a class that binds at once', claim, storageClass('standard')],
      ['whose node was chosen', chosen, late],
      ['whose node was given up after a failure', claim, late],
    ] as const) {
      it(`${which} is the newest warning, whatever Normal events repeat`, () => {
        const old = { ...warning(claim, 'ProvisioningFailed', 'old'), lastTimestamp: '2025-01-01T00:00:00Z' };
        const events = [old, failed, repeating];
        assert.deepEqual(why(pending, { classes: [bindingClass], events }), told);
      });
    }

    it('is the newest event where there is no warning', () => {
      assert.deepEqual(why(chosen, { classes: [late], events: [repeating] }), {
        kind: 'event',
        type: 'Normal',
        reason: 'ExternalProvisioning',
        message: 'waits for the driver',
      });
      assert.equal(why(chosen, { classes: [late] }), undefined);
    });

    it('is told by the events of a file without UIDs', () => {
      const { uid: _, ...metadata } = claim.metadata;
      const about = { kind: 'PersistentVolumeClaim', namespace, name: metadata.name };
      const events = [
        { ...failed, involvedObject: { ...about, name: 'other' }, message: 'of another' },
        { ...failed, involvedObject: about },
      ];
      assert.deepEqual(why({ ...claim, metadata }, { classes: [late], events }), told);
    });

    describe('and names a volume', () => {
      const asks = (spec: Claim['spec'] = {}): Claim => ({
        ...claim,
        spec: { ...claim.spec, volumeName: 'pv-7', ...spec },
      });
      const volume = (spec: Volume['spec'] = {}, metadata: Partial<Volume['metadata']> = {}): Volume => ({
        metadata: { name: 'pv-7', ...metadata },
        spec: { capacity: { storage: '50Mi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'standard', ...spec },
      });
      const faultOf = (pending: Claim, volumes: Volume[], events: Event[] = []) => {
        const found = why(pending, { classes: [late], volumes, events });
        assert.ok(found?.kind === 'volume');
        assert.equal(found.volume, 'pv-7');
        return found.fault;
      };
      const misfits = (spec: Claim['spec'], ofVolume: Volume['spec'], metadata: Partial<Volume['metadata']> = {}) => {
        const fault = faultOf(asks(spec), [volume(ofVolume, metadata)]);
        return fault.kind === 'does not fit' ? fault.misfits : [];
      };

      it('is that the volume is missing, and not that a pod is to be scheduled', () => {
        assert.deepEqual(faultOf(asks(), []), { kind: 'missing' });
      });

      it('is that the volume is claimed by another claim, or by a former one', () => {
        const by = (claimRef: object) => faultOf(asks(), [volume({ claimRef })]);
        assert.deepEqual(by({ name: 'x', namespace, uid: 'u' }), {
          kind: 'claimed by another',
          owner: 'shop/x',
          former: false,
        });
        assert.deepEqual(by({ name: 'data-web-0', namespace, uid: 'old' }), {
          kind: 'claimed by another',
          owner: 'shop/data-web-0',
          former: true,
        });
        assert.deepEqual(by({ name: 'data-web-0', namespace: 'other' }), {
          kind: 'claimed by another',
          owner: 'other/data-web-0',
          former: false,
        });
      });

      it('is in what the volume does not fit', () => {
        const size = (storage: string) => ({ resources: { requests: { storage } } });
        assert.deepEqual(misfits(size('1Gi'), {}), [{ property: 'size', volume: '50Mi', claim: '1Gi' }]);
        assert.deepEqual(misfits(size('1Gi'), { capacity: { storage: '1024Mi' } }), []);
        assert.deepEqual(misfits({ storageClassName: 'fast' }, {}), [
          { property: 'class', volume: 'standard', claim: 'fast' },
        ]);
        assert.deepEqual(misfits({ volumeMode: 'Block' }, {}), [
          { property: 'volume mode', volume: 'Filesystem', claim: 'Block' },
        ]);
        assert.deepEqual(misfits({ volumeAttributesClassName: 'gold' }, {}), [
          { property: 'attributes class', volume: '', claim: 'gold' },
        ]);
        assert.deepEqual(misfits({ accessModes: ['ReadWriteOnce', 'ReadWriteMany'] }, {}), [
          { property: 'access modes', volume: 'ReadWriteOnce', claim: 'ReadWriteOnce ReadWriteMany' },
        ]);
        assert.deepEqual(misfits({}, { accessModes: ['ReadWriteMany', 'ReadWriteOnce'] }), []);
        const deletionTimestamp = '2026-01-01T00:00:00Z';
        assert.deepEqual(misfits({}, {}, { deletionTimestamp }), [
          { property: 'deletion', volume: deletionTimestamp, claim: '' },
        ]);
      });

      it('is no selector, which the controller does not ask', () => {
        assert.deepEqual(misfits({ selector: { matchLabels: { tier: 'gold' } } }, {}), []);
      });

      it('is the class of its annotation, as in objects from before Kubernetes 1.6', () => {
        const old = { 'volume.beta.kubernetes.io/storage-class': 'old' };
        assert.deepEqual(misfits({ storageClassName: 'old' }, {}, { annotations: old }), []);
      });

      it('is nothing where the volume names the claim: then the controller compares nothing', () => {
        const claimRef = { name: 'data-web-0', namespace };
        assert.deepEqual(faultOf(asks({ volumeMode: 'Block' }), [volume({ claimRef })]), { kind: 'not bound yet' });
      });

      it('is the newest warning where the volume may not be read', () => {
        const mismatch = warning(claim, 'VolumeMismatch', 'Cannot bind to requested volume "pv-7"');
        const snapshot = (events: Event[]) => ({
          ...snapshotOf({ claims: [asks()], classes: [late], events }),
          volumes: forbidden<Volume>('persistentvolumes'),
        });
        const of = (events: Event[]) => beneath('data-web-0', snapshot(events)).findings;
        assert.deepEqual(of([mismatch]), [
          {
            kind: 'pending',
            why: { kind: 'event', type: 'Warning', reason: 'VolumeMismatch', message: mismatch.message },
          },
        ]);
        assert.deepEqual(of([]), [
          { kind: 'pending', why: { kind: 'volume', volume: 'pv-7', fault: { kind: 'not bound yet' } } },
        ]);
      });
    });
  });

  describe('that asks for more than it has', () => {
    const spec = { resources: { requests: { storage: '100Mi' } } };
    const since = '2026-03-09T11:00:00Z';
    const condition = (type: string, more: object = {}) => ({
      type,
      status: 'True',
      lastTransitionTime: since,
      ...more,
    });
    const resize = (status: Claim['status'], metadata: Partial<Claim['metadata']> = {}) => {
      const found = bound({ spec, metadata, ...(status && { status }) });
      return found.map((each) => {
        assert.ok(each.kind === 'resizing');
        const { from, to, progress, since: at, error } = each;
        assert.deepEqual([from, to], ['50Mi', '100Mi']);
        return [progress, at === undefined ? undefined : formatTime(at), error];
      });
    };

    it('is how far that is, and since when', () => {
      assert.deepEqual(resize({ conditions: [condition('Resizing')] }), [['controller', since, undefined]]);
      assert.deepEqual(resize({ conditions: [condition('FileSystemResizePending')] }), [['node', since, undefined]]);
      const allocated = (storage: string) => resize({ allocatedResourceStatuses: { storage } });
      assert.deepEqual(allocated('ControllerResizeInProgress'), [['controller', undefined, undefined]]);
      assert.deepEqual(allocated('NodeResizePending'), [['node', undefined, undefined]]);
      assert.deepEqual(allocated('NodeResizeInProgress'), [['node', undefined, undefined]]);
    });

    it('is that the storage system cannot', () => {
      for (const storage of ['ControllerResizeInfeasible', 'NodeResizeInfeasible']) {
        const conditions = [condition('Resizing'), condition('ControllerResizeError', { message: 'too large' })];
        const [[progress, , error] = []] = resize({ allocatedResourceStatuses: { storage }, conditions });
        assert.deepEqual([progress, error], ['infeasible', 'too large']);
      }
    });

    it('is that nobody has begun, since the request was written at the latest', () => {
      assert.deepEqual(resize({ conditions: [{ type: 'Resizing', status: 'False' }] }), [
        ['not begun', undefined, undefined],
      ]);
      const entry = (manager: string, time: string, fieldsV1: object) => ({
        manager,
        operation: 'Update',
        time,
        fieldsV1,
      });
      const managedFields = [
        entry('kubectl-edit', since, { 'f:spec': { 'f:resources': { 'f:requests': { 'f:storage': {} } } } }),
        entry('kube-controller-manager', '2026-03-09T11:30:00Z', { 'f:status': { 'f:phase': {} } }),
      ];
      assert.deepEqual(resize({}, { managedFields }), [['not begun', since, undefined]]);
    });

    it('is the warning of the one who tries it, and no other', () => {
      const claim = boundClaim('data-web-0', { spec });
      const errorBy = (reason: string) => {
        const [found] = findings(claim, { events: [warning(claim, reason, 'quota')] });
        return found?.kind === 'resizing' && found.error;
      };
      assert.deepEqual([errorBy('VolumeResizeFailed'), errorBy('ProvisioningFailed')], ['quota', undefined]);
    });

    it('is missing where the same size is written otherwise, where the claim has more, or is not bound', () => {
      const asked = (storage: string, status: Claim['status'] = {}) =>
        bound({ spec: { resources: { requests: { storage } } }, status });
      assert.deepEqual(asked('51200Ki'), []);
      assert.deepEqual(asked('1Mi', { conditions: [condition('Resizing')] }), []);
      assert.deepEqual(asked('1Gi', { phase: 'Released', conditions: [condition('Resizing')] }), []);
    });
  });

  describe('whose claim template asks for more', () => {
    const of = (asked: string, claim: Claim) =>
      indexStorage(snapshotOf({ claims: [claim] })).beneath(
        { claim: claim.metadata.name, origin: 'claim template', templateSize: asked },
        namespace,
        0,
      ).findings;

    it('is that nobody resizes the claim for it', () => {
      assert.deepEqual(of('1Gi', boundClaim('data-web-0')), [
        { kind: 'template asks for more', asked: '1Gi', there: '50Mi' },
      ]);
    });

    it('is missing where the template asks for as much or less, and told as a resize where the claim asks for it too', () => {
      assert.deepEqual(of('52428800', boundClaim('data-web-0')), []);
      assert.deepEqual(of('1Mi', boundClaim('data-web-0')), []);
      const grown = boundClaim('data-web-0', { spec: { resources: { requests: { storage: '1Gi' } } } });
      assert.deepEqual(
        of('1Gi', grown).map(({ kind }) => kind),
        ['resizing'],
      );
    });

    it('is of each claim of the template, by the pods that mount them', () => {
      const template = { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1Gi' } } } };
      const set = statefulSet('web', { spec: { volumeClaimTemplates: [template] } });
      const mounts = [...mountsOf(set, podOf(set, 0)), ...mountsAt(set, 1)];
      assert.deepEqual(
        mounts.map(({ templateSize }) => templateSize),
        ['1Gi', '1Gi'],
      );
    });
  });

  describe('whose volume belongs to another claim', () => {
    const claim = boundClaim('data-web-0');
    const owned = (claimRef: object) => findings(claim, { volumes: [volumeOf(claim, { claimRef })] });

    it('is which claim that is', () => {
      assert.deepEqual(owned({ name: 'data-db-0', namespace, uid: 'uid' }), [
        { kind: 'volume of another claim', owner: 'shop/data-db-0', former: false },
      ]);
      assert.deepEqual(owned({}), [{ kind: 'volume of another claim', owner: '/', former: false }]);
    });

    it('is that it is a former claim of the same name', () => {
      assert.deepEqual(owned({ name: 'data-web-0', namespace, uid: 'uid-of-old' }), [
        { kind: 'volume of another claim', owner: 'shop/data-web-0', former: true },
      ]);
    });

    it('is missing where it is the same claim, or the volume names no UID', () => {
      const uid = uidOf('PersistentVolumeClaim', 'data-web-0');
      assert.deepEqual(owned({ name: 'data-web-0', namespace, uid }), []);
      assert.deepEqual(owned({ name: 'data-web-0', namespace }), []);
    });
  });
});
