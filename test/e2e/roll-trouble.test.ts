import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StatefulSet } from '#src/objects/types.ts';
import { leaseName } from '#src/roll/model/leaserules.ts';
import { unexplained } from '../roll/model/simulation/trace.ts';
import { randomOf } from '../roll/model/simulation/world.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { down, type Stand, up } from '../stand/stand.ts';
import { relayTo } from './endurance/relay.ts';
import { eventually } from './eventually.ts';
import { kubectl, sts, tryKubectl } from './kubectl.ts';
import { ownNamespace, uniqueName } from './namespace.ts';
import { goOn } from './roll/rolls.ts';
import { isEviction, ofLease } from './roll/watched-relay.ts';
import { ownRolls, patience } from './roll/watched-rolls.ts';
import { ownScenes, quick } from './roll/watched-scenes.ts';
import { allReady, makeSlowSets, ownImpatientBudgets } from './roll/watched-sets.ts';
import { withoutApiServer, withoutControllers } from './roll/watched-stand.ts';
import { happened, ownWatcher, traceOf } from './roll/watcher.ts';
import { rollingIn } from './rollout/rolling.ts';
import { sandbox } from './sandbox.ts';

const nobody = () => {};
const lost = /, trying again$/;
const recovered = /the API server answers again$/;

describe('rolls whose API server is down for 20 seconds', () => {
  const namespace = 'default';
  const sets = [
    { name: 'ordered', replicas: 3, atATime: 1, args: [] },
    {
      name: 'parallel',
      replicas: 5,
      parallel: true,
      budget: 2,
      atATime: 2,
      args: ['--max-unavailable', '2', '--lease-duration', '2s'],
    },
  ];
  let stand: Stand | undefined;
  const as = () => ({ kubeconfig: stand?.kubeconfig ?? '' });
  before(async function () {
    this.timeout(120_000);
    stand = await up({ name: uniqueName('roll'), nodes: 1, owner: process.pid }, nobody);
    await eventually('a ServiceAccount for pods', () => kubectl(['get', 'serviceaccount', 'default'], as()));
    await makeSlowSets(namespace, sets, as());
  });
  ownImpatientBudgets(namespace, as);
  const watcher = ownWatcher(namespace, as);
  const start = ownRolls(namespace);
  after(async function () {
    this.timeout(60_000);
    if (stand) await down(stand.name, nobody);
  });

  it('go on, say once that it is lost and once that it is back, and restart each pod once', async function () {
    this.timeout(180_000);
    assert.ok(stand);
    // Nobody is to be just about to take one of them away: what is half done then, no fake node does again.
    const long = ['ordered-1', 'parallel-1', 'parallel-2'];
    await kubectl(['annotate', 'pods', ...long, '--overwrite', 'stand.kubectl-sts/end-after=5s'], as());
    await watcher.caughtUp();
    const from = watcher.trace.length;
    const rolls = sets.map(({ name, args }) => start([name, '--stable', '200ms', ...args], as()));
    await Promise.all(rolls.map((roll) => roll.says(/-1 {2}evicted/)));
    await withoutApiServer(stand, async () => {
      await Promise.all([delay(20_000), ...rolls.map((roll) => roll.says(lost))]);
    });
    for (const [at, { name, replicas, atATime }] of sets.entries()) {
      const roll = rolls[at];
      await roll?.says(/ done: /, 60_000);
      assert.equal(await roll?.ended, 0);
      await watcher.caughtUp();
      const { went, mostDown, down: rest } = happened(watcher.trace, { name, replicas }, from);
      assert.ok(mostDown.length <= atATime, `down at once: ${mostDown.join(', ')}`);
      const pods = Array.from({ length: replicas }, (_, nth) => `${name}-${replicas - 1 - nth}`);
      // Of two that go at once the second may be told first.
      const inOrder = atATime === 1 ? went : went.toSorted().reverse();
      assert.deepEqual([inOrder, rest], [pods, []]);
      const said = (roll?.stdout().split('\n') ?? []).filter((line) => lost.test(line) || recovered.test(line));
      const each = said.map((line) => (recovered.test(line) ? 'recovered' : 'lost'));
      assert.deepEqual(each, ['lost', 'recovered'], said.join('\n'));
    }
    assert.equal(await kubectl(['get', 'leases', '-n', namespace, '-o', 'name'], as()), '');
  });

  it('and a status that says since when the controllers have not seen the latest change', async function () {
    this.timeout(60_000);
    assert.ok(stand);
    const own = (words: string[]) => kubectl([...words, '-n', namespace], as());
    await withoutControllers(stand, async () => {
      await own(['patch', 'statefulset', 'ordered', '--type=merge', '-p', '{"spec":{"minReadySeconds":1}}']);
      const managed = await own(['get', 'sts', 'ordered', '-o', 'json', '--show-managed-fields']);
      const { metadata } = JSON.parse(managed) as StatefulSet;
      const written = metadata.managedFields?.find(({ manager }) => manager === 'kubectl-patch')?.time;
      const { stdout, stderr } = await sts(['status', 'ordered', '-n', namespace], as());
      const [, since, ago] = /not seen the latest change .* since (\S+), for (\d+)s\)\n/.exec(stdout) ?? [];
      assert.deepEqual([since, stderr], [written, ''], stdout);
      assert.ok(Number(ago) <= 60, stdout);
      for (const [, command = ''] of stdout.matchAll(/^ +(?:look +)?(kubectl get .*)$/gm))
        await kubectl(command.split(' ').slice(1), as());
      // For a write through `scale` the API server notes no time.
      await own(['scale', 'statefulset', 'ordered', '--replicas=4']);
      const scaled = await sts(['status', 'ordered', '-n', namespace], as());
      assert.match(scaled.stdout, /not seen the latest change of the set \(undetermined: it may still recover\)\n/);
      await own(['scale', 'statefulset', 'ordered', '--replicas=3']);
    });
    await eventually('a controller that has seen it', async () => {
      const { stdout } = await sts(['status', 'ordered', '-n', namespace], as());
      assert.doesNotMatch(stdout, /not seen/);
    });
  });
});

describe('a roll that stops', () => {
  const namespace = ownNamespace('roll-stops');
  const rolling = rollingIn(namespace);
  const start = ownRolls(namespace);

  it('ends with what status says of the set, word for word, and with the command that goes on', async function () {
    this.timeout(180_000);
    await rolling.apply('sick', {
      replicas: 2,
      // Each is away long enough to be kept from getting ready.
      annotations: { 'ready-after': '10s' },
      container: { readinessProbe: { tcpSocket: { port: 80 } } },
      spec: { podManagementPolicy: 'Parallel' },
    });
    await rolling.ready('sick', 2);
    const old = await rolling.uid('sick-1');
    const roll = start(['sick', '--stable', '5s', '--timeout', '15s']);
    await rolling.replaced('sick-1', old);
    await rolling.annotate('sick-1', 'unready', 'true');
    assert.equal(await roll.ended, 1, roll.stderr());
    const [first = '', ...lines] = roll.stderr().trimEnd().split('\n');
    assert.match(first, /^error: roll .* stopped at sick-1: --timeout is over while it was coming back/);
    assert.match(lines.at(-1) ?? '', /^go on: kubectl sts roll sick --resume /);
    const status = await sts(['status', 'sick', '-n', namespace]);
    const [, closely = ''] = status.stdout.split('\n\n');
    assert.match(closely, /\n {2}cause {4}sick-1: the readiness probe of container main fails/);
    const withoutAge = (text: string) => text.trimEnd().replace(/, for \w+/g, '');
    assert.equal(withoutAge(lines.slice(0, -1).join('\n')), withoutAge(closely));
    await rolling.annotate('sick-1', 'unready');
    await rolling.ready('sick', 2);
    const went = await goOn(roll.stderr().replace(/--resume/, '--resume --stable 0s'));
    assert.match(went.stdout, /done: 2 of 2 pods restarted/);
  });
});

describe('a roll over a bad line', () => {
  const scene = ownScenes('roll-line');
  const bare = { budget: undefined };

  scene('goes on where its connections are cut, after whatever it has just said', bare, async ({ roll, done }) => {
    const { server, kubeconfig } = sharedStand();
    const relay = await relayTo(server);
    const file = join(sandbox(), `${uniqueName('relayed')}.kubeconfig`);
    writeFileSync(file, readFileSync(kubeconfig, 'utf8').replaceAll(server, relay.url), { mode: 0o600 });
    const first = roll([], { kubeconfig: file });
    let isOver = false;
    first.ended.then(() => {
      isOver = true;
    });
    try {
      for (let cuts = 0; cuts < 8; cuts++) {
        const said = first.stdout().length;
        const isMore = async () => assert.ok(isOver || first.stdout().length > said, first.stdout());
        await eventually('more words, or its end', isMore, patience);
        relay.cut();
      }
      await done(first);
    } finally {
      await relay.close();
    }
  });

  for (const [what, side, isIt, nth] of [
    ['the answer to an eviction', 'answer', isEviction, 2],
    ['an eviction', 'request', isEviction, 2],
    ['the answer to the Lease’s write before an eviction', 'answer', ofLease('PUT'), 1],
    ['the Lease’s write before an eviction', 'request', ofLease('PUT'), 1],
    ['the answer to the Lease’s creation', 'answer', ofLease('POST'), 1],
    ['the answer to the Lease’s removal', 'answer', ofLease('DELETE'), 1],
  ] as const) {
    scene(`on which ${what} is lost goes on, and takes no pod twice`, bare, async ({ way, roll, done }) => {
      const bad = way();
      const { held } = bad.lose(side, isIt, nth);
      const first = roll([], bad);
      await held();
      await done(first);
    });
  }

  scene('on which the answer to an eviction is lost asks no second time while the pod ends', bare, async (set) => {
    const [, second = ''] = set.pods;
    await set.takesLonger(second, '3s');
    const bad = set.way();
    const { held } = bad.lose('answer', isEviction, 2);
    const first = set.roll([], bad);
    await held();
    await set.done(first);
    const asked = bad.seen.filter((request) => isEviction(request) && request.url.includes(second));
    assert.equal(asked.length, 1);
  });

  scene('on which the answer to taking the Lease over is lost goes on', bare, async (set) => {
    const { pods, way, roll, resume, done } = set;
    const go = await set.stays(pods[0]);
    const dead = roll();
    await dead.says(/-2 {2}evicted/);
    dead.signal('SIGKILL');
    await dead.ended;
    await go();
    const bad = way();
    const { held } = bad.lose('answer', ofLease('PUT'));
    const second = resume(bad);
    await held();
    await done(second);
  });

  scene('goes on when somebody has edited its Lease', {}, async (scene) => {
    const { namespace, set, pods, roll, lease, done } = scene;
    const goes = await Promise.all([scene.stays(pods[0]), scene.stays(pods[1])]);
    const first = roll();
    await first.says(/-2 {2}evicted/);
    const labels = ['team=data', 'app.kubernetes.io/managed-by-'];
    await kubectl(['label', 'lease', leaseName(set.name), '-n', namespace, ...labels]);
    await goes[0]();
    await first.says(/-1 {2}evicted/);
    assert.deepEqual((await lease()).metadata.labels, { team: 'data' });
    await goes[1]();
    await done(first);
  });

  scene('stops before the next pod when somebody has deleted its Lease', {}, async (scene) => {
    const { namespace, set, pods, roll, sinceThen, hasLease } = scene;
    const go = await scene.stays(pods[0]);
    const first = roll();
    await first.says(/-2 {2}evicted/);
    await kubectl(['delete', 'lease', leaseName(set.name), '-n', namespace]);
    await go();
    assert.equal(await first.ended, 1, first.stdout());
    assert.match(first.stderr(), /^error: .* its Lease is gone or was given up: somebody has ended this roll/);
    assert.deepEqual((await sinceThen()).went, pods.slice(0, 1));
    assert.equal(await hasLease(), false);
  });
});

describe('a roll of 100 pods, ten at a time', () => {
  const namespace = ownNamespace('roll-many');
  const set = { name: 'many', replicas: 100, parallel: true, budget: undefined, end: '1s' };
  before(async function () {
    this.timeout(120_000);
    await makeSlowSets(namespace, [set]);
  });
  const watcher = ownWatcher(namespace);
  const start = ownRolls(namespace);

  it('restarts each of them once, and never has more than ten down', async function () {
    this.timeout(240_000);
    const from = watcher.trace.length;
    const begun = performance.now();
    const roll = start([set.name, '--max-unavailable', '10', ...quick]);
    assert.equal(await roll.ended, 0, `${roll.stdout()}${roll.stderr()}`);
    const seconds = (performance.now() - begun) / 1_000;
    await watcher.caughtUp();
    const { went, mostDown, down } = happened(watcher.trace, set, from);
    process.stdout.write(`      in ${seconds.toFixed(1)} s, at most ${mostDown.length} down at once\n`);
    assert.ok(mostDown.length <= 10, `down at once: ${mostDown.join(', ')}`);
    assert.equal(new Set(went).size, 100);
    assert.deepEqual([went.length, down], [100, []]);
    assert.deepEqual(unexplained(traceOf(watcher.trace, set), { parallel: true, replicas: 100 }), []);
  });
});

describe('what the model of a set’s life says', () => {
  const namespace = ownNamespace('roll-model');
  const sets = [
    { name: 'ordered', replicas: 4, parallel: false },
    { name: 'parallel', replicas: 4, parallel: true },
  ];
  before(() => makeSlowSets(namespace, sets));
  const watcher = ownWatcher(namespace);
  const start = ownRolls(namespace);

  /** Pods are deleted and become unready and ready again, at random moments; all are ready in the end. */
  async function disturbed({ name, replicas }: (typeof sets)[number], random: () => number): Promise<void> {
    const unready = 'stand.kubectl-sts/unready';
    for (let turns = 0; turns < 15; turns++) {
      const pod = `${name}-${Math.floor(random() * replicas)}`;
      const kind = random();
      // It may not be there just now.
      const words =
        kind < 0.5
          ? ['delete', 'pod', pod, '--wait=false']
          : ['annotate', 'pod', pod, `${unready}${kind < 0.75 ? '=true' : '-'}`];
      await tryKubectl([...words, '-n', namespace]);
      await delay(random() * 500);
    }
    await eventually('pods that are ready again', async () => {
      await tryKubectl(['annotate', 'pods', '-l', `app=${name}`, '-n', namespace, `${unready}-`]);
      await allReady(namespace, name);
    });
  }

  it('explains all that happens to pods that are rolled', async () => {
    await Promise.all(
      sets.map(async (set) => {
        const roll = start([set.name, ...quick]);
        assert.equal(await roll.ended, 0, roll.stderr());
        await isExplained(set, 'a roll');
      }),
    );
  });

  it('explains all that happens to pods that are deleted and become unready', async () => {
    const seed = randomInt(2 ** 31);
    await Promise.all(
      sets.map(async (set, at) => {
        await disturbed(set, randomOf(seed + at));
        await isExplained(set, `seed ${seed}`);
      }),
    );
  });

  async function isExplained({ name, parallel, replicas }: (typeof sets)[number], which: string): Promise<void> {
    await watcher.caughtUp();
    const trace = traceOf(watcher.trace, { name });
    assert.ok(trace.length > replicas * 3, 'pods have come and gone');
    // On a busy machine the controller learns late that a pod has become unready.
    const faults = unexplained(trace, { parallel, replicas, lag: 2_000 });
    assert.deepEqual(faults, [], `${name}, ${which}: ${JSON.stringify(faults[0])}`);
  }
});
