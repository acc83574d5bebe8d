import assert from 'node:assert/strict';
import type { Claim, ControllerRevision } from '#src/objects/types.ts';
import { successorRefusals } from '#src/roll/model/successors.ts';
import { boundClaim, forbidden, podOf, read, statefulSet } from '../../objects/snapshots.ts';

describe('a roll is refused for its pods’ claims', () => {
  const before = statefulSet('web', { replicas: 3, templates: ['data'] });
  const pods = [0, 1, 2].map((ordinal) => podOf(before, ordinal));
  const [lowest, middle, highest] = pods as [(typeof pods)[0], (typeof pods)[0], (typeof pods)[0]];
  const claims = [0, 1, 2].map((ordinal) => boundClaim(`data-web-${ordinal}`));

  function refusals(templates: readonly string[], chosen = pods, all: readonly Claim[] | undefined = claims) {
    const set = statefulSet('web', { replicas: 3, templates });
    return successorRefusals(set, pods, chosen, all, read());
  }

  it('not where each would come back on its own', () => assert.deepEqual(refusals(['data']), []));

  it('tells each pod, the chosen ones first, and where the controller ends', () => {
    const [refusal, ...more] = refusals(['pgdata'], [highest]);
    assert.deepEqual(more, []);
    assert.ok(refusal?.kind === 'other claims');
    assert.deepEqual(
      refusal.pods.map(({ pod, stay, go }) => [pod, stay, go]),
      [
        ['web-2', ['data-web-2'], []],
        ['web-0', ['data-web-0'], []],
        ['web-1', ['data-web-1'], []],
      ],
    );
    assert.deepEqual(refusal.wedge, { pod: 'web-0', isLowest: true });
  });

  it('also where only a pod that is not to go would be another', () => {
    const set = statefulSet('web', { replicas: 3, templates: ['data', 'wal'] });
    const whole = [podOf(set, 0), middle, podOf(set, 2)];
    const [refusal] = successorRefusals(set, whole, [podOf(set, 2)], claims, read());
    assert.ok(refusal?.kind === 'other claims');
    assert.deepEqual(
      [refusal.pods.map(({ pod }) => pod), refusal.wedge],
      [['web-1'], { pod: 'web-1', isLowest: false }],
    );
  });

  it('where a claim template was removed, which stops no controller', () => {
    const [refusal] = refusals([]);
    assert.ok(refusal?.kind === 'other claims');
    assert.deepEqual([refusal.pods.length, refusal.wedge], [3, undefined]);
  });

  it('says which claims go with their pods, and nothing of those that it did not see', () => {
    const owned = (claim: Claim, uid: string): Claim => {
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid }];
      return { ...claim, metadata: { ...claim.metadata, ownerReferences } };
    };
    const [first, ...rest] = claims as [Claim, ...Claim[]];
    const fateOf = (all: readonly Claim[] | undefined) => {
      const [refusal] = refusals([], [lowest], all);
      assert.ok(refusal?.kind === 'other claims');
      return [refusal.pods[0]?.stay, refusal.pods[0]?.go];
    };
    assert.deepEqual(fateOf([owned(first, lowest.metadata.uid ?? ''), ...rest]), [[], ['data-web-0']]);
    assert.deepEqual(fateOf([owned(first, 'of-another-pod'), ...rest]), [['data-web-0'], []]);
    assert.deepEqual(fateOf(rest), [[], []]);
  });

  describe('below the partition', () => {
    const set = statefulSet('web', {
      replicas: 3,
      spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } },
      status: { currentRevision: 'web-1', updateRevision: 'web-2' },
    });
    const volumes = [{ name: 'all', persistentVolumeClaim: { claimName: 'all' } }];
    const held = [0, 1, 2].map((ordinal) => podOf(set, ordinal, { revision: 'web-1', spec: { volumes } }));
    const ownedBy = (apiVersion: string, revision: ControllerRevision): ControllerRevision => {
      const owner = { apiVersion, kind: 'StatefulSet', name: 'web', uid: set.metadata.uid ?? '', controller: true };
      return { ...revision, metadata: { ...revision.metadata, ownerReferences: [owner] } };
    };
    const refusalsBy = (revisions: Parameters<typeof successorRefusals>[4]) =>
      successorRefusals(set, held, held, undefined, revisions);

    it('not where the template of their revision gives them what they have', () => {
      const template = { spec: { containers: [], volumes } };
      const revision: ControllerRevision = { metadata: { name: 'web-1' }, data: { spec: { template } } };
      assert.deepEqual(refusalsBy(read([revision])), []);
      assert.deepEqual(refusalsBy(read([ownedBy('apps/v1', revision)])), []);
      const foreign = ownedBy('apps.kruise.io/v1beta1', revision);
      assert.deepEqual(refusalsBy(read([foreign])), refusalsBy(read()));
    });

    it('where it may not be read, or is gone: nobody knows', () => {
      const unknown = { kind: 'successor unknown', pods: ['web-0', 'web-1', 'web-2'], revision: 'web-1' };
      const denied = forbidden<ControllerRevision>('controllerrevisions.apps');
      assert.ok(denied.others === 'forbidden');
      assert.deepEqual(refusalsBy(denied), [{ ...unknown, refusal: denied.refusal }]);
      assert.deepEqual(refusalsBy(read()), [{ ...unknown, refusal: undefined }]);
    });
  });
});
