/** What the tree says of pods that do not come, do not go, or do not fit. The judge is the controller. */
import assert from 'node:assert/strict';
import { parseTime } from '#src/objects/time.ts';
import type { Event, Named } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, getJson, kubectl, sts } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { type RolloutDocument, rollingIn, stuckOn, waits } from './rollout/rolling.ts';

const isDone = ({ state }: RolloutDocument) => state === 'done';

describe('pods that do not come or go, as the tree tells it and the controller does it,', () => {
  const namespace = ownNamespace('scaling');
  const rolling = rollingIn(namespace);
  const { annotate, gone, ready, replaced, seen, shows, tree, uid } = rolling;
  const remove = (what: string, name: string) => kubectl(['delete', what, name, '-n', namespace, '--wait=false']);

  /** Makes the set anew around its pods. */
  async function madeAnew(name: string): Promise<void> {
    await kubectl(['delete', 'statefulset', name, '-n', namespace, '--cascade=orphan']);
  }

  async function refusals(set: string): Promise<string> {
    const { items } = await getJson<{ items: Event[] }>(['events', '-n', namespace]);
    const own = items.filter(({ reason, involvedObject }) => reason === 'FailedUpdate' && involvedObject?.name === set);
    return own.map(({ message }) => message).join('\n');
  }

  it('lack the volume of a new claim template: each has to be deleted, the lowest first', async () => {
    await rolling.apply('orders', { replicas: 3, claims: ['data'] });
    await ready('orders', 3);
    await madeAnew('orders');
    await rolling.apply('orders', { replicas: 3, claims: ['data', 'log'] });
    // The controller tries to mend the first one, and is refused.
    await eventually('a refusal', async () => assert.match(await refusals('orders'), /update Pod orders-0 .* failed/i));
    assert.equal((await tree('orders')).warning?.reason, 'FailedUpdate');
    for (const [ordinal, others] of [['orders-1', 'orders-2'], ['orders-2'], []].entries()) {
      const name = `orders-${ordinal}`;
      const { rollout } = await shows('orders', stuckOn, ['stuck', 'certain', 'claimsDoNotFit', name]);
      assert.deepEqual(rollout.stuck?.otherPods ?? [], others);
      const before = await uid(name);
      await remove('pod', name);
      await replaced(name, before);
    }
    await shows('orders', isDone, true);
  });

  it('come back no more while pod 0 of an OnDelete set lacks the volume of a template that was renamed', async () => {
    const onDelete = { updateStrategy: { type: 'OnDelete' } };
    await rolling.apply('ledger', { replicas: 2, claims: ['data'], spec: onDelete });
    await ready('ledger', 2);
    await madeAnew('ledger');
    await rolling.apply('ledger', { replicas: 2, claims: ['store'], spec: onDelete });
    await shows('ledger', stuckOn, ['stuck', 'certain', 'claimsDoNotFit', 'ledger-0']);
    await remove('pod', 'ledger-1');
    // The controller has looked at the set without the pod, and made none.
    await eventually('one pod counted', async () => assert.equal((await rolling.set('ledger')).status?.replicas, 1));
    const { rollout, pods } = await tree('ledger');
    assert.deepEqual(stuckOn(rollout), ['stuck', 'certain', 'claimsDoNotFit', 'ledger-0']);
    assert.deepEqual(pods[1]?.why, { kind: 'waitsFor', blocker: { pod: 'ledger-0' } });
    assert.equal(await rolling.pod('ledger-1'), undefined);
    await remove('pod', 'ledger-0');
    await ready('ledger', 2);
    await shows('ledger', isDone, true);
  });

  it('are no longer wanted and broken: two hold each other up, one goes as a ready one does', async () => {
    await rolling.apply('cache', { replicas: 4, annotations: { since: '1h' } });
    await ready('cache', 4);
    await annotate('cache-3', 'crash', 'true');
    await ready('cache', 3);
    await kubectl(['scale', 'statefulset', 'cache', '--replicas=3', '-n', namespace]);
    await gone('cache-3');

    for (const name of ['cache-1', 'cache-2']) await annotate(name, 'crash', 'true');
    await ready('cache', 1);
    await kubectl(['scale', 'statefulset', 'cache', '--replicas=0', '-n', namespace]);
    await seen('cache');
    const { rollout } = await shows('cache', stuckOn, ['stuck', 'likely', 'brokenInUpdateRevision', 'cache-2']);
    assert.deepEqual(waits(rollout), [
      ['cache-2', 'notReady'],
      ['cache-1', 'notReady'],
    ]);
    assert.equal((await rolling.pods('cache')).length, 3);
    // As the tree advises.
    await remove('pod', 'cache-2');
    for (const ordinal of [2, 1, 0]) await gone(`cache-${ordinal}`);
    await shows('cache', isDone, true);
  });

  it('take their claims along where a scale-down had begun with them, and nobody is told to delete them', async () => {
    const spec = {
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
    };
    await rolling.apply('store', { replicas: 4, claims: ['data'], spec });
    await ready('store', 4);
    for (const pod of ['store-2', 'store-3']) {
      await annotate(pod, 'since', '1h');
      await annotate(pod, 'crash', 'true');
    }
    await ready('store', 2);
    // An ordered set: no condemned pod goes as long as two of them are broken.
    await madeAnew('store');
    const ordered = { ...spec, podManagementPolicy: 'OrderedReady' };
    await rolling.apply('store', { replicas: 2, claims: ['data'], spec: ordered });
    const { rollout } = await shows('store', ({ stuck }) => stuck?.claimsGoingWithPod, ['data-store-3']);
    assert.deepEqual(stuckOn(rollout), ['stuck', 'likely', 'brokenInUpdateRevision', 'store-3']);
    const { stdout } = await sts(['tree', 'store', '-n', namespace]);
    assert.match(stdout, /Stuck .*\n│ +store-3: .*data-store-3 would be deleted with it/);
    assert.doesNotMatch(stdout, /delete store-3/);

    await remove('pod', 'store-3');
    await eventually('no claim', async () => {
      const claims = await getJson<{ items: Named[] }>(['pvc', '-n', namespace]);
      assert.ok(!claims.items.some(({ metadata }) => metadata.name === 'data-store-3'));
    });
  });

  it('wait for one that is ready and not yet available, until the time that the tree tells', async () => {
    const patient = (replicas: number, env: string) => ({ replicas, env, spec: { minReadySeconds: 5 } });
    await rolling.apply('warm', patient(2, 'a'));
    const { rollout, pods } = await shows('warm', waits, [['warm-0', 'notAvailable']]);
    assert.equal((await rolling.set('warm')).status?.availableReplicas ?? 0, 0);
    assert.deepEqual(pods[1]?.why?.blocker?.pod, 'warm-0');
    await ready('warm', 2);
    const created = parseTime((await rolling.pod('warm-1'))?.metadata.creationTimestamp ?? '');
    assert.ok(created >= parseTime(rollout.waitsFor?.[0]?.availableAt ?? ''), 'not before');
    await shows('warm', isDone, true);

    const before = await uid('warm-0');
    await rolling.apply('warm', patient(2, 'b'));
    const { rollout: updating } = await shows('warm', waits, [['warm-1', 'notAvailable']]);
    assert.equal(updating.state, 'updating');
    await replaced('warm-0', before);
    const replacedAt = parseTime((await rolling.pod('warm-0'))?.metadata.creationTimestamp ?? '');
    assert.ok(replacedAt >= parseTime(updating.waitsFor?.[0]?.availableAt ?? ''), 'not before');
    // Ready, the last pod is not the end.
    await shows('warm', ({ state, waitsFor }) => [state, waitsFor?.[0]?.why], ['notReady', 'notAvailable']);
    await shows('warm', isDone, true);
  });

  it('cannot be created while another pod has the name', async () => {
    const containers = [{ name: 'main', image: 'registry.example/main' }];
    const metadata = { name: 'taken-1', finalizers: ['backup.example/keep'] };
    await apply(namespace, [{ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } }]);
    await rolling.apply('taken', { replicas: 3 });
    const { rollout, pods } = await shows('taken', stuckOn, ['stuck', 'certain', 'nameTaken', 'taken-1']);
    assert.deepEqual(rollout.stuck?.evidence, [{ kind: 'holder' }]);
    assert.deepEqual(
      pods.slice(1).map(({ why }) => why),
      [
        { kind: 'cannotBeCreated', cause: 'nameTaken' },
        { kind: 'waitsFor', blocker: { pod: 'taken-1' } },
      ],
    );
    // While it ends, the set merely waits.
    await remove('pod', 'taken-1');
    const { rollout: ending } = await shows('taken', waits, [['taken-1', 'nameTaken']]);
    assert.equal(ending.state, 'scaling');
    await kubectl([
      'patch',
      'pod',
      'taken-1',
      '-n',
      namespace,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]);
    await ready('taken', 3);
  });

  it('are held by a finalizer after they have ended: the set waits for them', async () => {
    await rolling.apply('batch', { replicas: 2 });
    await ready('batch', 2);
    const before = await uid('batch-1');
    const patch = (what: object, ...more: string[]) =>
      kubectl(['patch', 'pod', 'batch-1', '-n', namespace, '--type=merge', '-p', JSON.stringify(what), ...more]);
    await patch({ metadata: { finalizers: ['backup.example/keep'] } });
    await patch({ status: { phase: 'Failed' } }, '--subresource=status');
    // The controller deletes it, and it stays.
    await shows('batch', waits, [['batch-1', 'terminating']]);
    assert.equal(await uid('batch-1'), before);
    await patch({ metadata: { finalizers: null } });
    await replaced('batch-1', before);
  });
});

describe('pods that a quota does not allow', () => {
  const namespace = ownNamespace('quota');
  const { apply: applySet, ready, shows, tree } = rollingIn(namespace);

  it('are told with its words, and as stuck once these are minutes old', async () => {
    await kubectl(['create', 'quota', 'one', '--hard=pods=1', '-n', namespace]);
    await eventually('a quota that counts', async () => {
      assert.match(await kubectl(['get', 'quota', 'one', '-n', namespace]), /pods: 0\/1/);
    });
    await applySet('db', { replicas: 2 });
    const event = await eventually('a refusal', async () => {
      const { items } = await getJson<{ items: Event[] }>(['events', '-n', namespace]);
      const found = items.find(({ reason }) => reason === 'FailedCreate');
      assert.ok(found);
      return found;
    });
    const { rollout, pods } = await tree('db');
    assert.deepEqual(
      [rollout.state, rollout.next],
      ['scaling', [{ act: 'create', pod: 'db-1', revision: revisionOf(rollout) }]],
    );
    assert.equal(pods[1]?.why?.kind, 'event');

    const firstTimestamp = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+/, '');
    const patch = JSON.stringify({ firstTimestamp });
    await kubectl(['patch', 'event', event.metadata.name, '-n', namespace, '--type=merge', '-p', patch]);
    const { rollout: stuck } = await shows('db', stuckOn, ['stuck', 'likely', 'cannotBeCreated', 'db-1']);
    assert.match(stuck.stuck?.evidence[0]?.message ?? '', /exceeded quota: one/);
    await kubectl(['delete', 'quota', 'one', '-n', namespace]);
    await ready('db', 2);
  });

  function revisionOf({ next }: RolloutDocument): string | undefined {
    return (next[0] as { revision?: string } | undefined)?.revision;
  }
});
