import assert from 'node:assert/strict';
import type { StopReason } from '#src/roll/model/state.ts';
import { revisionWords, rollTitle, stayWords, stopWords } from '#src/roll/view/words.ts';
import { statefulSet } from '../../objects/snapshots.ts';

describe('why a roll was stopped', () => {
  const cases: [reason: StopReason, words: RegExp][] = [
    [{ kind: 'set is gone' }, /being deleted, or gone/],
    [{ kind: 'set changed' }, /changed or scaled by somebody else/],
    [
      { kind: 'not counted', pods: 2 },
      /^the controller does not count 2 pods as available that are: see whether it runs/,
    ],
    [{ kind: 'not counted', pods: 1 }, /^the controller does not count a pod as available that is: /],
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
    assert.deepEqual((['not chosen', 'up to date', 'held back', 'not old enough'] as const).map(stayWords), [
      'stays: not chosen',
      'stays: at the update revision',
      'stays: the partition keeps it at its revision',
      'stays: not old enough',
    ]);
  });
});
