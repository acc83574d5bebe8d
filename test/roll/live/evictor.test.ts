import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { type Evictor, type EvictorOptions, evictorOf } from '#src/roll/live/evictor.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { podOf, statefulSet } from '../../objects/snapshots.ts';

describe('one eviction', () => {
  const files = temporaryFiles();
  let cluster: MemoryCluster;
  let client: Client;
  const clock = quickClock();

  beforeEach(async () => {
    cluster = await memoryCluster();
    cluster.put('pods', podOf(statefulSet('web'), 0, { metadata: { uid: 'old' } }));
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(cluster.url)) }),
      clientDeps({ clock }),
    );
  });
  afterEach(() => {
    client.close();
    cluster.close();
  });
  after(() => files.remove());

  function evictor(more: Partial<EvictorOptions> = {}): Evictor {
    return evictorOf(client, {
      clock,
      random: () => 0,
      signal: new AbortController().signal,
      namespace: 'shop',
      evicts: true,
      prove: async () => true,
      mayGo: () => true,
      ...more,
    });
  }

  const failure = (code: number, reason: string, message = reason) => ({
    code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
  });
  const answering = (code: number, reason: string) => {
    cluster.intercept = ({ subresource }) => (subresource === 'eviction' ? failure(code, reason) : undefined);
  };
  const sent = () => cluster.requests.filter((request) => request.includes('eviction')).length;

  it('is sent for the pod of this UID alone', async () => {
    assert.deepEqual(await evictor().evict('web-0', 'another'), { kind: 'look again', pod: 'web-0' });
    assert.deepEqual(await evictor().evict('web-0', 'old'), { kind: 'evicted', pod: 'web-0' });
    assert.equal(cluster.get('pods', 'web-0')?.metadata.uid, 'old+');
  });

  it('is not sent where the Lease is not proved, or the pod may no longer go', async () => {
    const not = { kind: 'not sent', pod: 'web-0' };
    assert.deepEqual(await evictor({ prove: async () => false }).evict('web-0', 'old'), not);
    assert.deepEqual(await evictor({ mayGo: () => false }).evict('web-0', 'old'), not);
    assert.equal(sent(), 0);
  });

  it('of a pod that is gone is looked at again', async () => {
    assert.deepEqual(await evictor().evict('web-7', 'old'), { kind: 'look again', pod: 'web-7' });
  });

  it('waits for its budget, longer each time', async () => {
    answering(429, 'TooManyRequests');
    const one = evictor();
    const waits: number[] = [];
    for (let times = 0; times < 3; times++) {
      const answer = await one.evict('web-0', 'old');
      assert.ok(answer.kind === 'blocked');
      waits.push(answer.retryAt - clock.now());
    }
    assert.deepEqual(waits, [800, 1_600, 3_200]);
  });

  for (const [code, reason] of [
    [403, 'Forbidden'],
    [500, 'InternalError'],
  ] as const) {
    it(`is tried again where it is refused for a reason that may pass, but not for ever: ${reason}`, async () => {
      answering(code, reason);
      const one = evictor();
      for (let times = 1; times < 5; times++) assert.equal((await one.evict('web-0', 'old')).kind, 'look again');
      const last = await one.evict('web-0', 'old');
      assert.ok(last.kind === 'refused' && last.message.includes(reason), JSON.stringify(last));
    });
  }

  it('is over where it is refused for good', async () => {
    answering(422, 'Invalid');
    assert.deepEqual(await evictor().evict('web-0', 'old'), { kind: 'refused', pod: 'web-0', message: 'Invalid' });
  });

  it('is looked at again where nobody knows whether it arrived', async () => {
    cluster.intercept = ({ subresource }) => (subresource === 'eviction' ? new Promise(() => {}) : undefined);
    const answer = evictor().evict('web-0', 'old');
    setImmediate(function cut() {
      if (sent() > 0) cluster.close();
      else setImmediate(cut);
    });
    assert.deepEqual(await answer, { kind: 'look again', pod: 'web-0' });
  });

  it('is refused as the write of the Lease before it is', async () => {
    const { StatusError } = await import('#src/kube/errors.ts');
    const prove = async () => {
      throw new StatusError(422, 'Invalid', 'the Lease is invalid');
    };
    const answer = await evictor({ prove }).evict('web-0', 'old');
    assert.ok(answer.kind === 'refused' && /the Lease is invalid/.test(answer.message));
    assert.equal(sent(), 0);
  });

  it('throws what nobody foresaw', async () => {
    const prove = async () => {
      throw new TypeError('a fault');
    };
    await assert.rejects(evictor({ prove }).evict('web-0', 'old'), TypeError);
  });
});
