import assert from 'node:assert/strict';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { ownHistory } from './roll/history.ts';
import { rolled } from './roll/rolls.ts';
import { isReady, podsOf, rollSet } from './roll/sets.ts';

/** Seconds. */
const minReadySeconds = 5;
/** A pod's condition has whole seconds, cut off, so that it counts as ready up to a second too early. Milliseconds. */
const leastRest = (minReadySeconds - 1) * 1_000;

describe('a roll of a set with minReadySeconds', () => {
  const namespace = ownNamespace('roll-available');
  const history = ownHistory(namespace);

  before(async () => {
    const spec = { minReadySeconds };
    await apply(namespace, [
      rollSet('oven', { replicas: 2, spec }),
      rollSet('kiln', { replicas: 3, spec, parallel: true }),
    ]);
    await available('oven', 2);
    await available('kiln', 3);
  });

  async function available(set: string, count: number): Promise<void> {
    await eventually(`${set} available`, async () => {
      const { status } = await getJson<{ status?: { availableReplicas?: number } }>([
        `statefulset/${set}`,
        '-n',
        namespace,
      ]);
      assert.equal(status?.availableReplicas, count);
    });
  }

  it('evicts no pod before another one that is ready is available too, and says for which it waits', async () => {
    const {
      gone,
      leastRest: rest,
      value,
    } = await history.during(['oven'], async () => {
      await kubectl(['delete', 'pod', 'oven-0', '-n', namespace]);
      await eventually('a new oven-0', async () => {
        // By name: in the moment without oven-0, oven-1 is the first.
        const pod = (await podsOf(namespace, 'oven')).find(({ metadata }) => metadata.name === 'oven-0');
        assert.ok(pod && isReady(pod));
      });
      return rolled(namespace, ['oven', '--ordinals', '1']);
    });
    assert.deepEqual(gone, ['oven-0', 'oven-1']);
    assert.ok(rest >= leastRest, `${rest} ms`);
    assert.match(value.stdout, /oven-1 {2}waits for oven-0 to be available\n.*oven-1 {2}evicted/);
  });

  it('restarts all of them, and never are two unavailable', async () => {
    const { gone, mostAway, leastRest: rest } = await history.during(['kiln'], () => rolled(namespace, ['kiln']));
    assert.deepEqual(gone, ['kiln-2', 'kiln-1', 'kiln-0']);
    assert.equal(mostAway, 1);
    assert.ok(rest >= leastRest, `${rest} ms`);
  });
});
