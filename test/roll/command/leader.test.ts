import assert from 'node:assert/strict';
import { statefulSet } from '../../objects/snapshots.ts';
import { evictions, id, nothingElse, objectsIn, openShop, restarted, type Shop, told } from './shop.ts';

const words = ['web', '--stable', '0s', '--leader-check', 'am-i-leader'];

describe('a roll whose leader goes last', () => {
  let shop: Shop;
  /** The ordinal of the pod that leads; undefined where none does. */
  let leader: number | undefined;
  /** Pods and what they were asked, with the evictions in between. */
  let asked: string[];

  beforeEach(async () => {
    shop = await openShop();
    const template = {
      metadata: { labels: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/default-container': 'db' } },
      spec: { containers: [{ name: 'sidecar' }, { name: 'db' }] },
    };
    shop.cluster.put('statefulsets', statefulSet('web', { replicas: 3, templates: ['data'], spec: { template } }));
    leader = 2;
    asked = [];
    shop.cluster.onExec = (pod, container, command) => {
      asked.push(`${evictions(shop.cluster).length} ${pod}/${container} ${command.join(' ')}`);
      return { exitCode: pod === `web-${leader}` ? 0 : 1 };
    };
  });
  afterEach(() => shop.close());

  it('asks all pods before it begins and before each eviction, and restarts the one that leads after the others', async () => {
    const { code, stdout } = await shop.roll(words);
    assert.equal(code, 0);
    assert.deepEqual(told(stdout).slice(0, -1), [
      `roll ${id} of statefulset/web: 3 pods, one at a time: 1, 0, 2`,
      'web-2  leads: the order is 1, 0, 2',
      ...restarted('web-1', 'web-0', 'web-2'),
    ]);
    const round = (evicted: number) => [0, 1, 2].map((at) => `${evicted} web-${at}/db sh -c am-i-leader`);
    // Twice before the first one: for the plan, and for the eviction.
    assert.deepEqual(
      [0, 3, 6, 9].flatMap((from) => asked.slice(from, from + 3).sort()),
      [0, 0, 1, 2].flatMap(round),
    );
    assert.equal(asked.length, 12);
  });

  it('goes on in another order, and says so, where leadership has moved', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      if (pod.metadata.name === 'web-1') leader = 0;
    };
    const { code, stdout } = await shop.roll(words);
    assert.equal(code, 0);
    assert.deepEqual(evictions(shop.cluster), ['web-1', 'web-2', 'web-0']);
    assert.ok(told(stdout).includes('web-0  leads, and not web-2 any more: the order is 2, 0'), stdout);
  });

  it('asks nobody where no pod is to go', async () => {
    const { code, stdout } = await shop.roll([...words, '--outdated']);
    assert.deepEqual([code, asked], [0, []], stdout);
  });

  it('tells of that in events', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      if (pod.metadata.name === 'web-1') leader = 0;
    };
    const events = objectsIn((await shop.roll([...words, '-o', 'json'])).stdout);
    const [begun] = events;
    assert.deepEqual([begun?.['event'], begun?.['leader']], ['begun', 'web-2']);
    const leads = events.filter(({ event }) => event === 'leads');
    assert.deepEqual(
      leads.map(({ pod, ordinal, before, order }) => ({ pod, ordinal, before, order })),
      [
        { pod: 'web-2', ordinal: 2, before: undefined, order: ['web-1', 'web-0', 'web-2'] },
        { pod: 'web-0', ordinal: 0, before: 'web-2', order: ['web-2', 'web-0'] },
      ],
    );
  });

  it('keeps the order of the others, and evicts none but the chosen pods', async () => {
    leader = 1;
    assert.equal((await shop.roll([...words, '--order', '1,2'])).code, 0);
    assert.deepEqual(evictions(shop.cluster), ['web-2', 'web-1']);
    leader = 0;
    shop.cluster.requests.splice(0);
    assert.equal((await shop.roll([...words, '--ordinals', '1-2'])).code, 0);
    assert.deepEqual(evictions(shop.cluster), ['web-2', 'web-1']);
  });

  it('runs no pre-check in a pod that leads now, and asks again after it', async () => {
    shop.cluster.onExec = (pod, _, command) => {
      const [what = ''] = command.slice(-1);
      asked.push(`${pod} ${what}`);
      if (what === 'caught-up') leader = pod === 'web-1' ? 1 : leader;
      return { exitCode: what === 'caught-up' || pod === `web-${leader}` ? 0 : 1 };
    };
    const { code } = await shop.roll([...words, '--pre-check', 'caught-up']);
    assert.equal(code, 0);
    assert.deepEqual(
      asked.filter((each) => each.endsWith('caught-up')),
      // web-1 took the leadership over while it was checked, so it waits for the others.
      ['web-1 caught-up', 'web-0 caught-up', 'web-2 caught-up', 'web-1 caught-up'],
    );
    assert.deepEqual(evictions(shop.cluster), ['web-0', 'web-2', 'web-1']);
  });

  it('asks the container that was named', async () => {
    await shop.roll([...words, '--ordinals', '0', '--container', 'sidecar']);
    assert.ok(asked.length > 0 && asked.every((each) => each.includes('/sidecar ')));
    const refused = await shop.roll([...words, '--container', 'cache']);
    assert.match(refused.stderr, /--container cache: its pod template has no such container/);
  });

  it('shows the plan with the leader last, and evicts nothing, in a dry run', async () => {
    for (const dryRun of ['client', 'server']) {
      const { code, stdout } = await shop.roll([...words, `--dry-run=${dryRun}`]);
      assert.equal(code, 0);
      const rows = stdout.split('\n').filter((line) => /web-\d/.test(line));
      const word = dryRun === 'client' ? 'restarts' : 'admitted';
      assert.deepEqual(
        rows.slice(-3).map((line) => [/web-\d/.exec(line)?.[0], line.trim().split(/ {2,}/).at(-1)]),
        [
          ['web-1', word],
          ['web-0', word],
          ['web-2', `${word}; it leads`],
        ],
        stdout,
      );
    }
    assert.deepEqual(shop.uids(), ['web-0', 'web-1', 'web-2']);
    const chosen = await shop.roll([...words, '--ordinals', '0', '--dry-run=client']);
    assert.match(chosen.stdout, /web-2.*stays: not chosen; it leads/);
  });

  const unknown: [what: string, answers: (pod: string) => ReturnType<Shop['cluster']['onExec']>, why: string][] = [
    [
      'nobody leads',
      () => ({ exitCode: 1, stderr: 'standby' }),
      'no pod says that it leads (web-0: exit code 1: standby; web-1: exit code 1: standby; web-2: exit code 1: standby)',
    ],
    [
      'several lead',
      (pod) => ({ exitCode: pod === 'web-1' ? 1 : 0 }),
      '2 pods say that they lead (web-0: exit code 0; web-2: exit code 0; web-1: exit code 1)',
    ],
    [
      'a shell does not find the command',
      (pod) =>
        pod === 'web-1' ? { exitCode: 127, stderr: 'sh: psql: not found' } : { exitCode: pod === 'web-0' ? 0 : 1 },
      'a pod does not say whether it leads (web-0: exit code 0; web-1: exit code 127: sh: psql: not found; web-2: exit code 1)',
    ],
    [
      'a shell cannot run it',
      (pod) => ({ exitCode: { 'web-0': 0, 'web-1': 126 }[pod] ?? 1 }),
      'a pod does not say whether it leads (web-0: exit code 0; web-1: exit code 126; web-2: exit code 1)',
    ],
    [
      'no shell can be run',
      (pod) => (pod === 'web-2' ? 'no such file: sh' : { exitCode: pod === 'web-0' ? 0 : 1 }),
      'a pod does not say whether it leads (web-0: exit code 0; web-2: no such file: sh; web-1: exit code 1)',
    ],
    [
      'a command never ends',
      (pod) => (pod === 'web-2' ? undefined : { exitCode: pod === 'web-0' ? 0 : 1 }),
      'a pod does not say whether it leads (web-0: exit code 0; web-2: it did not end; web-1: exit code 1)',
    ],
  ];
  for (const [what, answers, why] of unknown) {
    it(`is not begun where ${what}, and says what each pod said`, async () => {
      shop.cluster.onExec = answers;
      for (const more of [[], ['--dry-run=client']]) {
        assert.deepEqual(await shop.roll([...words, '--check-timeout', '20s', ...more]), {
          code: 2,
          stdout: '',
          stderr: `statefulset/web waits to know who leads: ${why}\nerror: statefulset/web is not rolled: --leader-check: ${why} (for 20 s)\n`,
        });
      }
      assert.deepEqual(evictions(shop.cluster), []);
    });
  }

  it('is not begun, and asks nobody, where it is refused anyway or the rights are missing', async () => {
    shop.cluster.denied.add('create pods/exec');
    const { code, stderr } = await shop.roll(words);
    assert.deepEqual(
      [code, stderr],
      [2, 'error: statefulset/web is not rolled: no right to create pods/exec in namespace shop\n'],
    );
    assert.deepEqual(asked, []);
  });

  it('waits while nobody leads for a moment, and says so', async () => {
    let silent = 0;
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      silent = pod.metadata.name === 'web-1' ? 9 : 0;
    };
    shop.cluster.onExec = (pod) => ({ exitCode: silent-- > 0 || pod !== 'web-2' ? 1 : 0 });
    const { code, stdout } = await shop.roll(words);
    assert.equal(code, 0);
    const lines = told(stdout);
    const at = lines.findIndex((line) =>
      line.startsWith('web-0  waits to know who leads: no pod says that it leads ('),
    );
    assert.ok(at > 0, stdout);
    assert.equal(lines[at + 1], 'web-2  leads: the order is 0, 2');
    assert.equal(lines.filter((line) => line.includes('waits to know')).length, 1, 'it is said once');
  });

  it('stops where nobody leads for long, and goes on where the check is given again', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      leader = undefined;
    };
    const stopped = await shop.roll([...words, '--check-timeout', '20s']);
    const why =
      '--leader-check: no pod says that it leads (web-0: exit code 1; web-1: exit code 1; web-2: exit code 1) (for 20 s)';
    assert.equal(stopped.code, 1);
    assert.deepEqual(told(stopped.stderr), [
      `error: roll ${id} of statefulset/web stopped at web-0: ${why}: 1 of 3 pods restarted; not begun: web-0, web-2`,
      nothingElse,
      'go on: kubectl sts roll web --resume -n shop --leader-check am-i-leader',
    ]);
    const without = await shop.roll('web --resume');
    assert.equal(without.code, 2);
    assert.match(without.stderr, /was begun with --leader-check am-i-leader: say so again/);
    // The other one leads meanwhile.
    leader = 0;
    shop.cluster.onPodGone = shop.comeBack;
    const { code, stdout } = await shop.roll('web --resume --leader-check am-i-leader');
    assert.equal(code, 0);
    assert.ok(told(stdout).includes('web-0  leads: the order is 2, 0'), stdout);
    assert.deepEqual(evictions(shop.cluster), ['web-1', 'web-2', 'web-0']);
  });

  it('tells in the summary what each pod said', async () => {
    shop.cluster.onPodGone = (pod) => {
      shop.comeBack(pod);
      shop.cluster.onExec = (name) =>
        name === 'web-0' ? 'no shell' : { exitCode: name === 'web-1' ? 3 : 0, stdout: 'f\n' };
    };
    const { stdout } = await shop.roll([...words, '--check-timeout', '20s', '-o', 'json']);
    const events = objectsIn(stdout);
    const answers = [
      { pod: 'web-0', message: 'no shell' },
      { pod: 'web-1', exitCode: 3, said: 'f' },
      { pod: 'web-2', exitCode: 0, said: 'f' },
    ];
    const noLeader = events.find(({ event }) => event === 'noLeader');
    assert.deepEqual([noLeader?.['pod'], noLeader?.['answers']], ['web-0', answers]);
    const { reason, pod, answers: last } = events.at(-1) ?? {};
    assert.deepEqual({ reason, pod, last }, { reason: 'leaderUnknown', pod: 'web-0', last: answers });
  });

  it('asks again after a budget was in the way', async () => {
    shop.cluster.evictionRefusals.push({ code: 429, message: 'the budget' });
    leader = 0;
    assert.equal((await shop.roll([...words, '--ordinals', '2'])).code, 0);
    assert.equal(asked.length, 9, 'for the plan, and before each of two tries');
  });
});
