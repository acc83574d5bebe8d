import assert from 'node:assert/strict';
import type { RollRefusal, RollWarning } from '#src/roll/model/plan.ts';
import type { StopReason } from '#src/roll/model/state.ts';
import { leftWords, refusalWords, revisionWords, rollTitle, stopWords, warningWords } from '#src/roll/view/words.ts';
import { statefulSet } from '../../objects/snapshots.ts';

describe('why a roll is not begun', () => {
  const refusal = { verb: 'list', resource: 'pods', message: 'pods is forbidden' };
  const cases: [refusal: RollRefusal, words: RegExp][] = [
    [
      { kind: 'controller at work', rollout: { state: 'updating', updated: 1, target: 3, blocker: undefined } },
      /the controller has work of its own \(Updating, 1 of 3 updated\)/,
    ],
    [
      { kind: 'controller at work', rollout: { state: 'scaling', pods: 5, wanted: 3, blocker: undefined } },
      /Scaling, 5 pods are there, 3 wanted/,
    ],
    [
      { kind: 'ordinal outside the set', ordinal: 7, wanted: { start: 5, end: 7 } },
      /no ordinal 7: its ordinals are 5 to 6/,
    ],
    [{ kind: 'ordinal outside the set', ordinal: 0, wanted: { start: 0, end: 0 } }, /no ordinal 0: it wants no pod/],
    [{ kind: 'ordered set', maxUnavailable: 2 }, /--max-unavailable 2 is for Parallel sets/],
    [
      { kind: 'not ready', pods: [{ pod: 'web-0', word: 'CrashLoopBackOff', trouble: true }] },
      /web-0 is CrashLoopBackOff: no other pod may go/,
    ],
    [
      { kind: 'claim is being deleted', pod: 'web-1', claim: 'data-web-1' },
      /claim data-web-1 of web-1 is being deleted.*save it first/,
    ],
    [
      { kind: 'budget never lets go', budget: 'web', pods: ['web-0', 'web-1'] },
      /PodDisruptionBudget web never lets web-0, web-1 go/,
    ],
    [
      { kind: 'several budgets', pod: 'web-0', budgets: ['a', 'b'] },
      /web-0 is selected by several PodDisruptionBudgets \(a, b\)/,
    ],
    [{ kind: 'unknown', part: 'pods', refusal }, /no right to list pods.*pods is forbidden/],
    [{ kind: 'unknown', part: 'claims', refusal: undefined }, /claims were not seen/],
  ];
  for (const [refused, words] of cases) {
    it(`is said: ${words.source}`, () => assert.match(refusalWords(refused), words));
  }
});

describe('what to mind in a roll', () => {
  const elsewhere = { volume: 'pv', place: 'node-1', nodes: [{ name: 'node-1', state: 'cordoned' as const }] };
  const cases: [warning: RollWarning, words: RegExp][] = [
    [{ kind: 'data goes', volumes: ['cache', 'tmp'] }, /what is in cache, tmp goes with each pod/],
    [{ kind: 'owner', owner: 'Postgres/db' }, /kept by Postgres\/db/],
    [
      { kind: 'no way back', pod: 'web-1', elsewhere },
      /web-1 may not come back: its volume lives on node-1, which is cordoned/,
    ],
    [{ kind: 'no grace period' }, /terminationGracePeriodSeconds is 0/],
    [
      { kind: 'budgets unknown', refusal: { verb: 'list', resource: 'poddisruptionbudgets.policy', message: '' } },
      /is not known: no right to list poddisruptionbudgets.policy/,
    ],
  ];
  for (const [warning, words] of cases) {
    it(`is said: ${words.source}`, () => assert.match(warningWords(warning), words));
  }
});

describe('why a roll was stopped', () => {
  const cases: [reason: StopReason, words: RegExp][] = [
    [{ kind: 'set is gone' }, /being deleted, or gone/],
    [{ kind: 'set changed' }, /changed or scaled by somebody else/],
    [{ kind: 'others not ready', pods: [{ pod: 'web-0', word: 'missing', trouble: false }] }, /^web-0 is missing$/],
    [{ kind: 'claim is being deleted', claim: 'data-web-0' }, /data-web-0 is being deleted/],
    [{ kind: 'claim not seen', claim: 'data-web-0' }, /data-web-0 was not seen/],
    [{ kind: 'other storage', claim: 'data-web-0' }, /not on the claim or volume that the old one had: data-web-0/],
    [{ kind: 'timed out', phase: { kind: 'coming' } }, /--timeout is over while it was coming back/],
    [
      { kind: 'timed out', phase: { kind: 'blocked', until: 0, why: 'budget web' } },
      /while it was blocked: budget web/,
    ],
    [{ kind: 'deadline' }, /--deadline is over/],
    [{ kind: 'refused', message: 'denied' }, /refuses to evict it: denied/],
    [{ kind: 'no reading', message: 'refused' }, /could not be read.*refused/],
    [{ kind: 'lease lost', holder: 'anna@laptop' }, /held by anna@laptop now/],
    [{ kind: 'lease lost', holder: undefined }, /Lease is gone or was given up/],
    [{ kind: 'check failed', which: 'pre-check', message: 'exit code 1' }, /--pre-check failed: exit code 1/],
    [
      { kind: 'check failed', which: 'dns', message: 'stale at coredns-0' },
      /its name is not right: stale at coredns-0/,
    ],
  ];
  for (const [reason, words] of cases) {
    it(`is said: ${words.source}`, () => assert.match(stopWords(reason, { evicts: true }), words));
  }
});

describe('the words of a plan', () => {
  it('tell the revision that a pod is in, and the one in which it comes back', () => {
    const set = statefulSet('web');
    const words = (now: string | undefined, next: string | undefined) =>
      revisionWords(set, { name: 'web-0', ordinal: 0, uid: '', revision: { now, next } });
    assert.equal(words('web-a', 'web-b'), 'a → b');
    assert.equal(words('web-a', 'web-a'), 'a');
    assert.equal(words('web-a', undefined), 'a');
    assert.equal(words(undefined, 'web-b'), 'unknown → b');
    assert.equal(words(undefined, undefined), 'unknown');
  });

  it('tell how many go at a time, and in which order', () => {
    assert.equal(rollTitle('7f3a', 'web', [1], 1), 'roll 7f3a of statefulset/web: 1 pod, one at a time: 1');
    assert.equal(
      rollTitle(undefined, 'web', [2, 1, 0], 2),
      'roll of statefulset/web: 3 pods, up to 2 at a time: 2, 1, 0',
    );
    assert.equal(rollTitle(undefined, 'web', [], 1), 'roll of statefulset/web: no pod');
  });

  it('tell why a pod stays', () => {
    assert.deepEqual((['not chosen', 'up to date', 'held back', 'not old enough'] as const).map(leftWords), [
      'stays: not chosen',
      'stays: at the update revision',
      'stays: the partition keeps it at its revision',
      'stays: not old enough',
    ]);
  });
});
