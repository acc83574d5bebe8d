/** What the set is restarted by while clients write to it and read from it, and what befalls it meanwhile. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../e2e/eventually.ts';
import type { Going } from '../../e2e/going.ts';
import { kubectl } from '../../e2e/kubectl.ts';
import type { Random } from '../../histories/random.ts';
import { connectSecond, machines } from '../../stand/real/network.ts';
import { type Restore, stopped, stoppedApiServer } from '../../stand/real/outage.ts';
import type { Expected, Move } from '../../trial/history.ts';
import type { Fault } from '../../trial/judgement.ts';
import { inPod, patience, ready } from '../pods.ts';
import {
  fence,
  fill,
  mayGo,
  moveLeadership,
  otherThan,
  type PodName,
  pinAll,
  pods,
  query,
  type Replication,
  rebuild,
  setName,
} from './database.ts';
import type { Observer } from './observer.ts';
import { carelessRoll, ended, resume, roll, transcript } from './rolling.ts';

/** What a scenario acts on. */
interface Scene {
  namespace: string;
  leader: PodName;
  random: Random;
  observer: Observer;
  /** Keeps what a roll says for the record. */
  kept(going: Going): Going;
}

export interface Scenario {
  /** What happens, for the table. */
  title: string;
  replication?: Replication;
  expected: Expected;
  /** The fault that the checker must find: it could not be trusted otherwise. */
  mustFind?: Fault['kind'];
  /** Nothing of the plugin: what people do today. What the checker finds is told, and is no failure. */
  isComparison?: boolean;
  /** Which pod leads when it begins; any unless given. */
  leads?: PodName;
  /** Both servers share one claim; nothing else is done. */
  sharesClaim?: boolean;
  /** @returns how the leadership was moved, if it was */
  act(scene: Scene): Promise<Move[]>;
}

/** How long outages take, in milliseconds. */
const outage = { kubelet: 30_000, apiServer: 20_000, network: 20_000 };

/** Something befalls the machines for a time, at some moment after the first pod was evicted; the roll goes on to its end. */
async function rolledDuring(scene: Scene, befall: () => Promise<Restore>, duration: number): Promise<Move[]> {
  const going = scene.kept(roll(scene.namespace));
  await going.line(/evicted/);
  await delay(scene.random.between(0, 4_000));
  const restore = await befall();
  try {
    await delay(duration);
  } finally {
    await restore();
  }
  await ended(going, 0);
  return [];
}

const rolls = {
  undisturbed: {
    title: 'roll',
    expected: 'each once, leader last',
    async act(scene) {
      await ended(scene.kept(roll(scene.namespace)), 0);
      return [];
    },
  },
  kill: {
    title: 'roll, killed (-9) in the middle, then `--resume`',
    expected: 'each once, leader last',
    async act(scene) {
      const { leader, random } = scene;
      const going = scene.kept(roll(scene.namespace));
      const pod = random.pick(leader, otherThan(leader));
      await going.line(new RegExp(`${pod} .*evicted`));
      // Neither is back so soon.
      await delay(random.between(0, 2_000));
      const { code } = await going.end('SIGKILL');
      assert.equal(code, null, 'it had not ended before it was killed');
      await ended(scene.kept(resume(scene.namespace)), 0);
      return [];
    },
  },
  kubelet: {
    title: 'roll, a kubelet stopped for 30 s',
    expected: 'each once, leader last',
    act(scene) {
      const machine = scene.random.pick(...machines);
      return rolledDuring(scene, async () => stopped(machine, 'kubelet'), outage.kubelet);
    },
  },
  api: {
    title: 'roll, the API server stopped for 20 s',
    expected: 'each once, leader last',
    act: (scene) => rolledDuring(scene, async () => stoppedApiServer(), outage.apiServer),
  },
  network: {
    title: 'roll, the network of the other node cut for 20 s',
    expected: 'each once, leader last',
    act: (scene) =>
      rolledDuring(
        scene,
        async () => {
          await connectSecond(false);
          return () => connectSecond(true);
        },
        outage.network,
      ),
  },
  full: {
    title: "roll, the follower's volume full; then freed, and `--resume`",
    expected: 'each once, leader last',
    async act(scene) {
      const { namespace, leader } = scene;
      const follower = otherThan(leader);
      await fill(namespace, leader);
      await ended(scene.kept(roll(namespace, '--check-timeout', '10s')), 1);
      assert.ok(!scene.observer.replaced().includes(leader), 'the leader was not restarted');
      await inPod(namespace, follower, ['rm', '/data/fill']);
      await eventually('replication', async () => assert.ok(await mayGo(namespace, leader)), patience);
      await ended(scene.kept(resume(scene.namespace)), 0);
      return [];
    },
  },
  moved: {
    title: 'roll, the leadership moved by hand between two steps, and `--resume`',
    expected: 'each once, leader last',
    async act(scene) {
      const { namespace, leader, observer } = scene;
      const going = scene.kept(roll(scene.namespace));
      await going.line(/evicted/);
      const { code } = await going.end('SIGINT', patience);
      assert.equal(code, 130);
      assert.deepEqual(observer.replaced(), [otherThan(leader)]);
      const move = await moveLeadership(namespace, leader);
      await ended(scene.kept(resume(scene.namespace)), 0);
      return [move];
    },
  },
  swapped: {
    title: 'roll, the leadership moved before the first step, so that the order changes',
    expected: 'each once, leader last',
    async act(scene) {
      const { namespace, leader } = scene;
      const follower = otherThan(leader);
      await inPod(namespace, follower, ['touch', '/data/hold']);
      const going = scene.kept(roll(namespace));
      await going.line(/pre-check/);
      const move = await moveLeadership(namespace, leader);
      await inPod(namespace, follower, ['rm', '/data/hold']);
      // It may have stopped, since a pod was not ready.
      const { code } = await going.end(undefined, patience);
      const goings = code === 0 ? [going] : [going, scene.kept(resume(namespace))];
      for (const each of goings.slice(1)) await ended(each, 0);
      assert.match(goings.map(transcript).join('\n'), new RegExp(`${follower} +leads\\b.*: the order is`));
      return [move];
    },
  },
} satisfies Record<string, Scenario>;

/** The follower is cut off from the leader, which is lost then: the follower is made the leader with what it has. */
async function failover({ namespace, leader }: Scene): Promise<Move[]> {
  const follower = otherThan(leader);
  await query(namespace, follower, "alter system set primary_conninfo = ''");
  await query(namespace, follower, 'select pg_reload_conf()');
  await eventually('a follower that is cut off', async () => assert.equal(await mayGo(namespace, leader), false));
  await delay(3_000);
  const begun = Date.now();
  await fence(namespace, leader);
  await query(namespace, follower, 'alter system reset primary_conninfo');
  assert.equal(await query(namespace, follower, 'select pg_promote()'), 't');
  await rebuild(namespace, leader);
  await pinAll(namespace, follower);
  return [{ from: leader, to: follower, begun, ended: Date.now() }];
}

const controls = {
  failover: {
    title: 'no roll: the follower cut off, the leader lost, the follower promoted',
    expected: 'none',
    act: failover,
  },
  asynchronous: {
    title: 'the same with asynchronous replication',
    replication: 'asynchronous',
    expected: 'none',
    mustFind: 'lost',
    act: failover,
  },
  careless: {
    title: 'roll without checks, the leader first',
    expected: 'each once, leader last',
    mustFind: 'order',
    async act(scene) {
      await ended(scene.kept(carelessRoll(scene.namespace, scene.leader)), 0);
      return [];
    },
  },
  shared: {
    title: 'no roll: both servers on one claim, then both restarted',
    expected: undefined,
    mustFind: 'two primaries',
    sharesClaim: true,
    act: async () => [],
  },
} satisfies Record<string, Scenario>;

async function rolledOut(namespace: string): Promise<void> {
  await ready(namespace, setName);
}

// The order of the controller is right by chance while pod 0 leads.
const [, leads] = pods;

const comparisons = {
  restart: {
    title: '`kubectl rollout restart`',
    expected: 'each once, leader last',
    isComparison: true,
    leads,
    async act({ namespace }) {
      await kubectl(['rollout', 'restart', `statefulset/${setName}`, '-n', namespace]);
      await rolledOut(namespace);
      return [];
    },
  },
  delete: {
    title: '`kubectl delete pod`, from the highest ordinal down',
    expected: 'each once, leader last',
    isComparison: true,
    leads,
    async act({ namespace }) {
      for (const pod of pods.toReversed()) {
        await kubectl(['delete', 'pod', pod, '-n', namespace]);
        await rolledOut(namespace);
      }
      return [];
    },
  },
  drain: {
    title: '`kubectl drain` of each node, uncordoned 5 s later',
    expected: 'each once, leader last',
    isComparison: true,
    leads,
    async act({ namespace }) {
      for (const { name } of machines) {
        // Only this set's pods: the clients are on a node, too.
        const only = [`--pod-selector=app=${setName}`, `--timeout=${patience / 1_000}s`];
        await kubectl(['drain', name, '--ignore-daemonsets', '--delete-emptydir-data', ...only]);
        await delay(5_000);
        await kubectl(['uncordon', name]);
        await rolledOut(namespace);
      }
      return [];
    },
  },
} satisfies Record<string, Scenario>;

export const scenarios = { ...rolls, ...controls, ...comparisons };

export function scenarioOf(name: string): Scenario | undefined {
  const known: Readonly<Record<string, Scenario>> = scenarios;
  return Object.hasOwn(known, name) ? known[name] : undefined;
}
