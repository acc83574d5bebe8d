import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Named } from '#src/objects/types.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Reading } from '#src/tree/live/reading.ts';
import { type LiveNews, watchCluster } from '#src/tree/live/source.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { quickClock } from '../../kube/quick-clock.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { boundClaim, podOf, statefulSet, volumeOf } from '../../objects/snapshots.ts';

const everything: Selection = { names: [], labels: undefined };
const web = statefulSet('web', { replicas: 1, templates: ['data'] });

describe('a cluster that is watched', () => {
  const files = temporaryFiles();
  let cluster: MemoryCluster;
  let end: (() => Promise<void>) | undefined;

  beforeEach(async () => {
    cluster = await memoryCluster();
  });
  afterEach(async () => {
    await end?.();
    end = undefined;
    cluster.close();
  });
  after(() => files.remove());

  interface Watching {
    readings: AsyncGenerator<Reading, void>;
    news: LiveNews[];
    controller: AbortController;
    /** Takes readings until one is as wanted. */
    until(condition: (reading: Reading) => boolean): Promise<Reading>;
  }

  async function watching(selection = everything, clock = quickClock()): Promise<Watching> {
    const kubeconfig = files.write('config', kubeconfigFor(cluster.url));
    const client: Client = await openClient(optionsWith({ kubeconfig }), clientDeps({ clock }));
    const controller = new AbortController();
    const news: LiveNews[] = [];
    const live = { clock, random: () => 0, signal: controller.signal, tell: (one: LiveNews) => news.push(one) };
    const readings = watchCluster(client, 'shop', selection, live);
    end = async () => {
      controller.abort();
      client.close();
      await readings.return();
    };
    return {
      readings,
      news,
      controller,
      async until(condition) {
        for (;;) {
          const { value } = await readings.next();
          assert.ok(value, 'the readings ended');
          if (condition(value)) return value;
        }
      },
    };
  }

  const names = (part: { items: readonly Named[] }) => part.items.map(({ metadata }) => metadata.name);

  it('gives its objects at once, and then each change, with the objects that this needs from elsewhere', async () => {
    cluster.put('statefulsets', web);
    const { until } = await watching();
    const first = await until(() => true);
    assert.deepEqual(names(first.snapshot.statefulSets), ['web']);
    assert.deepEqual(names(first.snapshot.volumes), []);

    const claim = boundClaim('data-web-0');
    cluster.put('persistentvolumes', volumeOf(claim));
    cluster.put('pods', podOf(web, 0));
    cluster.put('persistentvolumeclaims', claim);
    const { snapshot } = await until((reading) => reading.snapshot.volumes.items.length === 1);
    assert.deepEqual(names(snapshot.pods), ['web-0']);
    assert.equal(snapshot.volumes.others, 'missing');
  });

  it('never calls a volume missing that it has not looked for yet', async () => {
    cluster.put('statefulsets', { ...web, spec: { ...web.spec, replicas: 8 } });
    const { until } = await watching();
    for (let ordinal = 0; ordinal < 8; ordinal++) {
      const claim = boundClaim(`data-web-${ordinal}`);
      cluster.put('persistentvolumes', volumeOf(claim));
      cluster.put('pods', podOf(web, ordinal));
      cluster.put('persistentvolumeclaims', claim);
      await until(({ snapshot }) => {
        const needed = names(snapshot.claims).length;
        assert.ok(snapshot.volumes.others === 'not given' || snapshot.volumes.items.length >= needed);
        return snapshot.pods.items.length === ordinal + 1;
      });
    }
  });

  it('gives many changes of one moment together', async () => {
    cluster.put('statefulsets', web);
    const { until } = await watching();
    await until(() => true);
    for (let ordinal = 0; ordinal < 200; ordinal++) cluster.put('pods', podOf(web, ordinal));
    let readings = 0;
    await until(({ snapshot }) => {
      readings++;
      return snapshot.pods.items.length === 200;
    });
    assert.ok(readings < 10, `${readings} readings`);
  });

  it('has its objects in the order of a list', async () => {
    for (const name of ['m', 'z']) cluster.put('statefulsets', statefulSet(name));
    const { until } = await watching();
    await until(() => true);
    cluster.put('statefulsets', statefulSet('a'));
    const { sets } = await until((reading) => reading.sets.length === 3);
    assert.deepEqual(
      sets.map(({ metadata }) => metadata.name),
      ['a', 'm', 'z'],
    );
  });

  it('has the server’s error for a named set that is missing, until the set is created', async () => {
    const { until } = await watching({ names: ['web'], labels: undefined });
    const { failures } = await until(() => true);
    assert.deepEqual(
      failures.map(({ message }) => message),
      ['Error from server (NotFound): statefulsets.apps "web" not found'],
    );
    cluster.put('statefulsets', web);
    await until(({ sets }) => sets.length === 1);
    cluster.remove('statefulsets', 'web');
    await until((reading) => reading.failures.length === 1);
  });

  it('goes on half a minute after a reading during which the machine slept for hours', async () => {
    cluster.put('statefulsets', web);
    cluster.put('persistentvolumeclaims', boundClaim('data-web-0'));
    const clock = quickClock((sleep) => sleep <= 30_000);
    cluster.intercept = ({ plural }) => {
      if (plural === 'persistentvolumes') clock.pass(8 * 3_600_000);
      return undefined;
    };
    const { until } = await watching(everything, clock);
    await until(() => true);
    cluster.put('pods', podOf(web, 0));
    await until(({ snapshot }) => names(snapshot.pods).includes('web-0'));
  });

  it('keeps a part that may not be read forbidden, and the rest current', async () => {
    cluster.denied.add('list persistentvolumeclaims');
    cluster.put('statefulsets', web);
    const { until } = await watching();
    const first = await until(() => true);
    assert.equal(first.snapshot.claims.others, 'forbidden');
    cluster.put('pods', podOf(web, 0));
    const { snapshot } = await until((reading) => reading.snapshot.pods.items.length === 1);
    assert.equal(snapshot.claims.others, 'forbidden');
  });

  it('tells that a part may be listed and not watched', async () => {
    cluster.denied.add('watch pods');
    cluster.put('statefulsets', web);
    const { until, news } = await watching();
    await until(() => news.length > 0);
    const [first] = news;
    assert.ok(first?.kind === 'not watched');
    assert.deepEqual([first.refusal.verb, first.refusal.resource], ['watch', 'pods']);
    assert.match(first.refusal.message, /^pods is forbidden: /);
  });

  it('reads sets by name that may not be listed', async () => {
    cluster.denied.add('list statefulsets');
    cluster.put('statefulsets', web);
    const { until } = await watching({ names: ['web'], labels: undefined });
    const { snapshot, sets } = await until(() => true);
    assert.equal(sets.length, 1);
    assert.equal(snapshot.statefulSets.others, 'forbidden');
  });

  it('that lets no sets be read is refused', async () => {
    cluster.denied.add('list statefulsets');
    const { readings } = await watching();
    await assert.rejects(readings.next(), { constructor: StatusError, reason: 'Forbidden' });
  });

  it('that cannot be reached is an error the first time', async () => {
    const { readings } = await watching();
    cluster.close();
    await assert.rejects(readings.next(), { constructor: ConnectionError });
  });

  it('tells an outage once, whichever requests fail, and its end', async () => {
    cluster.put('statefulsets', web);
    const { readings, news } = await watching();
    await readings.next();
    cluster.intercept = () => ({ code: 500, body: {} });
    cluster.cut();
    const next = readings.next();
    const isTold = async (kind: LiveNews['kind']) => {
      while (!news.some((one) => one.kind === kind)) await new Promise((resolve) => setImmediate(resolve));
    };
    await isTold('lost');
    cluster.intercept = () => undefined;
    await isTold('recovered');
    cluster.put('pods', podOf(web, 0));
    await next;
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['lost', 'recovered'],
    );
  });

  it('ends its readings with the signal', async () => {
    const { readings, controller } = await watching();
    await readings.next();
    const next = readings.next();
    controller.abort();
    assert.deepEqual(await next, { value: undefined, done: true });
  });

  it('reads nothing where the signal came first', async () => {
    const { readings, controller } = await watching();
    controller.abort();
    assert.deepEqual(await readings.next(), { value: undefined, done: true });
  });
});
