import assert from 'node:assert/strict';
import type { Budget, Pod } from '#src/objects/types.ts';
import { crashing, namespace, podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, openShop, type Shop, told } from './shop.ts';

const web = statefulSet('web', { replicas: 3, templates: ['data'], spec: { podManagementPolicy: 'Parallel' } });
const pending: NonNullable<Pod['status']> = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' }],
};

function budget(name: string, spec: NonNullable<Budget['spec']>, healthy: number, desired: number): Budget {
  return {
    metadata: { name, namespace, generation: 1 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: {
      observedGeneration: 1,
      expectedPods: 3,
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: Math.max(0, healthy - desired),
    },
  };
}

describe('a roll past budgets', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
    shop.cluster.put('statefulsets', web);
  });
  afterEach(() => shop.close());

  const put = (...budgets: Budget[]) => {
    for (const one of budgets) shop.cluster.put('poddisruptionbudgets', one);
  };
  /** Ready, unless there is a status. */
  const put2 = (status?: NonNullable<Pod['status']>, uid = 'old') =>
    shop.cluster.put('pods', podOf(web, 2, { metadata: { uid }, ...(status !== undefined && { status }) }));
  const refusal = (stderr: string) => told(stderr).filter((line) => line.startsWith('error: '));

  describe('two of which select its pods', () => {
    beforeEach(() => {
      put2(pending);
      put(budget('chart', { maxUnavailable: 1 }, 2, 2), budget('platform', { minAvailable: 2 }, 2, 2));
    });

    it('restarts a Pending pod, and stops where the new pod stays Pending too', async () => {
      const { code, stdout, stderr } = await shop.roll('web --ordinals 2 --dry-run=server');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /web-2 .*admitted$/m);

      shop.cluster.onPodGone = () => put2(pending, 'new');
      const rolled = await shop.roll('web --ordinals 2 --timeout 20s');
      assert.equal(rolled.code, 1);
      assert.match(rolled.stderr, /^error: .*stopped at web-2: --timeout is over while it was coming back/m);
    });

    it('is refused for the pods that run', async () => {
      const all = await shop.roll('web --dry-run=server');
      assert.deepEqual([all.code, all.stdout], [2, '']);
      assert.deepEqual(refusal(all.stderr), [
        'error: statefulset/web is not rolled: web-1 is selected by several PodDisruptionBudgets (chart, platform): the API server evicts no such pod while it runs',
        'error: statefulset/web is not rolled: web-0 is selected by several PodDisruptionBudgets (chart, platform): the API server evicts no such pod while it runs',
      ]);
      put2();
      const one = await shop.roll('web --ordinals 1 --dry-run=client');
      assert.deepEqual([one.code, one.stdout], [2, '']);
      assert.match(one.stderr, /web-1 is selected by several PodDisruptionBudgets \(chart, platform\)/);
    });
  });

  describe('one of which lets none be unavailable', () => {
    const never = (spec: NonNullable<Budget['spec']> = {}) => put(budget('web', { maxUnavailable: 0, ...spec }, 2, 3));

    it('restarts a pod that is not ready where the budget always lets such pods go', async () => {
      put2(crashing());
      never({ unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      const dry = await shop.roll('web --ordinals 2 --dry-run=server');
      assert.deepEqual([dry.code, dry.stderr], [0, '']);
      shop.cluster.onPodGone = () => put2(undefined, 'new');
      assert.equal((await shop.roll('web --ordinals 2 --stable 0s')).code, 0);
      assert.deepEqual(evictions(shop.cluster), ['web-2?dryRun=All', 'web-2']);
    });

    it('is refused for the ready pods alone', async () => {
      put2(crashing());
      never({ unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      const { code, stdout, stderr } = await shop.roll('web --dry-run=client');
      assert.deepEqual([code, stdout], [2, '']);
      assert.deepEqual(refusal(stderr), [
        'error: statefulset/web is not rolled: PodDisruptionBudget web never lets web-1, web-0 go: it allows no disruption at any time',
      ]);
    });

    it('is refused for a pod that is not ready too, unless the budget says otherwise', async () => {
      put2(crashing());
      never();
      const { code, stderr } = await shop.roll('web --ordinals 2');
      assert.equal(code, 2);
      assert.match(stderr, /PodDisruptionBudget web never lets web-2 go/);
    });

    it('restarts pods all the same where they are deleted', async () => {
      never();
      assert.equal((await shop.roll('web --ordinals 2 --stable 0s --disable-eviction')).code, 0);
    });
  });
});
