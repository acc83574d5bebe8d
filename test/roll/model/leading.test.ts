import assert from 'node:assert/strict';
import { newsBetween } from '#src/roll/model/news.ts';
import { readRoll, writeRoll } from '#src/roll/model/record.ts';
import { resumed } from '#src/roll/model/resumption.ts';
import type { RollState, View } from '#src/roll/model/state.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { boundClaim, podOf, statefulSet, time } from '../../objects/snapshots.ts';
import { careful } from './rolls.ts';
import { roll } from './simulation/rollmodule.ts';

describe('a step of a roll whose leader goes last', () => {
  const set = statefulSet('web', { replicas: 3, templates: ['data'] });
  const ordinals = [2, 1, 0];
  const pods = ordinals.map((ordinal) => podOf(set, ordinal, { metadata: { uid: `old-${ordinal}` } }));
  const claims = ordinals.map((ordinal) => boundClaim(`data-web-${ordinal}`));
  const planned = ordinals.map((ordinal) => ({
    ...{ name: `web-${ordinal}`, ordinal, uid: `old-${ordinal}` },
    revision: { now: undefined, next: undefined },
  }));
  const handling = {
    ...{ evicts: true, preCheck: undefined, check: undefined, container: undefined, checkTimeout: 0 },
    leaderCheck: 'am-i-leader',
  };
  const view = (readAt: number): View => ({ readAt, time: time + readAt, set, pods, claims });
  const begin = () => roll.beginRoll(set, planned, { pods, claims }, { ...careful, leaderCheck: true }, 0);
  const led = (state: RollState, pod: string, leader: string, askedAt: number, now = askedAt + 1) =>
    roll.answered(state, { kind: 'led', pod, leader, askedAt }, now);
  const asks = (pod: string) => ({ kind: 'leader', pod: `web-${pod}`, uid: `old-${pod}` });
  const orderOf = ({ steps }: RollState) => steps.map(({ ordinal }) => ordinal);
  const first = (stepped: ReturnType<typeof roll.step>) => stepped.actions[0];

  it('asks before it evicts, and again after 10 s', () => {
    const asking = roll.step(begin(), view(5), 10);
    assert.deepEqual(first(asking), asks('2'));
    const known = led(asking.state, 'web-2', 'web-0', 12);
    assert.deepEqual(first(roll.step(known, view(5), 20)), { kind: 'evict', pod: 'web-2', uid: 'old-2' });
    assert.deepEqual(first(roll.step(known, view(10_000), 10_012)), asks('2'));
  });

  it('does not count an asking that began before the pre-check was answered', () => {
    const checked = { ...careful, leaderCheck: true, preCheck: true };
    const asking = roll.step(roll.beginRoll(set, planned, { pods, claims }, checked, 0), view(5), 10).state;
    const checking = roll.step(led(asking, 'web-2', 'web-0', 12), view(5), 20);
    const ofPod = { pod: 'web-2', uid: 'old-2' };
    assert.deepEqual(first(checking), { kind: 'pre-check', ...ofPod });
    const passed = roll.answered(checking.state, { kind: 'passed', which: 'pre-check', message: '', ...ofPod }, 40);
    assert.deepEqual(first(roll.step(led(passed, 'web-2', 'web-0', 39, 50), view(15), 51)), asks('2'));
    const lost: UnknownLeader = { kind: 'unknown', why: 'nobody', answers: [] };
    const unled = roll.answered(passed, { kind: 'not led', pod: 'web-2', unknown: lost }, 45);
    assert.deepEqual(first(roll.step(led(unled, 'web-2', 'web-0', 39, 50), view(15), 51)), asks('2'));
    assert.deepEqual(first(roll.step(led(passed, 'web-2', 'web-0', 40, 50), view(15), 51)), {
      kind: 'evict',
      ...ofPod,
    });
  });

  it('reads and asks at the same time where both are too old', () => {
    const known = led(roll.step(begin(), view(5), 10).state, 'web-2', 'web-0', 12);
    const { actions } = roll.step(known, view(5), 10_012);
    assert.deepEqual(actions.slice(0, 2), [{ kind: 'read' }, asks('2')]);
  });

  it('takes an eviction back whose answers have become too old', () => {
    const known = led(roll.step(begin(), view(5), 10).state, 'web-2', 'web-0', 12);
    const { state } = roll.step(known, view(5), 20);
    assert.equal(roll.mayStillGo(state, view(9_000), 'web-2', 10_011), true);
    assert.equal(roll.mayStillGo(state, view(9_000), 'web-2', 10_012), false);
  });

  it('moves a leader behind the others, and then reads their claims and asks anew', () => {
    const asking = roll.step(begin(), view(5), 10).state;
    const moved = led(asking, 'web-2', 'web-2', 12);
    assert.deepEqual(orderOf(moved), [1, 0, 2]);
    assert.deepEqual(first(roll.step(moved, view(5), 20)), { kind: 'read' });
    assert.deepEqual(first(roll.step(moved, view(15), 20)), asks('1'));
    assert.deepEqual(newsBetween(asking, moved), [
      { pod: 'web-2', ordinal: 2, what: 'leads', order: ['web-1', 'web-0', 'web-2'] },
    ]);
    const again = led(moved, 'web-1', 'web-1', 16);
    assert.deepEqual(orderOf(again), [0, 2, 1]);
    assert.deepEqual(newsBetween(moved, again), [
      { pod: 'web-1', ordinal: 1, what: 'leads', before: 'web-2', order: ['web-0', 'web-2', 'web-1'] },
    ]);
  });

  it('leaves the order as it is where the leader is last, or is none of the pods that go', () => {
    for (const leader of ['web-0', 'web-7']) {
      const state = begin();
      assert.deepEqual(led(state, 'web-2', leader, 12).steps, state.steps);
    }
  });

  it('tells once that nobody knows, and who leads once that is known again', () => {
    const known = led(begin(), 'web-2', 'web-0', 12);
    const unknown: UnknownLeader = { kind: 'unknown', why: 'nobody', answers: [] };
    const lost = roll.answered(known, { kind: 'not led', pod: 'web-2', unknown }, 20);
    assert.deepEqual(newsBetween(known, lost), [{ pod: 'web-2', ordinal: 2, what: 'no leader', unknown }]);
    assert.deepEqual(first(roll.step(lost, view(15), 21)), asks('2'), 'what was known no longer counts');
    const still = roll.answered(lost, { kind: 'not led', pod: 'web-2', unknown: { ...unknown, why: 'several' } }, 30);
    assert.deepEqual(newsBetween(lost, still), []);
    const found = led(still, 'web-2', 'web-0', 40);
    assert.deepEqual(newsBetween(still, found), [
      { pod: 'web-0', ordinal: 0, what: 'leads', order: ['web-2', 'web-1', 'web-0'] },
    ]);
    const never = roll.answered(still, { kind: 'never led', pod: 'web-2', unknown, timeout: 5 }, 50);
    assert.deepEqual(never.end, {
      ...{ kind: 'stopped', pod: 'web-2' },
      reason: { kind: 'leader unknown', unknown, timeout: 5 },
    });
  });

  describe('with an eviction that got no answer', () => {
    /** Of web-2, at 20. */
    function unanswered(): RollState {
      const { state } = roll.step(led(begin(), 'web-2', 'web-0', 12), view(5), 20);
      return roll.answered(state, { kind: 'look again', pod: 'web-2' }, 20);
    }

    it('evicts neither the pod that leads now nor another one, until a minute has passed', () => {
      const held = led(unanswered(), 'web-2', 'web-2', 30);
      assert.deepEqual(orderOf(held), [2, 1, 0]);
      const { actions } = roll.step(held, view(25), 40);
      assert.deepEqual(actions[0], { kind: 'wake', at: 60_020 });
      assert.ok(!actions.some(({ kind }) => kind === 'evict'));
      const later = roll.step(held, view(60_000), 60_021);
      assert.deepEqual(first(later), asks('2'));
      assert.deepEqual(orderOf(led(later.state, 'web-2', 'web-2', 60_021)), [1, 0, 2]);
    });

    it('evicts that pod again if it does not lead', () => {
      const known = led(unanswered(), 'web-2', 'web-0', 30);
      assert.deepEqual(first(roll.step(known, view(25), 40)), { kind: 'evict', pod: 'web-2', uid: 'old-2' });
    });

    it('remembers it for the run that goes on', () => {
      const cut = roll.step(led(begin(), 'web-2', 'web-0', 12), view(5), 20).state;
      for (const state of [unanswered(), cut]) {
        const record = readRoll(writeRoll('7f3a', state, handling));
        assert.ok('id' in record);
        const on = resumed(record, { set, pods, claims }, 500);
        assert.deepEqual(orderOf(led(on, 'web-2', 'web-2', 600)), [2, 1, 0]);
        assert.deepEqual(orderOf(led(on, 'web-2', 'web-2', 60_500)), [1, 0, 2]);
      }
    });

    it('forgets it where the pod was not touched', () => {
      const { state } = roll.step(led(begin(), 'web-2', 'web-0', 12), view(5), 20);
      const blocked = roll.answered(state, { kind: 'blocked', pod: 'web-2', why: 'the budget', retryAt: 30 }, 20);
      const notSent = roll.answered(state, { kind: 'not sent', pod: 'web-2' }, 20);
      for (const untouched of [blocked, notSent]) {
        assert.deepEqual(orderOf(led(untouched, 'web-2', 'web-2', 40)), [1, 0, 2]);
      }
    });
  });

  it('is asked for where only the command is in the record, since the command says so', () => {
    const text = writeRoll('7f3a', { ...begin(), settings: careful }, handling);
    const record = readRoll(text);
    assert.ok('id' in record && record.settings.leaderCheck);
  });
});
