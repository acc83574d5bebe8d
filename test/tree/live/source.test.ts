import assert from 'node:assert/strict';
import { systemClock } from '#src/cli/clock.ts';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Named } from '#src/objects/types.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import type { Reading } from '#src/tree/live/reading.ts';
import { type LiveNews, watchCluster } from '#src/tree/live/source.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { type LoopbackServer, serve } from '../../kube/server.ts';
import { smallCluster } from '../../sources/small-cluster.ts';

const everything: Selection = { names: [], labels: undefined };

const set = (name: string, template = 'data'): Named => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}` },
  ...{
    spec: {
      replicas: 1,
      selector: {},
      template: {},
      volumeClaimTemplates: [{ metadata: { name: template }, spec: {} }],
    },
  },
});

const pod = (name: string, owner: string): Named => ({
  metadata: {
    name,
    namespace: 'shop',
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'StatefulSet', name: owner, uid: `uid-${owner}`, controller: true },
    ],
  },
  ...{ spec: { containers: [], volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}` } }] } },
});

const boundClaim = (name: string, volumeName: string): Named => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}` },
  ...{ spec: { volumeName, storageClassName: 'standard' }, status: { phase: 'Bound' } },
});

const volume = (name: string): Named => ({ metadata: { name }, ...{ spec: {}, status: { phase: 'Bound' } } });

describe('a cluster that is watched', () => {
  const files = temporaryFiles();
  const ends: (() => Promise<void>)[] = [];

  interface Watching {
    readings: AsyncGenerator<Reading, void>;
    news: LiveNews[];
    server: LoopbackServer;
    controller: AbortController;
    /** Takes readings until one is as wanted. */
    until(what: string, condition: (reading: Reading) => boolean): Promise<Reading>;
  }

  async function watching(cluster: ReturnType<typeof smallCluster>, selection = everything): Promise<Watching> {
    const server = await serve('http', (request, response) => cluster.answer(request.url ?? '', response));
    const insecure = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    const kubeconfig = files.write(`config-${ends.length}`, kubeconfigFor(server.url, insecure));
    const client: Client = openClient(optionsWith({ kubeconfig }), clientDeps());
    const controller = new AbortController();
    const news: LiveNews[] = [];
    const live = {
      clock: systemClock,
      random: () => 0,
      signal: controller.signal,
      tell: (one: LiveNews) => news.push(one),
    };
    const readings = watchCluster(client, 'shop', selection, live);
    ends.push(async () => {
      controller.abort();
      client.close();
      await readings.return();
      server.close();
    });
    return {
      readings,
      news,
      server,
      controller,
      async until(what, condition) {
        for (;;) {
          const { value } = await readings.next();
          assert.ok(value, `${what}: the readings ended`);
          if (condition(value)) return value;
        }
      },
    };
  }

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  after(() => files.remove());

  const names = (part: { items: readonly Named[] }) => part.items.map(({ metadata }) => metadata.name);

  it('gives what is there at once, and then what changed, with what that needs from beyond the namespace', async () => {
    const cluster = smallCluster();
    cluster.put('statefulsets', set('web'));
    const { until } = await watching(cluster);
    const first = await until('the set', () => true);
    assert.deepEqual(names(first.snapshot.statefulSets), ['web']);
    assert.deepEqual(names(first.snapshot.volumes), []);

    cluster.put('persistentvolumes', volume('pv-0'));
    cluster.put('pods', pod('web-0', 'web'));
    cluster.put('persistentvolumeclaims', boundClaim('data-web-0', 'pv-0'));
    const { snapshot } = await until('the volume', (reading) => reading.snapshot.volumes.items.length === 1);
    assert.deepEqual(names(snapshot.pods), ['web-0']);
    assert.equal(snapshot.volumes.others, 'missing');
  });

  it('never calls a volume missing that it has not looked for yet', async () => {
    const cluster = smallCluster();
    cluster.put('statefulsets', set('web'));
    const { until } = await watching(cluster);
    for (let ordinal = 0; ordinal < 8; ordinal++) {
      cluster.put('persistentvolumes', volume(`pv-${ordinal}`));
      cluster.put('pods', pod(`web-${ordinal}`, 'web'));
      cluster.put('persistentvolumeclaims', boundClaim(`data-web-${ordinal}`, `pv-${ordinal}`));
      await until('its pod', ({ snapshot }) => {
        const needed = names(snapshot.claims).length;
        assert.ok(snapshot.volumes.others === 'not given' || snapshot.volumes.items.length >= needed);
        return snapshot.pods.items.length === ordinal + 1;
      });
    }
  });

  it('puts what happens in a burst together', async () => {
    const cluster = smallCluster();
    cluster.put('statefulsets', set('web'));
    const { until } = await watching(cluster);
    await until('the set', () => true);
    for (let round = 0; round < 200; round++) cluster.put('pods', pod(`web-${round}`, 'web'));
    let readings = 0;
    await until('all pods', ({ snapshot }) => {
      readings++;
      return snapshot.pods.items.length === 200;
    });
    assert.ok(readings < 10, `${readings} readings`);
  });

  it('has its objects in the order of a list', async () => {
    const cluster = smallCluster();
    for (const name of ['m', 'z']) cluster.put('statefulsets', set(name));
    const { until } = await watching(cluster);
    await until('the sets', () => true);
    cluster.put('statefulsets', set('a'));
    const { sets } = await until('the third', (reading) => reading.sets.length === 3);
    assert.deepEqual(
      sets.map(({ metadata }) => metadata.name),
      ['a', 'm', 'z'],
    );
  });

  it('says of a set that was named and is not there what the server would say, and shows it once it comes', async () => {
    const cluster = smallCluster();
    const { until } = await watching(cluster, { names: ['web'], labels: undefined });
    const { failures } = await until('nothing', () => true);
    assert.deepEqual(
      failures.map(({ message }) => message),
      ['Error from server (NotFound): statefulsets.apps "web" not found'],
    );
    cluster.put('statefulsets', set('web'));
    await until('the set', ({ sets }) => sets.length === 1);
    cluster.remove('statefulsets', 'web');
    await until('its end', (reading) => reading.failures.length === 1);
  });

  it('keeps what may not be read forbidden, and the rest current', async () => {
    const cluster = smallCluster();
    cluster.refused.add('list persistentvolumeclaims');
    cluster.put('statefulsets', set('web'));
    const { until } = await watching(cluster);
    const first = await until('the set', () => true);
    assert.equal(first.snapshot.claims.others, 'forbidden');
    cluster.put('pods', pod('web-0', 'web'));
    const { snapshot } = await until('the pod', (reading) => reading.snapshot.pods.items.length === 1);
    assert.equal(snapshot.claims.others, 'forbidden');
  });

  it('says that something may be listed and not watched', async () => {
    const cluster = smallCluster();
    cluster.refused.add('watch pods');
    cluster.put('statefulsets', set('web'));
    const { until, news } = await watching(cluster);
    await until('the set', () => true);
    while (news.length === 0) await systemClock.sleep(5, new AbortController().signal);
    assert.deepEqual(news, [
      { kind: 'not watched', refusal: { verb: 'watch', resource: 'pods', message: 'pods is forbidden' } },
    ]);
  });

  it('shows sets that may be read by name alone', async () => {
    const cluster = smallCluster();
    cluster.refused.add('list statefulsets');
    cluster.put('statefulsets', set('web'));
    const { until } = await watching(cluster, { names: ['web'], labels: undefined });
    const { snapshot, sets } = await until('the set', () => true);
    assert.equal(sets.length, 1);
    assert.equal(snapshot.statefulSets.others, 'forbidden');
  });

  it('that gives no StatefulSets at all is refused as without watching', async () => {
    const cluster = smallCluster();
    cluster.refused.add('list statefulsets');
    const { readings } = await watching(cluster);
    await assert.rejects(readings.next(), { constructor: StatusError, reason: 'Forbidden' });
  });

  it('that is not there is an error the first time', async () => {
    const { readings, server } = await watching(smallCluster());
    server.close();
    await assert.rejects(readings.next(), { constructor: ConnectionError });
  });

  it('is told to be lost once, whoever misses it, and found again', async () => {
    const cluster = smallCluster();
    cluster.put('statefulsets', set('web'));
    let reachable = true;
    const real = cluster.answer;
    cluster.answer = (path, response) => (reachable ? real(path, response) : void response.socket?.destroy());
    const { until, news } = await watching(cluster);
    await until('the set', () => true);
    reachable = false;
    const wait = (milliseconds: number) => systemClock.sleep(milliseconds, new AbortController().signal);
    cluster.cut();
    const end = Date.now() + 9_000;
    while (news.length === 0 && Date.now() < end) await wait(20);
    reachable = true;
    while (news.length < 2 && Date.now() < end) await wait(20);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['lost', 'recovered'],
    );
  }).timeout(15_000);

  it('ends its readings with the signal', async () => {
    const { readings, controller, until } = await watching(smallCluster());
    await until('nothing', () => true);
    const next = readings.next();
    controller.abort();
    assert.deepEqual(await next, { value: undefined, done: true });
  });
});
