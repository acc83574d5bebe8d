import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Pod } from '#src/objects/types.ts';
import { readRoll, resumed, writeRoll } from '#src/roll/model/record.ts';
import type { RollSettings, RollState, View } from '#src/roll/model/step.ts';
import * as roll from '#src/roll/model/step.ts';
import { boundClaim, podOf, statefulSet } from '../../objects/snapshots.ts';
import { checkout } from '../../runner/files.ts';
import { type DriverRules, type RollModule, rules } from './simulation/driver.ts';
import { type History, live } from './simulation/history.ts';
import { type Seen, unexplained } from './simulation/trace.ts';

const chances = {
  trouble: fc.constantFrom(0, 0, 0.01, 0.05),
  killed: fc.constantFrom(0, 0, 0.02),
  lonely: fc.constantFrom(0, 0, 0.02),
  most: fc.integer({ min: 1, max: 3 }),
  parallel: fc.boolean(),
};

/** @param more chances that some of them have */
function historiesWith(more: Partial<typeof chances> = {}): fc.Arbitrary<History> {
  return fc
    .record({
      ...chances,
      ...more,
      seed: fc.integer(),
      replicas: fc.integer({ min: 1, max: 5 }),
      budget: fc.boolean(),
      checks: fc.boolean(),
      confirm: fc.constantFrom(false, false, true),
      second: fc.boolean(),
    })
    .chain(({ most, ...rest }) =>
      fc
        .shuffledSubarray(
          Array.from({ length: rest.replicas }, (_, ordinal) => ordinal),
          { minLength: 1 },
        )
        .map((order) => ({ ...rest, order, maxUnavailable: rest.parallel ? Math.min(most, rest.replicas) : 1 })),
    );
}

const histories = historiesWith();

/** In which much happens while something is under way. */
const harsh = historiesWith({
  trouble: fc.constant(0.05),
  lonely: fc.constant(0.02),
  most: fc.constant(3),
  parallel: fc.constant(true),
});

describe('a roll', function () {
  this.timeout(120_000);

  it('does in no history what must never be', () => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(histories, (history) => {
        for (const end of live(history, roll).ends) ends.set(end, (ends.get(end) ?? 0) + 1);
      }),
      { numRuns: 20_000 },
    );
    // The histories that were lived tell something only if they end in every way.
    const expected = [
      'done',
      'interrupted',
      'killed',
      'set is gone',
      'set changed',
      'others not ready',
      'claim is being deleted',
      'claim not seen',
      'other storage',
      'timed out',
      'deadline',
      'refused',
      'no reading',
      'lease lost',
      'check failed',
      'nothing to resume',
    ];
    for (const end of expected) assert.ok((ends.get(end) ?? 0) > 0, `${end}: none`);
  });

  it('ends well where nothing goes wrong, and restarts each pod once, in its order', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const calm = { ...history, trouble: 0, killed: 0, lonely: 0, checks: false, confirm: false, second: false };
        const { ends, evicted } = live(calm, roll);
        const [end = ''] = ends;
        // Some pods never start.
        if (!['timed out', 'others not ready'].includes(end)) {
          assert.deepEqual([ends, evicted], [['done'], history.order.length]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the life of a set in the model', function () {
  this.timeout(60_000);
  const seen = (at: number, pod: string, more: Partial<Seen> = {}): Seen => ({
    at,
    pod,
    uid: `${pod}-a`,
    deleting: false,
    ready: true,
    exists: true,
    ...more,
  });
  const all = [seen(0, 'web-0'), seen(0, 'web-1'), seen(0, 'web-2')];
  const going = (pod: string) => [seen(1, pod, { deleting: true }), seen(2, pod, { deleting: true, exists: false })];
  const whys = (trace: Seen[], parallel = false) =>
    unexplained(trace, { parallel, replicas: 3 }).map(({ why, seen: { pod } }) => `${pod}: ${why}`);

  it('keeps to its rules, in calm and in trouble', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { trace, mostReplicas } = live(history, roll);
        assert.deepEqual(unexplained(trace, { parallel: history.parallel, replicas: mostReplicas }), []);
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets a pod end, and makes it anew under another UID', () => {
    const anew = [seen(3, 'web-1', { uid: 'b', ready: false }), seen(4, 'web-1', { uid: 'b' })];
    assert.deepEqual(whys([...all, ...going('web-1'), ...anew]), []);
  });

  it('lets a pod go at once that was never ready: no node may have taken it', () => {
    const unready = seen(3, 'web-2', { uid: 'b', ready: false });
    assert.deepEqual(whys([...all, ...going('web-2'), unready, { ...unready, at: 4, exists: false }]), []);
  });

  it('makes a Parallel set’s pods in any order', () => {
    const down = [seen(1, 'web-0', { ready: false }), ...going('web-2'), seen(3, 'web-2', { uid: 'b' })];
    assert.deepEqual(whys([...all, ...down], true), []);
    assert.deepEqual(whys([...all, ...down]), ['web-2: it is made while web-0 is not ready']);
  });

  const wrong: [what: string, trace: Seen[], why: string][] = [
    ['two of a name at once', [seen(1, 'web-1', { uid: 'b' })], 'web-1: it is there while web-1-a is'],
    [
      'that is being deleted no more',
      [seen(1, 'web-1', { deleting: true }), seen(2, 'web-1')],
      'web-1: it was being deleted, and is not any more',
    ],
    [
      'gone without having been deleted',
      [seen(1, 'web-1', { exists: false })],
      'web-1: it is gone, and was not being deleted',
    ],
    ['that comes back', [...going('web-1'), seen(3, 'web-1')], 'web-1: it is there again, and was gone'],
    [
      'made before one that it has to wait for',
      [...going('web-0'), ...going('web-1'), seen(3, 'web-1', { uid: 'b' })],
      'web-1: it is made while web-0 is not there',
    ],
    [
      'made while one that it has to wait for ends',
      [...going('web-1'), seen(2, 'web-0', { deleting: true }), seen(3, 'web-1', { uid: 'b' })],
      'web-1: it is made while web-0 is being deleted',
    ],
    ['too many', [seen(1, 'web-3')], 'web-3: it is none of the set'],
    [
      'made to be deleted',
      [...going('web-2'), seen(3, 'web-2', { uid: 'b', deleting: true })],
      'web-2: it was being deleted from its first moment on',
    ],
    ['gone twice', [...going('web-2'), seen(3, 'web-2', { exists: false })], 'web-2: it is gone, and was not there'],
  ];
  for (const [what, trace, why] of wrong) {
    it(`knows no pod ${what}`, () => assert.deepEqual(whys([...all, ...trace]), [why]));
  }
});

describe('a step of a roll', () => {
  const set = statefulSet('web', { replicas: 2, templates: ['data'] });
  const claims = [boundClaim('data-web-0'), boundClaim('data-web-1')];
  const pod = (ordinal: number, uid: string, ready = true) =>
    podOf(set, ordinal, { metadata: { uid }, ...(!ready && { status: { phase: 'Running' } }) });
  const old = [pod(0, 'old-0'), pod(1, 'old-1')];
  const settings: RollSettings = {
    maxUnavailable: 1,
    timeout: 60_000,
    deadline: 600_000,
    stable: 10_000,
    confirm: false,
    preCheck: false,
    check: false,
    waitDns: false,
  };
  const planned = [1, 0].map((ordinal) => ({
    name: `web-${ordinal}`,
    ordinal,
    uid: `old-${ordinal}`,
    revision: { now: undefined, next: undefined },
  }));
  const ways = { evicts: true, preCheck: undefined, check: undefined, container: undefined, checkTimeout: 0 };
  const view = (readAt: number, pods: readonly Pod[], more: Partial<View> = {}): View => ({
    readAt,
    set,
    pods,
    claims,
    ...more,
  });
  const begin = (more: Partial<RollSettings> = {}) =>
    roll.beginRoll(set, planned, { pods: old, claims }, { ...settings, ...more }, 0);
  const kinds = ({ actions }: ReturnType<typeof roll.step>) => actions.map(({ kind }) => kind);

  /** Pod 1 evicted at 10, and the new one ready at 1,000. */
  function comingBack(more: Partial<RollSettings> = {}): RollState {
    const evicting = roll.step(begin(more), view(5, old), 10).state;
    const ending = roll.answered(evicting, { kind: 'evicted', pod: 'web-1' }, 20);
    return roll.step(ending, view(5, [pod(0, 'old-0'), pod(1, 'new-1')]), 1_000).state;
  }

  it('reads before it evicts, and names the pod by its UID', () => {
    assert.deepEqual(kinds(roll.step(begin(), view(0, old), 1)), ['read', 'wake']);
    const { actions } = roll.step(begin(), view(5, old), 10);
    assert.deepEqual(actions[0], { kind: 'evict', pod: 'web-1', uid: 'old-1' });
  });

  it('waits until the new pod has been ready for long enough, by a reading made then', () => {
    const now = [pod(0, 'old-0'), pod(1, 'new-1')];
    const early = roll.step(comingBack(), view(5, now), 10_999);
    assert.deepEqual(early.actions, [{ kind: 'wake', at: 11_000 }]);
    const due = roll.step(early.state, view(5, now), 11_000);
    assert.deepEqual(kinds(due), ['read', 'wake']);
    const next = roll.step(due.state, view(11_001, now), 11_050);
    assert.deepEqual(next.actions[0], { kind: 'evict', pod: 'web-0', uid: 'old-0' });
  });

  it('reads nothing before an eviction that is under way is answered, which is then to be read after', () => {
    const three = statefulSet('web', { replicas: 3, templates: ['data'] });
    const before = view(5, [...old, podOf(three, 2, { metadata: { uid: 'old-2' } })], { set: three });
    const evicting = roll.step(begin({ maxUnavailable: 2 }), before, 10);
    assert.deepEqual(kinds(evicting), ['evict', 'wake']);
    assert.deepEqual(kinds(roll.step(evicting.state, before, 15)), ['wake']);
    const ending = roll.answered(evicting.state, { kind: 'evicted', pod: 'web-1' }, 20);
    assert.deepEqual(kinds(roll.step(ending, before, 20)), ['read', 'wake']);
  });

  it('counts anew where the new pod was not ready in between, or is another one again', () => {
    const unready = roll.step(comingBack(), view(5, [pod(0, 'old-0'), pod(1, 'new-1', false)]), 5_000).state;
    const again = roll.step(unready, view(5, [pod(0, 'old-0'), pod(1, 'new-1')]), 6_000).state;
    assert.deepEqual(again.steps[0]?.phase, { kind: 'coming', uid: 'new-1', readySince: 6_000 });
    const other = roll.step(comingBack(), view(5, [pod(0, 'old-0'), pod(1, 'newer-1')]), 7_000).state;
    assert.deepEqual(other.steps[0]?.phase, { kind: 'coming', uid: 'newer-1', readySince: 7_000 });
  });

  it('waits for minReadySeconds where that is longer', () => {
    const slow = statefulSet('web', { replicas: 2, templates: ['data'], spec: { minReadySeconds: 30 } });
    const { actions } = roll.step(comingBack(), view(5, [pod(0, 'old-0'), pod(1, 'new-1')], { set: slow }), 2_000);
    assert.deepEqual(actions, [{ kind: 'wake', at: 31_000 }]);
  });

  it('stops where the new pod is on another volume', () => {
    const moved = [claims[0], boundClaim('data-web-1', { spec: { volumeName: 'pv-other' } })].filter((each) => !!each);
    const { state } = roll.step(
      comingBack(),
      view(11_001, [pod(0, 'old-0'), pod(1, 'new-1')], { claims: moved }),
      11_050,
    );
    assert.deepEqual(state.end, {
      kind: 'stopped',
      pod: 'web-1',
      reason: { kind: 'other storage', claim: 'data-web-1' },
    });
  });

  it('asks the new pod, and an answer of one that is no more is none', () => {
    const asked = roll.step(comingBack({ check: true }), view(11_001, [pod(0, 'old-0'), pod(1, 'new-1')]), 11_050);
    assert.deepEqual(asked.actions[0], { kind: 'check', pod: 'web-1', uid: 'new-1' });
    const answer = { kind: 'passed', which: 'check', pod: 'web-1', message: '' } as const;
    assert.equal(roll.answered(asked.state, { ...answer, uid: 'gone-1' }, 11_100), asked.state);
    const done = roll.answered(asked.state, { ...answer, uid: 'new-1' }, 11_100);
    assert.equal(done.steps[0]?.phase.kind, 'back', 'what it was at the check is confirmed by a reading after it');
    const now = [pod(0, 'old-0'), pod(1, 'new-1')];
    assert.deepEqual(kinds(roll.step(done, view(11_001, now), 11_110)), ['read', 'wake']);
    const confirmed = roll.step(done, view(11_101, now), 11_110);
    assert.deepEqual(confirmed.actions[0], { kind: 'evict', pod: 'web-0', uid: 'old-0' });
    const failed = roll.answered(asked.state, { ...answer, kind: 'failed', uid: 'new-1', message: 'exit 1' }, 11_100);
    assert.deepEqual(failed.end, {
      kind: 'stopped',
      pod: 'web-1',
      reason: { kind: 'check failed', which: 'check', message: 'exit 1' },
    });
  });

  it('waits for a budget, and reads again before it tries again', () => {
    const evicting = roll.step(begin(), view(5, old), 10).state;
    const blocked = roll.answered(evicting, { kind: 'blocked', pod: 'web-1', why: 'the budget', retryAt: 1_000 }, 20);
    assert.deepEqual(roll.step(blocked, view(5, old), 30).actions, [{ kind: 'wake', at: 1_000 }]);
    assert.deepEqual(kinds(roll.step(blocked, view(5, old), 1_000)), ['read', 'wake']);
    assert.deepEqual(kinds(roll.step(blocked, view(1_001, old), 1_010))[0], 'evict');
    const late = roll.step(blocked, view(5, old), 60_010).state;
    assert.equal(late.end?.kind === 'stopped' && late.end.reason.kind, 'timed out');
  });

  it('that is over before an eviction was sent has not touched that pod', () => {
    const evicting = roll.step(begin(), view(5, old), 10).state;
    const over = roll.stopRoll(evicting, { kind: 'lease lost', holder: 'anna' });
    assert.ok(over.steps.some(roll.isBeyondReturn), 'nobody knows as yet');
    const told = roll.answered(over, { kind: 'not sent', pod: 'web-1' }, 20);
    assert.ok(!told.steps.some(roll.isBeyondReturn));
    assert.deepEqual(told.end, over.end);
  });

  it('lets no pod go whose claim is in danger by a reading that ended after the eviction was asked for', () => {
    const { state } = roll.step(begin(), view(5, old), 10);
    assert.equal(roll.mayStillGo(state, view(6, old), 'web-1', 20), true);
    const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    const going = [...claims.slice(0, 1), boundClaim('data-web-1', { metadata })];
    assert.equal(roll.mayStillGo(state, view(6, old, { claims: going }), 'web-1', 20), false);
    assert.equal(roll.mayStillGo(state, view(6, old, { claims: claims.slice(0, 1) }), 'web-1', 20), false);
  });

  it('gives a pod that ends at least its grace period', () => {
    const patient = {
      ...pod(1, 'old-1'),
      spec: { ...pod(1, 'old-1').spec, containers: [], terminationGracePeriodSeconds: 300 },
    };
    const evicting = roll.step(begin(), view(5, old), 10).state;
    const ending = roll.answered(evicting, { kind: 'evicted', pod: 'web-1' }, 20);
    assert.equal(roll.step(ending, view(5, [pod(0, 'old-0'), patient]), 299_000).state.end, undefined);
    assert.ok(roll.step(ending, view(5, [pod(0, 'old-0'), patient]), 300_020).state.end);
  });

  it('that is interrupted ends what it has begun, and evicts no more', () => {
    const interrupted = roll.interruptRoll(comingBack());
    const now = [pod(0, 'old-0'), pod(1, 'new-1')];
    assert.equal(roll.step(interrupted, view(5, now), 5_000).state.end, undefined);
    const { state } = roll.step(interrupted, view(11_001, now), 11_050);
    assert.deepEqual(
      [state.end, state.steps.map(({ phase }) => phase.kind)],
      [{ kind: 'interrupted' }, ['done', 'waits']],
    );
  });

  /** On another machine, at 50,000. */
  function again(state: RollState): RollState {
    const record = readRoll(writeRoll('1', state, ways));
    assert.ok('id' in record);
    return resumed(record, { set, pods: old, claims }, 50_000);
  }

  it('that is taken up again knows by the UID what was restarted, and asks the checks of it again', () => {
    const resumed = again(comingBack({ check: true }));
    const now = [pod(0, 'old-0'), pod(1, 'new-1')];
    const seen = roll.step(resumed, view(50_001, now), 50_010).state;
    const { actions } = roll.step(seen, view(60_011, now), 60_020);
    assert.deepEqual(actions[0], { kind: 'check', pod: 'web-1', uid: 'new-1' });
    // The eviction was sent, and who sent it did not live to hear of it.
    const unheard = again(roll.step(begin(), view(5, old), 10).state);
    const after = roll.step(unheard, view(50_001, now), 50_010);
    assert.deepEqual([kinds(after), after.state.steps[0]?.phase.kind], [['wake'], 'coming']);
  });
});

/** Each guard of a roll, and what it is without it: a simulation that does not notice tells nothing. */
const mutations: [guard: string, from: string, to: string, of?: typeof harsh][] = [
  ['that a reading is newer than what was done', 'if (!isNews(view, state)) {', 'if (false) {'],
  ['how many are unready', 'if (unreadyBesides(away, going).length + away.size > settings.maxUnavailable) return;', ''],
  ['the UID of the old pod', 'if (pod === undefined || pod.metadata.uid !== one.uid) {', 'if (pod === undefined) {'],
  ['the claim that is being deleted', 'if (claim !== undefined) {', 'if (false) {'],
  [
    'the claim that was not seen',
    "return unseen && { kind: 'claim not seen', claim: unseen.claim };",
    'return undefined;',
  ],
  ['the pod that ends already', 'if (pod.metadata.deletionTimestamp) {', 'if (false) {'],
  ['the set as it was planned', ' && (set.metadata.generation ?? 0) === state.set.generation', ''],
  [
    'that somebody asked to stop',
    "if (state.interrupted || (phase.kind === 'blocked'",
    "if ((phase.kind === 'blocked'",
  ],
  ['that other pods are ready', 'if (isTooMany || relapsed)', 'if (relapsed)'],
  ['that a new pod stays ready', 'if (isTooMany || relapsed)', 'if (isTooMany)'],
  ['that a new pod is ready for long enough', 'if (now < stableAt)', 'if (false)'],
  ['that a new pod is confirmed by a reading begun later', 'if (view.readAt < phase.since) {', 'if (false) {'],
  ['the claims of a new pod', 'if (other === undefined) return to', 'if (true) return to'],
  ['the person who is asked', "if (settings.confirm && phase.kind === 'waits') {", 'if (false) {'],
  ['that the person has not answered', "if (phase.kind === 'confirm') return;", ''],
  ['what is asked in the old pod', 'const isAsked = settings.preCheck && ', 'const isAsked = false && '],
  ['how many go at a time', 'if (before >= settings.maxUnavailable) return;', ''],
  ['the order', "if (!isToGo(one) || phase.kind === 'pre-check') continue;", 'if (!isToGo(one) || at === 0) continue;'],
  ['that time runs out for a pod', 'now >= endOf(one, going)', 'false'],
  ['that time runs out', 'now - state.begun >= deadline', 'false'],
  ['that a reading is not of long ago when the Lease was written', 'if (!isFresh(view, now)) return false;', '', harsh],
  [
    'how many are unready after the Lease was written',
    'return unreadyBesides(away, { set, members }).length + away.size <= state.settings.maxUnavailable;',
    'return true;',
    harsh,
  ],
  [
    'the old pod after the Lease was written',
    'if (pod?.metadata.uid !== one.uid || pod.metadata.deletionTimestamp) return false;',
    'if (pod === undefined) return false;',
    harsh,
  ],
  ['the end after the Lease was written', '|| state.end || state.interrupted ||', '||'],
];

function isCaught(of: fc.Arbitrary<History>, module: RollModule, without: Partial<DriverRules> = {}): void {
  const { failed } = fc.check(
    fc.property(of, (history) => void live(history, module, { ...rules, ...without })),
    // Always the same histories: whether one of them shows the fault is no matter of luck.
    { numRuns: 20_000, endOnFailure: true, seed: 2 },
  );
  assert.ok(failed, 'nobody noticed');
}

describe('a roll without its guard', function () {
  this.timeout(120_000);
  const file = join(checkout, 'src', 'roll', 'model', 'step.ts');
  const source = readFileSync(file, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-mutations-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [at, [guard, from, to, of = histories]] of mutations.entries()) {
    it(`for ${guard} does what must never be, and is caught`, async () => {
      assert.equal(source.split(from).length, 2, `the guard stands once in the source: ${from}`);
      const mutant = join(folder, `roll-${at}.ts`);
      const absolute = source
        .replace(from, to)
        .replace(/from '(\.[^']*)'/g, (_, path: string) => `from '${pathToFileURL(join(dirname(file), path)).href}'`)
        .replace(/from '#(src\/[^']*)'/g, (_, path: string) => `from '${pathToFileURL(join(checkout, path)).href}'`);
      writeFileSync(mutant, absolute);
      isCaught(of, (await import(pathToFileURL(mutant).href)) as RollModule);
    });
  }
});

/** What a driver keeps to besides. */
const careless: [who: string, without: Partial<DriverRules>, of?: typeof harsh][] = [
  ['takes the Lease from one who lives', { isFree: () => true }],
  ['evicts by a proof of long ago', { isProven: () => true }],
  ['believes a watch that lags behind', { isNews: () => true }, harsh],
];

describe('a driver of a roll', function () {
  this.timeout(120_000);
  for (const [who, without, of = histories] of careless) {
    it(`that ${who} does what must never be, and is caught`, () => isCaught(of, roll, without));
  }
});
