import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError } from '#src/kube/errors.ts';
import type { Listed } from '#src/kube/listing.ts';
import { resources } from '#src/kube/resources.ts';
import { type WatchNews, watch } from '#src/kube/watch.ts';
import type { Pod } from '#src/objects/types.ts';
import { clientDeps } from './deps.ts';
import { kubeconfigFor, temporaryFiles } from './kubeconfig-file.ts';
import { optionsWith } from './options.ts';
import { type QuickClock, quickClock } from './quick-clock.ts';
import { type LoopbackServer, sendJson, serve } from './server.ts';

function pod(name: string, resourceVersion: number, metadata: Partial<Pod['metadata']> = {}): Pod {
  return { metadata: { name, namespace: 'shop', resourceVersion: String(resourceVersion), ...metadata } };
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function status(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `it is ${reason}` };
}

/** A watch that an API server was asked for. */
interface AskedWatch {
  version: string;
  query: URLSearchParams;
  response: ServerResponse;
  /** Begins the answer. */
  send(...lines: string[]): void;
}

interface Script {
  /** Answers the nth list, from 0. */
  list(response: ServerResponse, nth: number): void;
  /** Answers the nth watch, from 0. What is left open stays open. */
  watch(asked: AskedWatch, nth: number): void;
}

/** What a run has told so far. */
interface Run {
  /** Each state as its pods' names and versions. */
  states: string[];
  news: WatchNews<Pod>[];
  server: LoopbackServer;
  clock: QuickClock;
  /** How many watches were open at once at most. */
  mostOpen(): number;
  until(what: string, condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

describe('a watch', () => {
  const files = temporaryFiles();
  const runs: Run[] = [];
  const clients: Client[] = [];

  async function run(script: Script, clock = quickClock(), known?: Listed<Pod>): Promise<Run> {
    let lists = 0;
    let watches = 0;
    let open = 0;
    let mostOpen = 0;
    const server = await serve('http', (request, response) => {
      const query = new URL(request.url ?? '', 'http://server').searchParams;
      if (query.get('watch') !== 'true') return script.list(response, lists++);
      mostOpen = Math.max(mostOpen, ++open);
      response.on('close', () => open--);
      const send = (...lines: string[]) => void response.write(lines.join(''));
      script.watch({ version: query.get('resourceVersion') ?? '', query, response, send }, watches++);
    });
    const cluster = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true };
    const kubeconfig = files.write(`config-${runs.length}`, kubeconfigFor(server.url, cluster));
    const client = await openClient(optionsWith({ kubeconfig }), clientDeps());
    clients.push(client);
    const controller = new AbortController();
    const states: string[] = [];
    const news: WatchNews<Pod>[] = [];
    const running = watch<Pod>(
      { client, resource: resources.pods, namespace: 'shop', known },
      { clock, random: () => 0.5, signal: controller.signal },
      (one) => {
        news.push(one);
        if (one.kind === 'state') states.push(told(one.objects));
      },
    );
    const started: Run = {
      states,
      news,
      server,
      clock,
      mostOpen: () => mostOpen,
      async until(what, condition) {
        const end = Date.now() + 4_000;
        while (!condition()) {
          if (Date.now() > end)
            assert.fail(`${what}: not so, after ${JSON.stringify({ states, requests: server.requests })}`);
          await delay(2);
        }
      },
      async stop() {
        controller.abort();
        await running;
      },
    };
    runs.push(started);
    return started;
  }

  function told(objects: ReadonlyMap<string, Pod>): string {
    return [...objects.values()].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).join(' ');
  }

  function listOf(version: number, ...items: Pod[]): object {
    return { metadata: { resourceVersion: String(version) }, items };
  }

  afterEach(async () => {
    for (const { stop, server } of runs.splice(0)) {
      await stop();
      server.close();
    }
    for (const client of clients.splice(0)) client.close();
  });

  after(() => files.remove());

  it('tells the list, and then the whole of it after each change', async () => {
    const { states, until } = await run({
      list: (response) => sendJson(response, listOf(5, pod('a', 3), pod('b', 4))),
      async watch({ send }) {
        send(line('ADDED', pod('c', 6)));
        await delay(20);
        send(line('MODIFIED', pod('a', 7)));
        await delay(20);
        send(line('DELETED', pod('b', 8)));
      },
    });
    await until('three changes', () => states.length >= 4);
    assert.deepEqual(states, ['a@3 b@4', 'a@3 b@4 c@6', 'a@7 b@4 c@6', 'a@7 c@6']);
  });

  it('goes on from a list that is known, and reads one only when that is too old', async () => {
    const script: Script = {
      list: (response) => sendJson(response, listOf(9, pod('b', 8))),
      watch({ version, send }, nth) {
        if (nth === 0) return send(line('ADDED', pod('b', 6)), line('ERROR', status(410, 'Expired')));
        assert.equal(version, '9');
      },
    };
    const { states, until, server } = await run(script, quickClock(), {
      items: [pod('a', 3)],
      resourceVersion: '5',
    });
    await until('the list', () => states.length >= 3);
    assert.deepEqual(states, ['a@3', 'a@3 b@6', 'b@8']);
    assert.match(server.requests[0] ?? '', /resourceVersion=5/);
  });

  it('tells what arrives together at once, and characters that arrive in two pieces as they are', async () => {
    const { states, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      async watch({ response }) {
        const bytes = Buffer.from(line('ADDED', pod('a', 6)) + line('ADDED', pod('größer-🐘', 7)));
        const half = bytes.indexOf('🐘') + 2;
        response.write(bytes.subarray(0, half));
        await delay(20);
        response.write(bytes.subarray(half));
      },
    });
    await until('both', () => states.at(-1) === 'a@6 größer-🐘@7');
    assert.equal(states.length, 3);
  });

  it('is asked for from the version of the list, with bookmarks, and for five to ten minutes', async () => {
    let query = new URLSearchParams();
    const { until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch: (asked) => {
        query = asked.query;
      },
    });
    await until('a watch', () => query.size > 0);
    assert.equal(query.get('resourceVersion'), '5');
    assert.equal(query.get('allowWatchBookmarks'), 'true');
    assert.equal(query.get('timeoutSeconds'), '450');
  });

  it('that the server ends is begun again from the last change, and a bookmark counts as one', async () => {
    const versions: string[] = [];
    const { server, states, until } = await run({
      list: (response) => sendJson(response, listOf(5, pod('a', 3))),
      watch({ version, send, response }, nth) {
        versions.push(version);
        send(
          nth === 0
            ? line('MODIFIED', pod('a', 9))
            : line('BOOKMARK', { metadata: { resourceVersion: `${20 + nth}` } }),
        );
        if (nth < 3) response.end();
      },
    });
    await until('four watches', () => versions.length === 4);
    assert.deepEqual(versions, ['5', '9', '21', '22']);
    assert.deepEqual(states, ['a@3', 'a@9']);
    assert.equal(server.requests.filter((request) => !request.includes('watch=true')).length, 1);
  });

  it('that was cut off is begun again from the last whole line', async () => {
    const versions: string[] = [];
    const { states, until, news } = await run({
      list: (response) => sendJson(response, listOf(5)),
      async watch({ version, response, send }, nth) {
        versions.push(version);
        if (nth > 0) return send(line('ADDED', pod('b', 7)));
        send(line('ADDED', pod('a', 6)), line('ADDED', pod('b', 7)).slice(0, 30));
        await delay(20);
        response.socket?.destroy();
      },
    });
    await until('both pods', () => states.at(-1) === 'a@6 b@7');
    assert.deepEqual(versions, ['5', '6']);
    assert.ok(
      news.every(({ kind }) => kind === 'state'),
      'one cut is nothing to speak of',
    );
  });

  const gone: [how: string, answer: (asked: AskedWatch) => void][] = [
    ['as its status', ({ response }) => sendJson(response, status(410, 'Expired'), 410)],
    ['as an event', ({ send }) => send(line('ERROR', status(410, 'Gone')))],
    ['without a word', ({ response }) => void response.writeHead(410).end()],
  ];
  for (const [how, answer] of gone) {
    it(`whose version is too old (410 ${how}) begins with a new list`, async () => {
      const versions: string[] = [];
      const { states, until, news } = await run({
        list: (response, nth) => sendJson(response, nth === 0 ? listOf(5, pod('a', 3)) : listOf(50, pod('b', 40))),
        watch(asked, nth) {
          versions.push(asked.version);
          if (nth === 0) answer(asked);
        },
      });
      await until('a second watch', () => versions.length === 2);
      assert.deepEqual(versions, ['5', '50']);
      assert.deepEqual(states, ['a@3', 'b@40']);
      assert.ok(
        news.every(({ kind }) => kind === 'state'),
        'that is nothing to speak of',
      );
    });
  }

  const rubbish: [what: string, lines: string][] = [
    ['a line that is no JSON', '<html>\n'],
    ['JSON that is no event', 'null\n'],
    ['an event without an object', `${JSON.stringify({ type: 'ADDED' })}\n`],
    ['an object without a name', line('ADDED', { metadata: { resourceVersion: '6' } })],
    ['an event of an unknown type', line('RENAMED', pod('a', 6))],
    ['an ERROR without a Status', line('ERROR', {})],
    ['a line without an end', `{"type":"ADDED","object":{"metadata":{"name":"${'a'.repeat(9 * 1024 * 1024)}`],
  ];
  for (const [what, lines] of rubbish) {
    it(`in which ${what} stands is said to be lost, and begins with a new list`, async () => {
      const versions: string[] = [];
      const { news, until } = await run({
        list: (response, nth) => sendJson(response, listOf(nth === 0 ? 5 : 50)),
        watch({ version, send }, nth) {
          versions.push(version);
          if (nth === 0) send(lines);
        },
      });
      await until('a second watch', () => versions.length === 2);
      assert.deepEqual(versions, ['5', '50']);
      assert.deepEqual(
        news.map(({ kind }) => kind),
        ['state', 'lost', 'recovered', 'state'],
      );
    });
  }

  it('that the server cannot answer is tried again, ever more slowly, and is said to be lost once', async () => {
    const versions: string[] = [];
    const { news, clock, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ version, response, send }, nth) {
        versions.push(version);
        if (nth < 6) sendJson(response, status(503, 'ServiceUnavailable'), 503);
        else send(line('ADDED', pod('a', 6)));
      },
    });
    await until('an answer', () => versions.length === 7 && news.length === 4);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['state', 'lost', 'recovered', 'state'],
    );
    assert.deepEqual(new Set(versions), new Set(['5']));
    assert.deepEqual(clock.slept, [1200, 2400, 4800, 7500, 7500, 7500]);
  });

  it('waits as little as the first time once two minutes passed without trouble', async () => {
    const { clock, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response }, nth) {
        if (nth === 2) clock.pass(3 * 60_000);
        if (nth < 4) sendJson(response, status(500, 'InternalError'), 500);
      },
    });
    await until('four waits', () => clock.slept.length === 4);
    assert.deepEqual(clock.slept, [1200, 2400, 1200, 2400]);
  });

  it('that lasted is begun again without a wait', async () => {
    let watches = 0;
    const { clock, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response }) {
        watches++;
        if (watches > 3) return;
        clock.pass(400_000);
        response.end();
      },
    });
    await until('four watches', () => watches === 4);
    assert.deepEqual(clock.slept, []);
  });

  it('that cannot be begun again is said to be lost at the second try, as the first one may meet a stale connection', async () => {
    let watches = 0;
    const { news, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response, send }, nth) {
        watches++;
        if (nth === 2) send('\n');
        if (nth === 0 || nth === 1 || nth === 3 || nth === 4) response.socket?.destroy();
        else if (nth === 2) setTimeout(() => response.socket?.destroy(), 20);
      },
    });
    await until('six watches', () => watches === 6);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['state', 'lost', 'recovered', 'lost'],
    );
  });

  it('says nothing of one try that fails after all was well', async () => {
    const { news, states, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response, send }, nth) {
        if (nth === 0) response.socket?.destroy();
        else send(line('ADDED', pod('a', 6)));
      },
    });
    await until('the change', () => states.length === 2);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['state', 'state'],
    );
  });

  it('of a server that is not there is told with the error, and goes on when it is', async () => {
    let reachable = false;
    const { news, states, until } = await run({
      list(response) {
        if (reachable) sendJson(response, listOf(5, pod('a', 3)));
        else response.socket?.destroy();
      },
      watch: () => {},
    });
    await until('a loss', () => news.length > 0);
    const [lost] = news;
    assert.ok(lost?.kind === 'lost' && lost.error instanceof ConnectionError);
    reachable = true;
    await until('the list', () => states.length === 1);
    assert.deepEqual(
      news.map(({ kind }) => kind),
      ['lost', 'recovered', 'state'],
    );
  });

  it('that says nothing for minutes is taken for dead, and begun again from the last change', async () => {
    const versions: string[] = [];
    const { until } = await run(
      {
        list: (response) => sendJson(response, listOf(5)),
        watch({ version, send }) {
          versions.push(version);
          send('\n');
        },
      },
      quickClock(() => true),
    );
    await until('another watch', () => versions.length > 1);
    assert.equal(versions[1], '5');
  });

  it('of what may not be listed says so each time it tries, until it may', async () => {
    const { news, states, until } = await run({
      list(response, nth) {
        if (nth < 2) sendJson(response, status(403, 'Forbidden'), 403);
        else sendJson(response, listOf(5, pod('a', 3)));
      },
      watch: () => {},
    });
    await until('the list', () => states.length === 1);
    assert.deepEqual(
      news.map((one) => (one.kind === 'forbidden' ? `${one.kind} to ${one.verb}: ${one.error.detail}` : one.kind)),
      ['forbidden to list: it is Forbidden', 'forbidden to list: it is Forbidden', 'state'],
    );
  });

  it('does not believe a first refusal of what was granted: a server that has just started refuses everybody', async () => {
    const { news, states, until, server } = await run({
      list: (response) => sendJson(response, listOf(5, pod('a', 3))),
      watch({ response, send, version }, nth) {
        if (nth === 0) return void response.end(line('MODIFIED', pod('a', 6)));
        if (nth === 1) return sendJson(response, status(403, 'Forbidden'), 403);
        assert.equal(version, '6');
        send(line('MODIFIED', pod('a', 7)));
      },
    });
    await until('the last change', () => states.at(-1) === 'a@7');
    assert.deepEqual([...new Set(news.map(({ kind }) => kind))], ['state']);
    assert.equal(server.requests.filter((request) => !request.includes('watch=true')).length, 1);
  });

  it('believes the second', async () => {
    const { news, until } = await run({
      list: (response) => sendJson(response, listOf(5, pod('a', 3))),
      watch({ response }, nth) {
        if (nth === 0) return void response.end(line('MODIFIED', pod('a', 6)));
        sendJson(response, status(403, 'Forbidden'), 403);
      },
    });
    await until('the refusal', () => news.some(({ kind }) => kind === 'forbidden'));
  });

  it('of what may be listed and not watched lists it every five seconds', async () => {
    const { news, states, clock, until } = await run({
      list: (response, nth) => sendJson(response, listOf(5 + nth, pod('a', 3 + nth))),
      watch: ({ response }) => sendJson(response, status(403, 'Forbidden'), 403),
    });
    await until('three lists', () => states.length >= 3);
    assert.deepEqual(states.slice(0, 3), ['a@3', 'a@4', 'a@5']);
    assert.deepEqual(clock.slept.slice(0, 2), [5000, 5000]);
    assert.ok(news.some((one) => one.kind === 'forbidden' && one.verb === 'watch'));
  });

  it('leaves managedFields out of what it tells', async () => {
    const { news, until, states } = await run({
      list: (response) => sendJson(response, listOf(5, pod('a', 3, { managedFields: [{ manager: 'kubectl' }] }))),
      watch: ({ send }) => send(line('ADDED', pod('b', 6, { managedFields: [{ manager: 'kubectl' }] }))),
    });
    await until('both', () => states.length === 2);
    const last = news.at(-1);
    assert.ok(last?.kind === 'state');
    for (const { metadata } of last.objects.values()) assert.ok(!('managedFields' in metadata));
  });

  it('has one connection, however often it is begun again', async () => {
    let watches = 0;
    const { server, mostOpen, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response, send }) {
        watches++;
        send(line('BOOKMARK', { metadata: { resourceVersion: String(5 + watches) } }));
        if (watches < 40) response.end();
      },
    });
    await until('40 watches', () => watches === 40);
    assert.equal(mostOpen(), 1);
    assert.ok(server.connections() <= 2, `${server.connections()} connections: one for lists, one for watches`);
  });

  it('ends with its signal, and so does its connection', async () => {
    let closed = false;
    const { stop, states, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      watch({ response, send }) {
        send('\n');
        response.on('close', () => {
          closed = true;
        });
      },
    });
    await until('the list', () => states.length === 1);
    await delay(20);
    await stop();
    await until('the end', () => closed);
  });

  it('through cuts, ends and compactions comes to what a list says', async function () {
    this.timeout(20_000);
    const cluster = changingCluster();
    const { news, until, states } = await run(cluster);
    const tested = () => cluster.compactions() > 0 && cluster.cuts() > 0;
    // When the client comes back is up to the machine: what it meets then cannot be foreseen.
    for (let round = 0; round < 400 || (!tested() && round < 20_000); round++) {
      cluster.change();
      if (round % 4 === 0) await delay(2);
    }
    await until('the same', () => {
      const last = news.findLast((one) => one.kind === 'state');
      return last?.kind === 'state' && told(new Map([...last.objects].sort())) === cluster.told();
    });
    assert.ok(states.length > 10, 'it was told on the way too');
    assert.ok(tested(), 'it was put to the test');
  });

  it('holds no more memory after 100,000 events of the same objects', async function () {
    this.timeout(120_000);
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    const heap = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const annotations = { text: 'x'.repeat(500) };
    let version = 5;
    let before = 0;
    const { news, until } = await run({
      list: (response) => sendJson(response, listOf(5)),
      async watch({ response }) {
        for (let chunk = 0; chunk < 200; chunk++) {
          if (chunk === 20) before = heap();
          const lines = Array.from({ length: 500 }, (_, position) =>
            line('MODIFIED', pod(`pod-${position % 100}`, ++version, { annotations })),
          );
          if (!response.write(lines.join(''))) await new Promise((resolve) => response.once('drain', resolve));
          news.length = 0;
        }
      },
    });
    const end = Date.now() + 100_000;
    while (Date.now() < end) {
      const last = news.at(-1);
      if (
        last?.kind === 'state' &&
        [...last.objects.values()].some(({ metadata }) => metadata.resourceVersion === '100005')
      )
        break;
      await delay(20);
    }
    await until('all events', () => version === 100_005 && news.length > 0);
    news.length = 0;
    const growth = (heap() - before) / 1e6;
    assert.ok(growth < 10, `${growth.toFixed(1)} MB more than after 10,000 events`);
  });

  /** An API server whose pods change, that cuts watches off and forgets old versions. */
  function changingCluster() {
    const random = sequence(7);
    const pods = new Map<string, Pod>();
    const log: { version: number; text: string }[] = [];
    let version = 100;
    let oldest = 0;
    let cuts = 0;
    let compactions = 0;
    let current: { asked: AskedWatch; left: number } | undefined;

    function send(text: string): void {
      if (current === undefined) return;
      current.asked.send(text);
      if (--current.left > 0) return;
      cuts++;
      const { response } = current.asked;
      current = undefined;
      if (random() < 0.5) response.end();
      else setImmediate(() => response.socket?.destroy());
    }

    return {
      list(response: ServerResponse): void {
        sendJson(response, listOf(version, ...pods.values()));
      },
      watch(asked: AskedWatch): void {
        const from = Number(asked.version);
        if (from < oldest) {
          compactions++;
          if (random() < 0.5) sendJson(asked.response, status(410, 'Expired'), 410);
          else asked.send(line('ERROR', status(410, 'Expired')));
          return;
        }
        current = { asked, left: 1 + Math.floor(random() * 20) };
        asked.response.flushHeaders();
        for (const event of log) if (event.version > from) send(event.text);
      },
      change(): void {
        const name = `pod-${Math.floor(random() * 30)}`;
        const next = pod(name, ++version);
        const type = pods.has(name) ? (random() < 0.3 ? 'DELETED' : 'MODIFIED') : 'ADDED';
        if (type === 'DELETED') pods.delete(name);
        else pods.set(name, next);
        const text = line(type, next);
        log.push({ version, text });
        send(text);
        if (random() < 0.02) {
          oldest = version - 1;
          log.splice(0, log.length - 1);
        }
      },
      told: () => told(new Map([...pods].sort())),
      cuts: () => cuts,
      compactions: () => compactions,
    };
  }
});

/** Numbers from 0 to below 1 that are the same in each run (Park and Miller's). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
