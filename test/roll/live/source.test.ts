import assert from 'node:assert/strict';
import { systemClock } from '#src/cli/clock.ts';
import { type Client, openClient } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { Named } from '#src/objects/types.ts';
import { followSet, type RollSource } from '#src/roll/live/source.ts';
import { outageOf } from '#src/sources/outage.ts';
import { eventually } from '../../e2e/eventually.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { type LoopbackServer, sendJson, serve } from '../../kube/server.ts';
import { boundClaim, podOf, statefulSet } from '../../objects/snapshots.ts';
import { smallCluster } from '../../sources/small-cluster.ts';

const set = statefulSet('web', { replicas: 2, templates: ['data'] });

describe('the view of a roll', () => {
  const files = temporaryFiles();
  let cluster: ReturnType<typeof smallCluster>;
  let server: LoopbackServer;
  let client: Client;
  let ended: AbortController;
  let source: RollSource;
  let news: string[];
  /** The server's answer to a list of pods, in place of the pods that it holds. */
  let pods: (() => object) | undefined;

  beforeEach(async () => {
    cluster = smallCluster();
    pods = undefined;
    news = [];
    for (const [plural, object] of [
      ['statefulsets', set],
      ['pods', podOf(set, 0)],
      ['persistentvolumeclaims', boundClaim('data-web-0')],
      ['persistentvolumeclaims', boundClaim('data-web-1')],
    ] as [string, Named][]) {
      cluster.put(plural, object);
    }
    server = await serve('http', (request, response) => {
      const url = request.url ?? '';
      if (pods && url.includes('/pods?') && !url.includes('watch=')) sendJson(response, pods());
      else cluster.answer(url, response);
    });
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(server.url)) }),
      clientDeps(),
    );
    ended = new AbortController();
    source = followSet(client, set, {
      clock: systemClock,
      random: Math.random,
      signal: ended.signal,
      outage: outageOf(({ kind }) => news.push(kind)),
      changed() {},
      notWatched: ({ resource }) => news.push(`not watched: ${resource}`),
      failed: (error) => news.push(String(error)),
    });
  });
  afterEach(() => {
    ended.abort();
    client.close();
    server.close();
  });

  const names = () =>
    source
      .view()
      .pods.map(({ metadata }) => metadata.name)
      .sort();

  it('is of one set, its pods and the claims that were asked for', async () => {
    await source.read(['data-web-0']);
    const { set: seen, claims } = source.view();
    assert.equal(seen?.metadata.name, 'web');
    assert.deepEqual(names(), ['web-0']);
    assert.deepEqual(
      claims.map(({ metadata }) => metadata.name),
      ['data-web-0'],
    );
    assert.ok(server.requests.some((request) => request.includes('fieldSelector=metadata.name%3Dweb')));
    assert.ok(server.requests.some((request) => request.includes('labelSelector=app%3Dweb')));
    assert.ok(
      server.requests.filter((request) => request.includes('/pods?')).every((each) => each.includes('labelSelector')),
    );
  });

  it('counts as read when the reading began', async () => {
    const before = systemClock.now();
    assert.equal(source.view().readAt, Number.NEGATIVE_INFINITY, 'nothing was read yet');
    await source.read([]);
    assert.ok(source.view().readAt >= before && source.view().readAt <= systemClock.now());
  });

  it('is followed from its first reading on, and listed no second time for that', async () => {
    await source.read([]);
    const watches = () => server.requests.filter((request) => request.includes('watch=true'));
    await eventually('both watches', async () => assert.equal(watches().length, 2));
    const lists = server.requests.filter((request) => /(pods|statefulsets)\?/.test(request));
    assert.equal(lists.length - watches().length, 2);
  });

  it('follows the pods between readings, and stays as old as the last one', async () => {
    await source.read([]);
    const { readAt } = source.view();
    cluster.put('pods', podOf(set, 1));
    await eventually('the new pod', async () => assert.deepEqual(names(), ['web-0', 'web-1']));
    assert.equal(source.view().readAt, readAt);
    cluster.remove('pods', 'web-0');
    await eventually('its end', async () => assert.deepEqual(names(), ['web-1']));
  });

  it('does not go back where a reading is older than what the watch has told', async () => {
    await source.read([]);
    cluster.put('pods', podOf(set, 1));
    await eventually('the watch', async () => assert.deepEqual(names(), ['web-0', 'web-1']));
    pods = () => ({ metadata: { resourceVersion: '9' }, items: [podOf(set, 0)] });
    await source.read([]);
    assert.deepEqual(names(), ['web-0', 'web-1']);
  });

  it('does not go back where the watch lags behind a reading', async () => {
    await source.read([]);
    assert.deepEqual(names(), ['web-0']);
    pods = () => ({ metadata: { resourceVersion: '1000' }, items: [podOf(set, 0), podOf(set, 1)] });
    await source.read([]);
    assert.deepEqual(names(), ['web-0', 'web-1']);
    // The watch brings news from before the reading, which the reading has seen.
    cluster.put('pods', podOf(set, 0, { metadata: { labels: { app: 'web', seen: 'late' } } }));
    cluster.put('statefulsets', { ...set, metadata: { ...set.metadata, labels: { marker: 'told' } } });
    await eventually('what was told after it', async () => {
      assert.equal(source.view().set?.metadata.labels?.['marker'], 'told');
    });
    assert.deepEqual(names(), ['web-0', 'web-1']);
  });

  it('tells of a set that is gone', async () => {
    await source.read([]);
    cluster.remove('statefulsets', 'web');
    await eventually('its end', async () => assert.equal(source.view().set, undefined));
  });

  it('cannot be read where a claim may not be', async () => {
    cluster.refused.add('get persistentvolumeclaims');
    await assert.rejects(source.read(['data-web-0']), StatusError);
    assert.equal(source.view().readAt, Number.NEGATIVE_INFINITY);
  });

  it('is followed over new connections when it is asked for', async () => {
    await source.read([]);
    const watches = () => server.requests.filter((request) => request.includes('watch=true')).length;
    await eventually('both watches', async () => assert.equal(watches(), 2));
    source.again();
    await source.read([]);
    await eventually('two more', async () => assert.equal(watches(), 4));
    cluster.put('pods', podOf(set, 1));
    await eventually('the new pod', async () => assert.deepEqual(names(), ['web-0', 'web-1']));
    assert.deepEqual(news, []);
  });

  it('lags behind where pods may not be watched, and says so', async () => {
    cluster.refused.add('watch pods');
    await source.read([]);
    await eventually('the news', async () => assert.ok(news.includes('not watched: pods'), news.join()));
  });
});
