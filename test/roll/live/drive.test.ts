import assert from 'node:assert/strict';
import { type Client, openClient } from '#src/kube/client.ts';
import { ConnectionError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import { driveRoll } from '#src/roll/live/drive.ts';
import type { Hold, Written } from '#src/roll/live/lease.ts';
import type { RollQuestions } from '#src/roll/live/tasks.ts';
import { beginRoll, type RollSettings, type RollState } from '#src/roll/model/state.ts';
import { clientDeps } from '../../kube/deps.ts';
import { kubeconfigFor, temporaryFiles } from '../../kube/kubeconfig-file.ts';
import { optionsWith } from '../../kube/options.ts';
import { type LoopbackServer, sendJson, serve } from '../../kube/server.ts';
import { idleClock } from '../../memory/clock.ts';
import { boundClaim, podOf, statefulSet } from '../../objects/snapshots.ts';
import { smallCluster } from '../../sources/small-cluster.ts';
import { careful, unchecked } from '../model/rolls.ts';

const set = statefulSet('web', { replicas: 2, templates: ['data'], metadata: { generation: 1 } });
const pod = (ordinal: number, uid: string) => podOf(set, ordinal, { metadata: { uid } });
const settings: RollSettings = { ...careful, timeout: 120_000, deadline: 600_000, stable: 0 };
const handling = { ...unchecked, checkTimeout: 1 };
const nothingAsked: RollQuestions = {
  confirm: async () => true,
  preCheck: async () => undefined,
  check: async () => undefined,
  dns: async () => undefined,
  leader: async () => assert.fail('nobody is to be asked who leads'),
};

const { signal: always } = new AbortController();

describe('the driver of a roll', () => {
  const files = temporaryFiles();
  let cluster: ReturnType<typeof smallCluster>;
  let server: LoopbackServer;
  let client: Client;
  let clock: Clock;
  let evictions: string[];
  /** Answers to evictions that are not carried out, each used once. */
  let refusals: object[];

  beforeEach(async () => {
    cluster = smallCluster();
    evictions = [];
    refusals = [];
    cluster.put('statefulsets', set);
    for (const ordinal of [0, 1]) {
      cluster.put('pods', pod(ordinal, `old-${ordinal}`));
      cluster.put('persistentvolumeclaims', boundClaim(`data-web-${ordinal}`));
    }
    server = await serve('http', (request, response) => {
      const [, name] = /\/pods\/([^/]+)\/eviction$/.exec(request.url ?? '') ?? [];
      if (name === undefined) return cluster.answer(request.url ?? '', response);
      evictions.push(name);
      const refusal = refusals.shift();
      if (refusal) return sendJson(response, refusal, 429);
      cluster.remove('pods', name);
      cluster.put('pods', pod(Number(name.at(-1)), `new-${name.at(-1)}`));
      return sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Success' }, 201);
    });
    clock = idleClock(() => server.requests.length);
    client = await openClient(
      optionsWith({ kubeconfig: files.write('config', kubeconfigFor(server.url)) }),
      clientDeps(),
    );
  });
  afterEach(() => {
    client.close();
    server.close();
  });

  interface Circumstances {
    stop?: AbortSignal;
    /** Milliseconds that the machine has slept. */
    asleep?: () => number;
    hears?: (news: string) => void;
  }

  async function driven(
    hold?: Hold,
    { stop = new AbortController().signal, asleep = () => 0, hears = () => {} }: Circumstances = {},
  ) {
    const planned = [1, 0].map((ordinal) => ({
      name: `web-${ordinal}`,
      ordinal,
      uid: `old-${ordinal}`,
      revision: { now: undefined, next: undefined },
    }));
    const claims = [0, 1].map((ordinal) => boundClaim(`data-web-${ordinal}`));
    const view = { pods: [pod(0, 'old-0'), pod(1, 'old-1')], claims };
    const state = beginRoll(set, planned, view, settings, clock.now());
    const own = { ...clock, now: () => clock.now() + asleep() };
    const rolling = driveRoll(
      state,
      { id: '1', set, handling, hold, fieldManager: undefined, questions: nothingAsked },
      { client, clock: own, wall: own.now, random: () => 0, stop, collectGarbage() {} },
    );
    const told: string[] = [];
    for (;;) {
      const next = await rolling.next();
      if (next.done) return { end: (next.value as RollState).end, told };
      if (next.value.kind !== 'step') continue;
      told.push(`${next.value.pod} ${next.value.what}`);
      hears(told.at(-1) ?? '');
    }
  }

  const allDone = [
    ...['web-1 evicted', 'web-1 gone', 'web-1 ready', 'web-1 done'],
    ...['web-0 evicted', 'web-0 gone', 'web-0 ready', 'web-0 done'],
  ];

  /** A Lease that is held for as long as `answers` says so. */
  function holdOf(answers: Written[], events: string[] = []): Hold {
    return {
      duration: 30_000,
      async write() {
        events.push(`write before eviction ${evictions.length + 1}`);
        return answers.shift() ?? { kind: 'held' };
      },
      giveUp: async () => void events.push('given up'),
      remove: async () => void events.push('removed'),
    };
  }

  it('evicts one pod after the other, and reads before each', async () => {
    const { end, told } = await driven();
    assert.deepEqual([end, told, evictions], [{ kind: 'done' }, allDone, ['web-1', 'web-0']]);
    const lists = server.requests.filter((request) => /GET .*\/pods\?/.test(request) && !request.includes('watch='));
    assert.ok(lists.length >= 3, 'before each pod, and at the end');
  });

  it('goes on when a budget allows what it forbade before', async () => {
    const budget = {
      ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 429, reason: 'TooManyRequests' },
      message: 'Cannot evict pod',
    };
    refusals = [budget, budget];
    const { end, told } = await driven();
    assert.deepEqual(end, { kind: 'done' });
    assert.deepEqual(
      told.filter((each) => !each.endsWith('blocked')),
      allDone,
    );
  });

  it('writes the Lease directly before each eviction, and removes it at the end', async () => {
    const events: string[] = [];
    await driven(holdOf([], events));
    // Where the machine is slow, the Lease is renewed besides.
    assert.deepEqual([...new Set(events)], ['write before eviction 1', 'write before eviction 2', 'removed']);
  });

  it('evicts nothing once the Lease is in other hands, and leaves it there', async () => {
    const events: string[] = [];
    const { end } = await driven(holdOf([{ kind: 'held' }, { kind: 'lost', holder: 'anna' }], events));
    assert.deepEqual(end, { kind: 'stopped', pod: undefined, reason: { kind: 'lease lost', holder: 'anna' } });
    assert.deepEqual(evictions, ['web-1']);
    assert.ok(!events.includes('given up') && !events.includes('removed'), events.join());
  });

  for (const [failing, what] of [
    [0, 'looks for its Lease before it believes what it sees'],
    [2, 'looks again where its connections have died meanwhile'],
  ] as const) {
    it(`that slept while it told something ${what}`, () => sleptThrough(failing));
  }

  /** @param failing so many writes of the Lease fail after the sleep */
  async function sleptThrough(failing: number): Promise<void> {
    let asleep = 0;
    let failed = 0;
    const hold = holdOf([]);
    const { end } = await driven(
      {
        ...hold,
        async write(record) {
          if (asleep === 0) return hold.write(record);
          await clock.sleep(1_000, always);
          if (failed++ < failing) throw new ConnectionError('read: connection reset by peer');
          return { kind: 'lost', holder: 'anna' };
        },
      },
      {
        asleep: () => asleep,
        hears(news) {
          if (news !== 'web-1 done') return;
          asleep = 60_000;
          // At this it would stop.
          cluster.put('pods', podOf(set, 1, { metadata: { uid: 'new-1' }, status: { phase: 'Pending' } }));
        },
      },
    );
    assert.deepEqual(end, { kind: 'stopped', pod: undefined, reason: { kind: 'lease lost', holder: 'anna' } });
  }

  it('evicts nothing where the proof took too long, and proves it again', async () => {
    const events: string[] = [];
    const hold = holdOf([], events);
    let asleep = 0;
    const { end } = await driven(
      {
        ...hold,
        async write(record) {
          // More than half of the Lease's duration.
          if (asleep === 0) asleep = 20_000;
          return hold.write(record);
        },
      },
      { asleep: () => asleep },
    );
    assert.deepEqual(end, { kind: 'done' });
    assert.ok(events.filter((event) => event === 'write before eviction 1').length > 1, events.join());
  });

  it('stops before the next pod when it is asked to, and gives the Lease up', async () => {
    const events: string[] = [];
    const stop = new AbortController();
    const hold = holdOf([], events);
    const { end, told } = await driven(
      {
        ...hold,
        async write(record) {
          if (evictions.length === 1) stop.abort();
          return hold.write(record);
        },
      },
      { stop: stop.signal },
    );
    assert.deepEqual(end, { kind: 'interrupted' });
    assert.deepEqual(evictions, ['web-1'], 'though the eviction of the next was about to be sent');
    assert.deepEqual(told, allDone.slice(0, 4));
    assert.ok(events.includes('given up'));
  });
});
