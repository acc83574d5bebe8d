import assert from 'node:assert/strict';
import type { Pod } from '#src/objects/types.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, openShop, type Shop, told } from './shop.ts';

describe('kubectl sts roll of pods that would not come back as they are', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  /** Puts a set in the place of web whose pods are those of the old one. */
  function become(shape: Parameters<typeof statefulSet>[1]): void {
    shop.cluster.put('statefulsets', statefulSet('web', { replicas: 3, ...shape }));
  }

  async function refused(words = ''): Promise<string[]> {
    const { code, stdout, stderr } = await shop.roll(`web --stable 0s ${words}`);
    assert.deepEqual([code, stdout], [2, '']);
    assert.deepEqual([shop.uids(), evictions(shop.cluster)], [['web-0', 'web-1', 'web-2'], []]);
    return told(stderr);
  }

  for (const [strategy, words] of [
    ['RollingUpdate', ''],
    ['OnDelete', '--order forward'],
    ['OnDelete', '--ordinals 1'],
    ['RollingUpdate', '--dry-run=server'],
  ] as const) {
    it(`evicts none where a claim template has another name now: ${strategy} ${words}`, async () => {
      become({ templates: ['pgdata'], spec: { updateStrategy: { type: strategy } } });
      const [line = '', ...more] = await refused(words);
      assert.deepEqual(more, []);
      const first = words === '' || words.startsWith('--dry') ? 2 : words.endsWith('1') ? 1 : 0;
      assert.match(
        line,
        new RegExp(
          `^error: statefulset/web is not rolled: 3 pods .*; web-${first} is on data-web-${first}, and the set now gives it pgdata-web-${first}: .*; until web-0 is deleted by hand, the controller makes no pod at all; data-web-${first} stays; .*kubectl delete pod web-0 -n shop, then`,
        ),
      );
    });
  }

  it('evicts none where a claim template was removed, which no controller minds', async () => {
    become({ templates: [] });
    const [line = ''] = await refused('--ordinals 2');
    assert.match(line, /web-2 is on data-web-2, which the set no longer gives it: .*data-web-2 stays/);
    assert.doesNotMatch(line, /deleted by hand/);
  });

  it('rolls all where the pod template changed in what is no claim’s', async () => {
    become({
      templates: ['data'],
      status: { updateRevision: 'web-2' },
      spec: {
        updateStrategy: { type: 'OnDelete' },
        template: { spec: { containers: [{ name: 'db', image: 'other' }], volumes: [{ name: 'tmp', emptyDir: {} }] } },
      },
    });
    const { code, stderr } = await shop.roll('web --stable 0s');
    assert.equal(code, 0, stderr);
    assert.equal(evictions(shop.cluster).length, 3);
    assert.ok(!shop.cluster.requests.some((request) => request.includes('controllerrevisions')));
  });

  describe('below the partition', () => {
    const volumes = [{ name: 'all', persistentVolumeClaim: { claimName: 'all' } }];
    const template = { spec: { containers: [], volumes } };

    beforeEach(() => {
      become({
        spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } } },
        status: { currentRevision: 'web-1', updateRevision: 'web-2' },
      });
      const old = statefulSet('web', { replicas: 3, spec: { template } });
      for (const ordinal of [0, 1, 2]) shop.cluster.put('pods', podOf(old, ordinal));
    });

    it('reads the template of their revision, and rolls them if it gives them what they have', async () => {
      shop.cluster.put('persistentvolumeclaims', { metadata: { name: 'all', namespace: 'shop' } });
      shop.cluster.put('controllerrevisions', { metadata: { name: 'web-1' }, data: { spec: { template } } } as never);
      const { code, stderr } = await shop.roll('web --stable 0s');
      assert.equal(code, 0, stderr);
      assert.ok(shop.cluster.requests.includes('get controllerrevisions web-1'));
    });

    it('refuses where it may not be read', async () => {
      shop.cluster.denied.add('get controllerrevisions');
      const [line = ''] = await refused();
      assert.match(line, /is not known: .* in revision web-1, no right to get controllerrevisions.apps: /);
    });
  });

  it('names who has the name of a missing pod, whom the set’s selector does not list', async () => {
    const { metadata, spec, status } = podOf(statefulSet('web', { replicas: 3 }), 1);
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'web', uid: 'job', controller: true }];
    const foreign: Pod = {
      spec: spec ?? { containers: [] },
      ...(status && { status }),
      metadata: { ...metadata, uid: 'x', labels: {}, ownerReferences },
    };
    shop.cluster.put('pods', foreign);
    const { code, stderr } = await shop.roll('web --stable 0s');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /web-1 cannot be created: a pod of Job\/web has its name\): web-1 belongs to Job\/web: move it away, or if nobody needs it: kubectl delete pod web-1 -n shop$/m,
    );
    assert.deepEqual(evictions(shop.cluster), []);
  });
});
