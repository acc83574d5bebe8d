import assert from 'node:assert/strict';
import { formatTime } from '#src/objects/time.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { idleClock } from '../../memory/clock.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';
import { evictions, objectsIn, openShop, type Shop, told } from './shop.ts';

describe('kubectl sts roll of a set with minReadySeconds', () => {
  let shop: Shop;
  let clock: ReturnType<typeof idleClock>;
  const set = statefulSet('web', { replicas: 3, templates: ['data'], spec: { minReadySeconds: 30 } });
  /** The server's clock is hours ahead. */
  const serverTime = () => clock.now() + 7_200_000;

  beforeEach(async () => {
    shop = await openShop();
    clock = idleClock(() => shop.cluster.requests.length);
    shop.cluster.time = serverTime;
    shop.cluster.put<StatefulSet>('statefulsets', set);
    for (const ordinal of [0, 1, 2]) shop.cluster.put('pods', readySince(ordinal, 3_600));
    shop.cluster.onPodGone = ({ metadata }) => {
      const ordinal = Number(metadata.name.slice(-1));
      shop.cluster.put('pods', readySince(ordinal, 0, `${metadata.uid}+`));
    };
  });
  afterEach(() => shop.close());

  function readySince(ordinal: number, seconds: number, uid = `old-${ordinal}`): Pod {
    const lastTransitionTime = formatTime(serverTime() - seconds * 1_000);
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];
    return podOf(set, ordinal, { metadata: { uid }, status: { phase: 'Running', conditions } });
  }

  const roll = (words: string) => shop.roll(words, {}, { clock, steadyClock: clock });

  it('evicts none while another pod is ready and not yet available, and says so', async () => {
    shop.cluster.put('pods', readySince(0, 5));
    const begun = clock.now();
    let wentAfter = 0;
    shop.cluster.intercept = ({ subresource }) => {
      if (subresource === 'eviction') wentAfter = clock.now() - begun;
      return undefined;
    };
    const { code, stdout, stderr } = await roll('web --ordinals 1 --stable 0s');
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(told(stdout).slice(1, 3), ['web-1  waits for web-0 to be available', 'web-1  evicted']);
    assert.ok(wentAfter >= 24_000 && wentAfter < 40_000, `${wentAfter}`);
  });

  it('tells programs for which pod it waits', async () => {
    shop.cluster.put('pods', readySince(0, 5));
    const { stdout } = await roll('web --ordinals 1 --stable 0s -o json');
    const event = objectsIn(stdout).find((each) => each['event'] === 'waiting');
    assert.deepEqual([event?.['pod'], event?.['waitsFor']], ['web-1', 'web-0']);
  });

  it('rolls all, and needs no more than the pods are away', async () => {
    const { code, stderr } = await roll('web --stable 0s');
    assert.equal(code, 0, stderr);
    assert.deepEqual(evictions(shop.cluster), ['web-2', 'web-1', 'web-0']);
  });

  it('stops where the controller does not count what is available', async () => {
    shop.cluster.put<StatefulSet>('statefulsets', {
      ...set,
      status: { replicas: 3, ...set.status, availableReplicas: 2 },
    });
    const { code, stderr } = await roll('web --stable 0s --timeout 60s');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /stopped: the controller does not count a pod as available that is: .*not begun: web-2, web-1, web-0$/m,
    );
    assert.deepEqual(evictions(shop.cluster), []);
  });
});
