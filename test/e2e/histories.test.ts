/** Rollouts that go well, heal or get stuck, and what gates say of them. More of them: `npm run histories`. */
import assert from 'node:assert/strict';
import { type History, kindOf, nameOf } from '../histories/history.ts';
import type { Fault } from '../histories/judgement.ts';
import { historyOf, mixOf } from '../histories/recipes.ts';
import { today } from '../stand/kubernetes.ts';
import type { Played } from './histories/player.ts';
import { failureLines } from './histories/report.ts';
import { type NotPlayed, playAll, type WaiterName } from './histories/stage.ts';

/** Each day others. */
const seed = today() * 100;
const histories = mixOf(30, seed);

/**
 * Milliseconds by which a gate may be late here, beside many other tests: on a slow day they keep it from its work. How
 * soon it tells is measured by `npm run histories`.
 */
const mostLate = 5_000;

function isLittleLate(outcome: Played | NotPlayed): boolean {
  const fault = 'outcomes' in outcome ? outcome.outcomes[0]?.fault : undefined;
  return fault?.kind === 'too late' && fault.by <= mostLate;
}

/** `kubectl rollout status` is wrong about these, by far, and the judge must notice it. */
const wrong: readonly [History, Fault['kind'], string][] = [
  [slowly(historyOf('healthy', 4)), 'too early', 'does not wait for the pods that a scale-down removes'],
  [slowly(historyOf('healthy', 5)), 'too early', 'does not wait for minReadySeconds'],
  [historyOf('healthy', 1), 'wrong code', 'refuses OnDelete'],
  [historyOf('stuck', 3), 'waits on', 'waits on where a pod of nobody has the name'],
  [historyOf('stuck', 1), 'waits on', 'waits on where an image has no name'],
];

/** The same with pods that take long to end, and have to be ready for long. */
function slowly({ before, after, ...others }: History): History {
  const minReadySeconds = 8;
  const slow = { before: before && { ...before, minReadySeconds }, after: { ...after, minReadySeconds } };
  return { ...others, ...slow, pace: { ...others.pace, end: 8_000 } };
}

describe('a gate that waits for a rollout', () => {
  const outcomes = new Map<string, Played | NotPlayed>();

  before(async function () {
    this.timeout(180_000);
    const played = (chosen: readonly History[], waiter: WaiterName) =>
      playAll(chosen, { sideBySide: chosen.length, waiters: [waiter] });
    const others = wrong.map(([history]) => history);
    for (const { outcomes: all } of await Promise.all([played(histories, 'sts'), played(others, 'kubectl')])) {
      for (const one of all) outcomes.set(nameOf(one.history), one);
    }
  });

  describe(`kubectl sts status --wait (npm run histories -- --count 30 --seed ${seed})`, () => {
    for (const history of histories) {
      it(`says what it must of ${nameOf(history)} (${kindOf(history)})`, () => {
        const outcome = outcomes.get(nameOf(history));
        assert.ok(outcome, 'it was not played');
        const lines = isLittleLate(outcome) ? [] : failureLines(outcome);
        if (lines.length > 0) assert.fail(lines.join('\n'));
      });
    }
  });

  describe('kubectl rollout status, to the same judge,', () => {
    for (const [history, kind, what] of wrong) {
      it(what, () => {
        const outcome = outcomes.get(nameOf(history));
        assert.ok(outcome && 'outcomes' in outcome);
        assert.equal(outcome.outcomes[0]?.fault?.kind, kind, failureLines(outcome).join('\n'));
      });
    }
  });
});
