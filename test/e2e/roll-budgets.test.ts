import assert from 'node:assert/strict';
import { type EvictionAnswer, evictionAnswer } from '#src/objects/eviction.ts';
import type { Budget, Pod } from '#src/objects/types.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl } from './kubectl.ts';
import { listed, paths } from './look.ts';
import { ownNamespace } from './namespace.ts';
import { dropCounts, holdCounts, letGo, type Scene, staged, tried } from './roll/budget-judge.ts';
import { homeNode, onlyHome } from './roll/home.ts';
import { eventsIn, roll, rolled } from './roll/rolls.ts';
import { addBudgets, budget, counted, podsOf, rollSet, settled, sicken, uidsOf } from './roll/sets.ts';

describe('what budgets say to an eviction is what the API server says', () => {
  const namespace = ownNamespace('roll-verdicts');

  const of = (phase: string, ready?: 'True' | 'False'): Scene['state'] => {
    const conditions = ready === undefined ? [] : [{ type: 'Ready', status: ready }];
    return { status: { phase, conditions } };
  };
  const running: Record<string, Scene['state']> = {
    ready: of('Running', 'True'),
    unready: of('Running', 'False'),
    silent: of('Running'),
    unknown: of('Unknown', 'False'),
  };
  const others: Record<string, Scene['state']> = {
    pending: of('Pending', 'False'),
    succeeded: of('Succeeded', 'False'),
    failed: of('Failed', 'False'),
    ending: { ...of('Running', 'True'), ending: true },
  };

  type Counts = NonNullable<Budget['status']>;
  /** Of three pods. */
  const counts = (currentHealthy: number, desiredHealthy: number, more: Partial<Counts> = {}): Counts => ({
    observedGeneration: 1,
    expectedPods: 3,
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed: Math.max(0, currentHealthy - desiredHealthy),
    ...more,
  });
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const syncFailed = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message: 'no',
    lastTransitionTime,
  };
  const disruptedPods = Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`pod-${at}`, lastTransitionTime]));
  const sickGo = { unhealthyPodEvictionPolicy: 'AlwaysAllow' };
  const sickGoIfWell = { unhealthyPodEvictionPolicy: 'IfHealthyBudget' };

  const budgets: Record<string, Omit<Scene['budgets'][number], 'name'>[]> = {
    none: [],
    'one-to-spare': [{ spec: { maxUnavailable: 1 }, status: counts(3, 2) }],
    'just-met': [{ spec: { maxUnavailable: 1 }, status: counts(2, 2) }],
    'just-met-by-policy': [{ spec: { maxUnavailable: 1, ...sickGoIfWell }, status: counts(2, 2) }],
    'not-met': [{ spec: { minAvailable: 2 }, status: counts(1, 2) }],
    'not-met-sick-go': [{ spec: { minAvailable: 2, ...sickGo }, status: counts(1, 2) }],
    'none-unavailable': [{ spec: { maxUnavailable: 0 }, status: counts(2, 3) }],
    'none-unavailable-met': [{ spec: { maxUnavailable: 0 }, status: counts(3, 3) }],
    'none-unavailable-surplus': [{ spec: { maxUnavailable: 0 }, status: counts(4, 3) }],
    'none-unavailable-percent': [{ spec: { maxUnavailable: '0%' }, status: counts(2, 3) }],
    'none-unavailable-sick-go': [{ spec: { maxUnavailable: 0, ...sickGo }, status: counts(2, 3) }],
    'none-unavailable-if-well': [{ spec: { maxUnavailable: 0, ...sickGoIfWell }, status: counts(2, 3) }],
    'all-available': [{ spec: { minAvailable: 3 }, status: counts(2, 3) }],
    'all-available-percent': [{ spec: { minAvailable: '100%' }, status: counts(2, 3) }],
    'all-available-sick-go': [{ spec: { minAvailable: '67%', ...sickGo }, status: counts(2, 3) }],
    'none-wanted-none-healthy': [{ spec: { maxUnavailable: 3 }, status: counts(0, 0) }],
    'none-wanted-one-healthy': [{ spec: { maxUnavailable: '100%' }, status: counts(1, 0) }],
    'says-nothing': [{ spec: {}, status: counts(1, 0, { expectedPods: 0, disruptionsAllowed: 0 }) }],
    behind: [{ spec: { maxUnavailable: 1 }, status: counts(2, 3, { observedGeneration: 0, disruptionsAllowed: 1 }) }],
    'behind-but-met': [{ spec: { maxUnavailable: 1 }, status: counts(3, 2, { observedGeneration: 0 }) }],
    'behind-sick-go': [{ spec: { maxUnavailable: 1, ...sickGo }, status: counts(2, 3, { observedGeneration: 0 }) }],
    'failed-to-count': [{ spec: { minAvailable: 3 }, status: counts(2, 3, { conditions: [syncFailed] }) }],
    'too-many-disrupted': [
      { spec: { maxUnavailable: 1 }, status: counts(1, 2, { disruptionsAllowed: 1, disruptedPods }) },
    ],
    two: [
      { spec: { maxUnavailable: 1 }, status: counts(3, 2) },
      { spec: { minAvailable: 1 }, status: counts(3, 1) },
    ],
    'two-sick-go': [
      { spec: { maxUnavailable: 1, ...sickGo }, status: counts(3, 2) },
      { spec: { minAvailable: 1, ...sickGo }, status: counts(3, 1) },
    ],
    'two-never': [
      { spec: { maxUnavailable: 0 }, status: counts(2, 3) },
      { spec: { minAvailable: 1 }, status: counts(3, 1) },
    ],
  };
  /** The strictest ones. */
  const forAll = ['none-unavailable', 'behind', 'two-never'];
  const statesFor = (what: string) => ({ ...running, ...(forAll.includes(what) && others) });
  const scenes = Object.entries(budgets).flatMap(([what, some]) =>
    Object.entries(statesFor(what)).map(([name, state]): Scene => {
      const pod = `${what}.${name}`;
      return { pod, state, budgets: some.map((one, at) => ({ name: `${pod}.${at}`, ...one })) };
    }),
  );

  let pods: Pod[];
  let stored: Budget[];

  before(async () => {
    await holdCounts(namespace);
    ({ pods, budgets: stored } = await staged(namespace, scenes));
  });
  after(() => Promise.all([letGo(namespace, scenes), dropCounts(namespace)]));

  /** The code of HTTP that an answer stands for, and the reason that goes with it. */
  function expected(answer: EvictionAnswer): [code: number, why: RegExp] {
    switch (answer.kind) {
      case 'admitted':
        return [201, /^ *$/];
      case 'several budgets':
        return [500, /more than one PodDisruptionBudget/];
      case 'never':
        return [429, /would violate the pod's disruption budget/];
      case 'wait':
        if (answer.why === 'not observed') return [429, /is still being processed by the server/];
        return answer.why === 'miscounted'
          ? [403, /DisruptedPods map too big/]
          : [429, /does not allow|needs \d healthy/];
    }
  }

  for (const what of Object.keys(budgets)) {
    it(`of budgets: ${what.replaceAll('-', ' ')}`, async () => {
      for (const state of Object.keys(statesFor(what))) {
        const name = `${what}.${state}`;
        const pod = pods.find(({ metadata }) => metadata.name === name);
        assert.ok(pod);
        const [code, why] = expected(evictionAnswer(pod, stored, pods));
        const verdict = await tried(namespace, name);
        assert.equal(verdict.code, code, `${name}: ${verdict.why}`);
        assert.match(verdict.why, why, name);
      }
    });
  }
});

describe('a roll is refused by budgets only where the API server evicts none of the pods that are named', () => {
  const namespace = ownNamespace('roll-refused-by-budgets');

  const specs: Record<string, object[]> = {
    none: [],
    spare: [{ maxUnavailable: 1 }],
    half: [{ minAvailable: '50%' }],
    never: [{ maxUnavailable: 0 }],
    percent: [{ maxUnavailable: '0%' }],
    whole: [{ minAvailable: 2 }],
    all: [{ minAvailable: '100%' }],
    sick: [{ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' }],
    well: [{ maxUnavailable: 0, unhealthyPodEvictionPolicy: 'IfHealthyBudget' }],
    silent: [{}],
    two: [{ maxUnavailable: 1 }, { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }],
  };
  /** Each set has two pods, and the one of ordinal 1 is so. */
  const states = ['ready', 'unready', 'pending'];
  const late = { 'stand.kubectl-sts/start-after': '8760h' };
  const refused: Record<string, string[]> = {
    ready: ['never', 'percent', 'whole', 'all', 'sick', 'well', 'silent', 'two'],
    unready: ['never', 'percent', 'whole', 'all', 'well', 'silent', 'two'],
    pending: [],
  };

  before(async () => {
    const named = Object.entries(specs).flatMap(([what, some]) =>
      states.map((state) => ({ name: `${what}-${state}`, state, some })),
    );
    await apply(
      namespace,
      named.flatMap(({ name, state, some }) => [
        rollSet(name, {
          replicas: 2,
          parallel: true,
          labels: { state },
          ...(state === 'pending' && { annotations: late }),
        }),
        ...some.map((spec, at) => budget(`${name}-${at}`, { app: name }, spec)),
      ]),
    );
    const namesOf = (state: string) => named.filter((one) => one.state === state).map(({ name }) => name);
    await eventually('pods that start late', async () => {
      const pods = await listed<Pod>(`${paths.pods(namespace)}?labelSelector=state%3Dpending`);
      assert.equal(pods.length, 2 * namesOf('pending').length);
    });
    const first = namesOf('pending').map((name) => `${name}-0`);
    await kubectl(['annotate', 'pod', '-n', namespace, ...first, 'stand.kubectl-sts/start-after-']);
    await settled(namespace, ...namesOf('ready'), ...namesOf('unready'));
    const sick = namesOf('unready').map((name) => `${name}-1`);
    await kubectl(['annotate', 'pod', '-n', namespace, ...sick, 'stand.kubectl-sts/unready=true']);
    await eventually('budgets that have counted the pods as they are', async () => {
      for (const { metadata, spec, status } of await listed<Budget>(paths.budgets(namespace))) {
        // When a pod changes that two budgets select, the controller counts for one of them alone.
        if (metadata.name.startsWith('two-')) continue;
        const healthy = metadata.name.includes('-ready-') ? 2 : 1;
        const counts = [status?.observedGeneration, status?.currentHealthy, (status?.expectedPods ?? 0) > 0];
        const expects = spec?.minAvailable !== undefined || spec?.maxUnavailable !== undefined;
        assert.deepEqual(counts, [metadata.generation, healthy, expects], metadata.name);
      }
    });
  });

  for (const state of states) {
    it(`where the pod is ${state}`, async () => {
      const words = ['-l', `state=${state}`, '--ordinals', '1', '--dry-run=client', '-o', 'json'];
      const { stdout, stderr, code } = await roll(namespace, words);
      assert.equal(code, refused[state]?.length === 0 ? 0 : 2, stderr);
      const events = eventsIn(stdout);
      const sets = events.filter(({ kind }) => kind === 'RollSummary').map(({ statefulSet }) => String(statefulSet));
      assert.deepEqual(sets.sort(), (refused[state] ?? []).map((what) => `${what}-${state}`).sort());
      for (const what of Object.keys(specs)) {
        const name = `${what}-${state}`;
        const { code: verdict, why } = await tried(namespace, `${name}-1`);
        const isRefused = sets.includes(name);
        assert.equal(verdict, isRefused ? (what === 'two' ? 500 : 429) : 201, `${name}: ${why}`);
      }
    });
  }
});

describe('a roll past budgets that do not bind the pod', () => {
  const namespace = ownNamespace('roll-past-budgets');
  const home = `${namespace}-home`;

  before(async () => {
    await apply(namespace, [
      homeNode(home, 251),
      rollSet('web', { parallel: true, podSpec: onlyHome(home) }),
      rollSet('db'),
      budget('db', { app: 'db' }, { maxUnavailable: 0, unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    ]);
    await settled(namespace, 'web', 'db');
    await addBudgets(namespace, { chart: { maxUnavailable: 1 }, platform: { minAvailable: 2 } }, 'web');
    await counted(namespace, 'db');
  });
  after(() => kubectl(['delete', `node/${home}`, '--wait=false']));

  /** web-2 finds no node. @returns its UID */
  async function unschedulable(): Promise<string> {
    return eventually('web-2 without a node', async () => {
      const { metadata, status } = (await podsOf(namespace, 'web'))[2] ?? {};
      assert.equal(status?.conditions?.find(({ type }) => type === 'PodScheduled')?.reason, 'Unschedulable');
      return metadata?.uid ?? '';
    });
  }

  it('evicts a Pending pod that two of them select, and is refused for a running one', async () => {
    await kubectl(['cordon', home]);
    await kubectl(['delete', 'pod', 'web-2', '-n', namespace]);
    const old = await unschedulable();

    const dry = await rolled(namespace, ['web', '--ordinals', '2', '--dry-run=server']);
    assert.match(dry.stdout, /^1 +web-2 .* admitted$/m);
    assert.doesNotMatch(dry.stderr, /PodDisruptionBudget/);

    const { code, stdout, stderr } = await roll(namespace, ['web', '--ordinals', '2', '--timeout', '5s']);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /web-2 {2}evicted$/m);
    assert.match(stderr, /stopped at web-2: --timeout is over while it was coming back/);
    assert.notEqual(await unschedulable(), old);

    await kubectl(['uncordon', home]);
    await settled(namespace, 'web');
    const refused = await roll(namespace, ['web', '--ordinals', '1', '--dry-run=client']);
    assert.deepEqual([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, /web-1 is selected by several PodDisruptionBudgets \(chart, platform\)/);
    assert.equal((await tried(namespace, 'web-1')).code, 500);
  });

  it('evicts a pod that is not ready where a budget that lets no other go lets it go', async () => {
    await sicken(namespace, 'db-2');
    const dry = await rolled(namespace, ['db', '--ordinals', '2', '--dry-run=server']);
    assert.match(dry.stdout, /^1 +db-2 .* admitted$/m);

    const before = await uidsOf(namespace, 'db');
    await rolled(namespace, ['db', '--ordinals', '2']);
    const { 'db-2': isNew, ...others } = await uidsOf(namespace, 'db');
    const { 'db-2': was, ...same } = before;
    assert.notEqual(isNew, was);
    assert.deepEqual(others, same);

    const { code, stdout, stderr } = await roll(namespace, ['db', '--dry-run=client']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /PodDisruptionBudget db never lets db-2, db-1, db-0 go/);
  });
});
