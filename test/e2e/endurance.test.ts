import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '#src/cli/clock.ts';
import { type Client, openClient } from '#src/kube/client.ts';
import { type Resource, resources } from '#src/kube/resources.ts';
import { type WatchNews, watch } from '#src/kube/watch.ts';
import type { Named } from '#src/objects/types.ts';
import { clientDeps } from '../kube/deps.ts';
import { optionsWith } from '../kube/options.ts';
import { type Api, connect } from '../stand/api.ts';
import { kubeconfig } from '../stand/kubeconfig.ts';
import { down, type Stand, up } from '../stand/stand.ts';
import { compact, crashApiServer, startAgain } from '../stand/trouble.ts';
import type { LoggedRequest } from './audit-log.ts';
import { type Changes, makeBeacon, makeObjects, removeBeacon, servicesOf, startChanges } from './endurance/changes.ts';
import { type Relay, relayTo } from './endurance/relay.ts';
import { eventually } from './eventually.ts';
import { type Going, start } from './going.ts';
import { getJson, kubectl, sts } from './kubectl.ts';
import { uniqueName } from './namespace.ts';
import { sandbox } from './sandbox.ts';

const nobody = () => {};
/** What the client of the tests calls its version: requests are known by it. */
const version = 'endurance';

/** What a watch begins with, and no tree asks for otherwise. */
const watched = /\/(services|statefulsets|pods|persistentvolumeclaims)\?/;

const outage = /^warning: .+, trying again$/;

/** A watch of one resource in this process, and what it has told. */
interface Watching {
  resource: Resource;
  objects: ReadonlyMap<string, Named>;
  /** Whether the server is lost, and how often it was. */
  lost: boolean;
  losses: number;
  /** What no watch may ever tell. */
  faults: string[];
  ended: Promise<void>;
}

interface Document {
  metadata: { name: string; uid: string };
  deleted?: true;
}

describe('a watch of a cluster in trouble, under a stream of changes', () => {
  const name = uniqueName('endurance');
  const namespace = 'busy';
  let stopped: AbortController;
  let watches: Watching[] = [];
  let beacons = 0;
  let stand: Stand;
  let api: Api;
  let relay: Relay;
  let client: Client;
  let plugin: Going;
  /** As the administrator, past the relay. */
  let direct: { kubeconfig: string };
  /** As the person who watches, through it. */
  let relayed: { kubeconfig: string };

  before(async function () {
    this.timeout(120_000);
    stand = await up({ name, nodes: 1, owner: process.pid }, nobody);
    direct = { kubeconfig: stand.kubeconfig };
    api = await connect(stand.server, stand);
    relay = await relayTo(stand.server);
    await kubectl(['create', 'namespace', namespace], direct);
    await makeObjects(api, namespace);
    const user = { certificate: readFileSync(stand.certificate), key: readFileSync(stand.key) };
    relayed = { kubeconfig: join(sandbox(), `${name}.kubeconfig`) };
    writeFileSync(relayed.kubeconfig, kubeconfig(name, relay.url, readFileSync(stand.ca), user), { mode: 0o600 });
  });

  // New ones for each test: they come back the later, the more they have gone through.
  beforeEach(async () => {
    stopped = new AbortController();
    client = await openClient(optionsWith(relayed), clientDeps({ version }));
    watches = [watching(resources.services), watching(resources.statefulSets)];
    plugin = start(['tree', '-w', '-o', 'json', '-n', namespace], relayed);
    await agreed();
  });

  afterEach(async () => {
    stopped?.abort();
    client?.close();
    await plugin?.end('SIGKILL');
    await Promise.all(watches.map(({ ended }) => ended));
  });

  after(async function () {
    this.timeout(240_000);
    await relay?.close();
    api?.close();
    await down(name, nobody);
  });

  function watching(resource: Resource): Watching {
    const ended = Promise.resolve();
    const one: Watching = { resource, objects: new Map(), lost: false, losses: 0, faults: [], ended };
    const versions = new Map<string, number>();
    const hear = (news: WatchNews<Named>) => {
      if (news.kind === 'forbidden') one.faults.push(`forbidden: ${news.error.message}`);
      if (news.kind === 'lost' || news.kind === 'recovered') {
        if (one.lost === (news.kind === 'lost')) one.faults.push(`${news.kind} twice`);
        one.lost = news.kind === 'lost';
        if (one.lost) one.losses++;
      }
      if (news.kind !== 'state') return;
      one.objects = news.objects;
      for (const [key, { metadata }] of news.objects) {
        const seen = Number(metadata.resourceVersion);
        if (seen < (versions.get(key) ?? 0)) one.faults.push(`${key} went back to ${seen}`);
        versions.set(key, seen);
      }
    };
    const options = { clock: systemClock, random: () => 0, signal: stopped.signal };
    one.ended = watch<Named>({ client, resource, namespace }, options, hear);
    return one;
  }

  /** Makes changes while `work` runs, and stops them then. */
  async function underChanges(work: (changes: Changes) => Promise<void>): Promise<void> {
    const changes = startChanges(api, namespace);
    try {
      await work(changes);
    } finally {
      await changes.stop();
    }
  }

  /** Until the watches and the plugin show what the API server holds: no object lost, none stale, none left. */
  async function agreed(): Promise<void> {
    for (const one of watches) {
      const { resource } = one;
      await eventually(`the ${resource.plural} of a fresh list`, async () => {
        const { items } = await getJson<{ items: Named[] }>([resource.plural, '-n', namespace], direct);
        const listed = new Map(items.map((item) => [`${namespace}/${item.metadata.name}`, bare(item)] as const));
        const watched = new Map([...one.objects].map(([key, item]) => [key, bare(item)] as const));
        assert.deepEqual(differences(watched, listed), []);
      });
    }
    await eventually('the documents of tree', async () => {
      const { stdout, stderr } = await sts(['tree', '-n', namespace, '-o', 'json'], direct);
      assert.equal(stderr, '');
      const { items } = JSON.parse(stdout) as { items: Document[] };
      const listed = new Map(items.map((item) => [item.metadata.uid, item]));
      const shown = new Map<string, Document>();
      for (const line of plugin.lines()) {
        const document = JSON.parse(line) as Document;
        if (document.deleted) shown.delete(document.metadata.uid);
        else shown.set(document.metadata.uid, document);
      }
      assert.deepEqual(differences(shown, listed), []);
    });
    for (const { faults } of watches) assert.deepEqual(faults.slice(0, 3), []);
  }

  /** Until something that is made now, with a pod and a claim, is seen by all that watch. Returns its name. */
  async function caughtUp(): Promise<string> {
    const beacon = await makeBeacon(api, namespace, beacons++);
    const key = `${namespace}/${beacon}`;
    await eventually(`${beacon} in the watches`, async () => {
      for (const { resource, objects } of watches) assert.ok(objects.has(key), `not in ${resource.plural}`);
    });
    await eventually(`${beacon} in the tree, whole`, async () => {
      const line = plugin
        .lines()
        .filter((text) => text.includes(`"${beacon}"`))
        .at(-1);
      assert.ok(line?.includes('"Bound"'), line ?? 'nothing of it yet');
    });
    return beacon;
  }

  /** Until all that watch have been told that the server is lost, each of them once. */
  async function lost(): Promise<void> {
    await eventually('the news that the server is lost', async () => {
      assert.deepEqual(
        watches.map(({ losses }) => losses),
        [1, 1],
      );
      assert.equal(said().length, 1, plugin.stderr());
    });
    for (const line of said()) assert.match(line, outage);
  }

  /** The lists of a client that the API server has answered, as it logged them. */
  async function lists(agent: string): Promise<number> {
    const marker = uniqueName('marker');
    await api.get(`/api/v1/namespaces/${namespace}/services?fieldSelector=metadata.name%3D${marker}`);
    return eventually('the audit log up to now', async () => {
      assert.ok(stand.auditLog);
      const log = readFileSync(stand.auditLog, 'utf8').split('\n').slice(0, -1);
      assert.ok(log.some((line) => line.includes(marker)));
      const requests = log.map((line) => JSON.parse(line) as LoggedRequest);
      return requests.filter(({ verb, userAgent, requestURI }) => {
        return verb === 'list' && userAgent?.startsWith(agent) && watched.test(requestURI);
      }).length;
    });
  }

  /** The lines that the plugin has said. */
  function said(): string[] {
    return plugin.stderr().split('\n').slice(0, -1);
  }

  it('goes on where its connections were cut, without a word and without a new list', async () => {
    const before = await lists('kubectl-sts/');
    await underChanges(async (changes) => {
      for (let cuts = 0; cuts < 4; cuts++) {
        await changes.more(40);
        relay.cut();
        await caughtUp();
      }
    });
    assert.equal(await lists('kubectl-sts/'), before);
    assert.deepEqual(
      watches.map(({ losses }) => losses),
      [0, 0],
    );
    assert.deepEqual(said(), []);
    await agreed();
  });

  it('goes on after the API server has crashed, and says once that it is lost', async () => {
    await underChanges(async (changes) => {
      await changes.more(40);
      await crashApiServer(stand);
      await lost();
      await startAgain(stand);
      await changes.more(40);
      await caughtUp();
    });
    // A server that has just begun may answer one and refuse the next.
    for (const line of said()) assert.match(line, outage);
    await agreed();
  });

  it('reads all anew when etcd no longer knows what it has missed', async () => {
    const doomed = await caughtUp();
    const seen = Math.max(...watches.flatMap(({ objects }) => [...objects.values()].map(versionOf)));
    await underChanges(async (changes) => {
      await relay.close();
      await changes.more(100);
      await removeBeacon(api, namespace, doomed);
      await compact(stand);
      // Or it would still know by itself what etcd has forgotten.
      await crashApiServer(stand);
      await startAgain(stand);
      const query = `watch=true&resourceVersion=${seen}&timeoutSeconds=1`;
      const refusal = await kubectl(['get', '--raw', `${servicesOf(namespace)}?${query}`], direct);
      assert.match(refusal, /"reason":"Expired","code":410/);
      await lost();

      const agents = ['kubectl-sts/', `kubectl-sts/${version}`];
      const before = await Promise.all(agents.map(lists));
      await relay.open();
      await caughtUp();
      const [all = 0, own = 0] = await Promise.all(agents.map(lists));
      assert.ok(own > (before[1] ?? 0), 'the watches have listed');
      assert.ok(all - own > (before[0] ?? 0) - (before[1] ?? 0), 'the plugin has listed');
    });
    await lost();
    await agreed();
  });
});

function versionOf({ metadata }: Named): number {
  return Number(metadata.resourceVersion);
}

/** As kubectl and a watch both give it. */
function bare({ metadata: { managedFields: _, ...metadata }, apiVersion, kind, ...rest }: Named): object {
  return { metadata, ...rest };
}

/** The keys of what only one of them has, or has otherwise. */
function differences(actual: ReadonlyMap<string, object>, expected: ReadonlyMap<string, object>): string[] {
  const keys = new Set([...actual.keys(), ...expected.keys()]);
  return [...keys].filter((key) => !isDeepStrictEqual(actual.get(key), expected.get(key)));
}
