import assert from 'node:assert/strict';
import { formatTime } from '#src/objects/time.ts';
import type { Pod } from '#src/objects/types.ts';
import type { Answer } from '#src/roll/model/actions.ts';
import { newsBetween } from '#src/roll/model/news.ts';
import { readRoll, writeRoll } from '#src/roll/model/record.ts';
import { resumed } from '#src/roll/model/resumption.ts';
import type { RollSettings, RollState, View } from '#src/roll/model/state.ts';
import { boundClaim, podOf, statefulSet, time } from '../../objects/snapshots.ts';
import { unchecked } from './rolls.ts';
import { roll } from './simulation/rollmodule.ts';

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
    leaderCheck: false,
  };
  const planned = [1, 0].map((ordinal) => ({
    name: `web-${ordinal}`,
    ordinal,
    uid: `old-${ordinal}`,
    revision: { now: undefined, next: undefined },
  }));
  const handling = unchecked;
  const view = (readAt: number, pods: readonly Pod[], more: Partial<View> = {}): View => ({
    readAt,
    time: time + readAt,
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

  describe('before another pod is available', () => {
    const slow = statefulSet('web', { replicas: 2, templates: ['data'], spec: { minReadySeconds: 30 } });
    /** Ready since a time of the view, in milliseconds. */
    const since = (ordinal: number, at: number) => {
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(time + at) }];
      return podOf(slow, ordinal, { metadata: { uid: `old-${ordinal}` }, status: { phase: 'Running', conditions } });
    };
    const pods = [since(0, -10_000), since(1, -90_000)];

    it('evicts none, says for which it waits, and looks again when that is available, by the server’s clock', () => {
      const waiting = roll.step(begin(), view(5, pods, { set: slow }), 10);
      assert.deepEqual(waiting.actions, [{ kind: 'wake', at: 20_000 }]);
      assert.deepEqual(waiting.state.steps[0]?.phase, { kind: 'waits', awaits: 'web-0' });
      assert.deepEqual(newsBetween(begin(), waiting.state), [
        { pod: 'web-1', ordinal: 1, what: 'waiting', waitsFor: 'web-0' },
      ]);
      const early = roll.step(waiting.state, view(19_000, pods, { set: slow }), 19_999);
      assert.deepEqual([kinds(early), early.state.steps], [['wake'], waiting.state.steps]);
      assert.deepEqual(kinds(roll.step(waiting.state, view(5, pods, { set: slow }), 20_000)), ['read', 'wake']);
      const fresh = view(19_000, pods, { set: slow });
      assert.deepEqual(kinds(roll.step(waiting.state, fresh, 20_000)), ['evict', 'wake']);
      // The roll's own clock says nothing of when a pod was ready.
      const behind = { ...fresh, time: fresh.time - 1_000 };
      assert.deepEqual(kinds(roll.step(waiting.state, behind, 20_000)), ['wake']);
    });

    it('takes back that a pod may go', () => {
      const { state } = roll.step(begin(), view(5, pods, { set: slow }), 10);
      const evicting = roll.step(state, view(20_000, pods, { set: slow }), 20_010).state;
      assert.equal(roll.mayStillGo(evicting, view(20_020, pods, { set: slow }), 'web-1', 20_030), true);
      const again = [since(0, 15_000), since(1, -90_000)];
      assert.equal(roll.mayStillGo(evicting, view(20_020, again, { set: slow }), 'web-1', 20_030), false);
    });

    it('asks the person only then', () => {
      const waiting = roll.step(begin({ confirm: true }), view(5, pods, { set: slow }), 10);
      assert.deepEqual(kinds(waiting), ['wake']);
      assert.equal(kinds(roll.step(waiting.state, view(20_000, pods, { set: slow }), 20_010))[0], 'confirm');
    });

    it('adds up those that are not available and those that are away', () => {
      const three = (...at: [number, number]) => [since(0, at[0]), since(1, -90_000), since(2, at[1])];
      const set = statefulSet('web', {
        replicas: 3,
        templates: ['data'],
        spec: { minReadySeconds: 30, podManagementPolicy: 'Parallel' },
      });
      const two = begin({ maxUnavailable: 2 });
      assert.deepEqual(kinds(roll.step(two, view(5, three(-30_000, -10_000), { set }), 10)), ['evict', 'wake']);
      assert.deepEqual(kinds(roll.step(two, view(5, three(-10_000, -10_000), { set }), 10)), ['wake']);
    });
  });

  describe('before the controller has counted the available pods', () => {
    const counting = (availableReplicas: number, observedGeneration = 1) =>
      statefulSet('web', { replicas: 2, templates: ['data'], status: { availableReplicas, observedGeneration } });

    it('evicts none, and goes on when it has', () => {
      const waiting = roll.step(begin(), view(5, old, { set: counting(1) }), 10);
      assert.deepEqual([kinds(waiting), waiting.state.uncountedSince], [['wake'], 10]);
      const counted = roll.step(waiting.state, view(5, old, { set: counting(2) }), 20);
      assert.deepEqual([kinds(counted), counted.state.uncountedSince], [['evict', 'wake'], undefined]);
    });

    it('stops after its time-out', () => {
      const waiting = roll.step(begin(), view(5, old, { set: counting(1) }), 10);
      assert.deepEqual(waiting.actions, [{ kind: 'wake', at: 60_010 }]);
      const { state } = roll.step(waiting.state, view(60_000, old, { set: counting(1) }), 60_010);
      assert.deepEqual(state.end, { kind: 'stopped', pod: undefined, reason: { kind: 'not counted', pods: 1 } });
    });

    it('believes no count of an older generation', () => {
      assert.deepEqual(kinds(roll.step(begin(), view(5, old, { set: counting(1, 0) }), 10)), ['evict', 'wake']);
    });
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

  const untouched: Record<string, Answer> = {
    'an eviction was sent': { kind: 'not sent', pod: 'web-1' },
    'a budget refused the eviction': { kind: 'blocked', pod: 'web-1', why: 'the budget', retryAt: 1_000 },
  };
  for (const [what, answer] of Object.entries(untouched)) {
    it(`that is over before ${what} has not touched that pod`, () => {
      const evicting = roll.step(begin(), view(5, old), 10).state;
      const over = roll.stopRoll(evicting, { kind: 'lease lost', holder: 'anna' });
      assert.ok(over.steps.some(roll.isBeyondReturn), 'nobody knows as yet');
      const told = roll.answered(over, answer, 20);
      assert.ok(!told.steps.some(roll.isBeyondReturn));
      assert.deepEqual(told.end, over.end);
    });
  }

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
    const record = readRoll(writeRoll('1', state, handling));
    assert.ok('id' in record);
    return resumed(record, { set, pods: old, claims }, 50_000);
  }

  it('that is taken up again knows by the UID what was restarted, and asks the checks of it again', () => {
    const resumed = again(comingBack({ check: true }));
    const now = [pod(0, 'old-0'), pod(1, 'new-1')];
    const seen = roll.step(resumed, view(50_001, now), 50_010).state;
    const { actions } = roll.step(seen, view(60_011, now), 60_020);
    assert.deepEqual(actions[0], { kind: 'check', pod: 'web-1', uid: 'new-1' });
    // The eviction was sent, and its sender was killed before the answer came.
    const unheard = again(roll.step(begin(), view(5, old), 10).state);
    const after = roll.step(unheard, view(50_001, now), 50_010);
    assert.deepEqual([kinds(after), after.state.steps[0]?.phase.kind], [['wake'], 'coming']);
  });
});
