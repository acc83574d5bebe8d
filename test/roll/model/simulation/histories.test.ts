/** Histories of rolls that must never show what a roll may not do, with all guards of the roll and without each one. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { runs } from '../../../properties.ts';
import { historiesWith } from './arbitrary.ts';
import { type DriverRules, rules } from './driver.ts';
import { type History, live } from './history.ts';
import { type Mutation, mutant, type RollModule, roll } from './rollmodule.ts';
import { type Seen, unexplained } from './trace.ts';

const histories = historiesWith();

/** In which much happens while something is under way. */
const harsh = historiesWith({
  trouble: fc.constant(0.05),
  lonely: fc.constant(0.02),
  most: fc.constant(3),
  parallel: fc.constant(true),
});

/** In which no pod is asked who leads. */
const unled = historiesWith({ led: fc.constant(false) });

/** And in which drivers stand still and are cut off, while another one waits for the Lease. */
const lonely = historiesWith({ led: fc.constant(false), lonely: fc.constant(0.02) }).map((history) => ({
  ...history,
  second: true,
}));

/** In which pods are asked who leads, and it is now one and now the other. */
const led = historiesWith({
  led: fc.constant(true),
  parallel: fc.constant(false),
  moves: fc.constantFrom(0.02, 0.1),
  lies: fc.constantFrom(0, 0.1),
});

/** And in which many requests are lost, or arrive late, when another pod may have gone. */
const lost = historiesWith({
  led: fc.constant(true),
  parallel: fc.constant(false),
  moves: fc.constant(0.1),
  lies: fc.constant(0),
  trouble: fc.constant(0),
  killed: fc.constant(0),
  lost: fc.constant(0.15),
}).map((history) => ({ ...history, budget: false }));

/** In which answers take long. */
const slow = historiesWith({
  led: fc.constant(true),
  parallel: fc.constant(false),
  moves: fc.constant(0),
  lies: fc.constant(0),
  trouble: fc.constant(0),
  killed: fc.constant(0),
  lonely: fc.constant(0.02),
});

describe('a roll', function () {
  this.timeout(600_000);

  it('does in no history what must never be', () => {
    const all = 20_000;
    const count = runs(all);
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(histories, (history) => {
        for (const end of live(history, roll).ends) ends.set(end, (ends.get(end) ?? 0) + 1);
      }),
      { numRuns: count },
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
      'other storage',
      'timed out',
      'deadline',
      'no reading',
      'lease lost',
      'check failed',
      'leader unknown',
      'nothing to resume',
      // Few histories end so: a tenth of them may have none.
      ...(count === all ? ['refused', 'claim not seen'] : []),
    ];
    for (const end of expected) assert.ok((ends.get(end) ?? 0) > 0, `${end}: none`);
  });

  it('ends well where nothing goes wrong, and restarts each pod once, in its order', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const none = { checks: false, confirm: false, second: false, moves: 0, lies: 0 };
        // Where many answers are lost, the pods may not say in time who leads.
        const lost = history.led ? 0 : history.lost;
        const calm = { ...history, trouble: 0, killed: 0, lonely: 0, lost, ...none };
        const { ends, evicted, led, last } = live(calm, roll);
        const [end = ''] = ends;
        // Some pods never start.
        if (!['timed out', 'others not ready'].includes(end)) {
          assert.deepEqual([ends, evicted], [['done'], history.order.length]);
          const isAmong = history.order.some((ordinal) => led === `uid-${ordinal}`);
          if (history.led && isAmong && history.maxUnavailable === 1) assert.equal(last, led, 'the leader goes last');
        }
      }),
      { numRuns: runs(500) },
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
      { numRuns: runs(1_000) },
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

  it('makes a pod by what its controller knew a moment ago', () => {
    const trace = [...all, ...going('web-1'), seen(3, 'web-0', { ready: false }), seen(4, 'web-1', { uid: 'b' })];
    const faults = (lag: number) => unexplained(trace, { parallel: false, replicas: 3, lag }).length;
    assert.deepEqual([faults(0), faults(1), faults(2)], [1, 1, 0]);
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

/** Each guard of a roll, and the roll without it: a simulation that does not notice shows nothing. */
const mutations: (Mutation & { of?: typeof harsh })[] = [
  {
    guard: 'that a reading is newer than what was done',
    file: 'maygo',
    from: 'if (!isNews(view, state)) return',
    to: 'if (false) return',
  },
  {
    guard: 'how many are unavailable',
    file: 'maygo',
    from: 'if (unavailableBesides(away, context) + away.size > settings.maxUnavailable) {',
    to: 'if (false) {',
  },
  {
    guard: 'that other pods are available',
    file: 'stepcontext',
    from: ' + awaitedBesides(away, context).length',
    to: '',
  },
  {
    guard: 'that the controller takes them for available',
    file: 'stepcontext',
    from: ' + uncounted(context);',
    to: ';',
  },
  {
    guard: 'the UID of the old pod',
    file: 'maygo',
    from: 'if (pod === undefined || pod.metadata.uid !== step.uid) return',
    to: 'if (pod === undefined) return',
  },
  {
    guard: 'the claim that is being deleted',
    file: 'maygo',
    from: 'if (danger !== undefined) return',
    to: 'if (false) return',
  },
  {
    guard: 'the claim that was not seen',
    file: 'maygo',
    from: "return unseen && { kind: 'claim not seen', claim: unseen.claim };",
    to: 'return undefined;',
  },
  {
    guard: 'the pod that ends already',
    file: 'maygo',
    from: 'if (pod.metadata.deletionTimestamp) {',
    to: 'if (false) {',
  },
  {
    guard: 'the set as it was planned',
    file: 'stepcontext',
    from: ' && (set.metadata.generation ?? 0) === state.set.generation',
    to: '',
  },
  {
    guard: 'that somebody asked to stop',
    file: 'maygo',
    from: "if (state.interrupted || (phase.kind === 'blocked'",
    to: "if ((phase.kind === 'blocked'",
  },
  { guard: 'that other pods are ready', file: 'trouble', from: 'if (isTooMany || relapsed)', to: 'if (relapsed)' },
  { guard: 'that a new pod stays ready', file: 'trouble', from: 'if (isTooMany || relapsed)', to: 'if (isTooMany)' },
  { guard: 'that a new pod is ready for long enough', file: 'advance', from: 'if (now < stableAt)', to: 'if (false)' },
  {
    guard: 'that a new pod is confirmed by a reading begun later',
    file: 'advance',
    from: 'if (view.readAt < phase.since) return',
    to: 'if (false) return',
  },
  {
    guard: 'the claims of a new pod',
    file: 'advance',
    from: 'if (other === undefined) return {',
    to: 'if (true) return {',
  },
  {
    guard: 'the person who is asked',
    file: 'maygo',
    from: "if (settings.confirm && phase.kind === 'waits') {",
    to: 'if (false) {',
  },
  {
    guard: 'that the person has not answered',
    file: 'maygo',
    from: "if (phase.kind === 'confirm') return hold();",
    to: '',
  },
  {
    guard: 'what is asked in the old pod',
    file: 'maygo',
    from: 'const isAsked = settings.preCheck && ',
    to: 'const isAsked = false && ',
  },
  {
    guard: 'how many go at a time',
    file: 'maygo',
    from: 'if (before >= settings.maxUnavailable) return hold();',
    to: '',
  },
  {
    guard: 'the order',
    file: 'maygo',
    from: "!isToGo(step) || step.phase.kind === 'pre-check')",
    to: '!isToGo(step) || at === 0)',
  },
  { guard: 'that time runs out for a pod', file: 'trouble', from: 'now >= endOf(step, context)', to: 'false' },
  { guard: 'that time runs out', file: 'trouble', from: 'now - state.begun >= deadline', to: 'false' },
  {
    guard: 'that a reading is not of long ago when the Lease was written',
    file: 'maygo',
    from: 'if (!isFresh(view, now) || ',
    to: 'if (',
    of: harsh,
  },
  {
    guard: 'how many are unavailable after the Lease was written',
    file: 'maygo',
    from: 'return unavailableBesides(away, context) + away.size <= state.settings.maxUnavailable;',
    to: 'return true;',
    of: harsh,
  },
  {
    guard: 'the old pod after the Lease was written',
    file: 'maygo',
    from: 'if (pod?.metadata.uid !== step.uid || pod.metadata.deletionTimestamp) return false;',
    to: 'if (pod === undefined) return false;',
    of: harsh,
  },
  {
    guard: 'the end after the Lease was written',
    file: 'maygo',
    from: '|| state.end || state.interrupted ||',
    to: '||',
  },
];

/** The guards of a roll whose leader goes last. */
const ofLeaders: typeof mutations = [
  {
    guard: 'that the pods are asked who leads again and again, and not once',
    file: 'leading',
    from: '(isNews && isLedLately(state, now));',
    to: 'leading.leader !== undefined;',
  },
  {
    guard: 'that what they say is newer than what was done',
    file: 'leading',
    from: 'leading.askedAt > acted && ',
    to: '',
  },
  {
    guard: 'that they are asked after the pre-check',
    file: 'actions',
    from: "return askedNoLonger(inPhase(state, answer.pod, { kind: 'may go' }), now);",
    to: "return inPhase(state, answer.pod, { kind: 'may go' });",
  },
  {
    guard: 'that they have not said so long ago when the Lease was written',
    file: 'maygo',
    from: ' || !isLedLately(state, now)',
    to: '',
    of: slow,
  },
  {
    guard: 'the leader, which goes last',
    file: 'leading',
    from: 'leading: { ...state.leading, leader, askedAt, unknown: undefined } };',
    to: 'leading: { ...state.leading, leader: undefined, askedAt, unknown: undefined } };\n  return known;',
  },
  {
    guard: 'a new leader whose eviction may be under way',
    file: 'leading',
    from: '!isToGo(step) || mayBeGoing(step, askedAt)) return known;',
    to: '!isToGo(step)) return known;',
    of: lost,
  },
  {
    guard: 'others that are to go before the leader',
    file: 'leading',
    from: 'return leading.leader === pod && ',
    to: 'return false && ',
    of: lost,
  },
  {
    guard: 'a pod that gives no answer, which is not to say no',
    file: 'leadership',
    from: "return answer.kind === 'exit code' && answer.exitCode >= 1 && answer.exitCode <= 125;",
    to: "return answer.kind !== 'exit code' || (answer.exitCode >= 1 && answer.exitCode <= 125);",
  },
  {
    guard: 'the exit code 126, which is not to say no',
    file: 'leadership',
    from: 'answer.exitCode <= 125',
    to: 'answer.exitCode <= 126',
  },
  {
    guard: 'the exit code of a command that a signal ended, which is not to say no',
    file: 'leadership',
    from: ' && answer.exitCode <= 125',
    to: '',
  },
  {
    guard: 'several leaders',
    file: 'leadership',
    from: 'if (leaders.length > 1) return',
    to: 'if (leaders.length > 9) return',
  },
].map((mutation) => ({ of: led, ...mutation }) as (typeof mutations)[number]);

function isCaught(of: fc.Arbitrary<History>, module: RollModule, without: Partial<DriverRules> = {}): void {
  const { failed } = fc.check(
    fc.property(of, (history) => void live(history, module, { ...rules, ...without })),
    // The seed is fixed, so that it is no matter of luck whether a history shows the fault.
    { numRuns: 20_000, endOnFailure: true, seed: 2 },
  );
  assert.ok(failed, 'nobody noticed');
}

describe('a roll without its guard', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-mutations-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [at, { of = unled, ...mutation }] of [...mutations, ...ofLeaders].entries()) {
    it(`for ${mutation.guard} does what must never be, and is caught`, async () => {
      isCaught(of, await mutant(mutation, join(folder, `${at}`)));
    });
  }
});

/** Further rules that a driver keeps to. */
const careless: [who: string, without: Partial<DriverRules>, of?: typeof harsh][] = [
  ['takes the Lease from one who lives', { isFree: () => true }],
  ['evicts by a proof of long ago', { isProven: () => true }, lonely],
  ['believes a watch that lags behind', { isNews: () => true }, harsh],
];

describe('a driver of a roll', function () {
  this.timeout(600_000);
  for (const [who, without, of = unled] of careless) {
    it(`that ${who} does what must never be, and is caught`, () => isCaught(of, roll, without));
  }
});
