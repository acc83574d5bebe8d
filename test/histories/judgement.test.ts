import assert from 'node:assert/strict';
import type { Ground, History } from './history.ts';
import { type Fault, judged, type Told, tookToTell } from './judgement.ts';

const gate: History['gate'] = { for: 'rollout', timeout: 60_000, stuckAfter: 5_000, output: 'text', asProcess: false };

/** A gate that is started at 0 and writes its first line at once. Times are in milliseconds. */
function told(happened: Partial<Told>): Told {
  const nothing = { code: 0, endedAt: 0, ground: undefined, held: [], failing: undefined, outdated: [], stalls: [] };
  return { startedAt: 0, lines: [{ at: 100, text: 'web 0/3' }], ...nothing, ...happened };
}

function faultOf(expected: Ground | undefined, happened: Partial<Told>): Fault | undefined {
  return judged({ expected, gate }, told(happened));
}

describe('a gate that must open', () => {
  const held = [{ from: 10_000, to: undefined, looks: 0 }];

  it('is right within a second of the moment, and not before', () => {
    assert.equal(faultOf(undefined, { endedAt: 10_000, held }), undefined);
    assert.equal(faultOf(undefined, { endedAt: 11_000, held }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 11_300, held }), { kind: 'too late', by: 300 });
    assert.deepEqual(faultOf(undefined, { endedAt: 9_000, held }), { kind: 'too early', by: 1_000 });
  });

  it('has as much longer as the machine kept it from its work', () => {
    const stalls = [
      { at: 10_200, late: 500 },
      { at: 11_000, late: 300 },
    ];
    assert.equal(faultOf(undefined, { endedAt: 11_500, held, stalls }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 11_600, held, stalls }), { kind: 'too late', by: 100 });
    const earlier = [{ at: 9_900, late: 5_000 }];
    assert.deepEqual(faultOf(undefined, { endedAt: 11_600, held, stalls: earlier }), { kind: 'too late', by: 600 });
  });

  it('has as much longer as it takes to look twice, of seconds that a busy machine takes only three', () => {
    const busy = (looks: number) => [{ from: 10_000, to: undefined, looks }];
    assert.equal(faultOf(undefined, { endedAt: 11_400, held: busy(400) }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 11_500, held: busy(400) }), { kind: 'too late', by: 100 });
    assert.deepEqual(faultOf(undefined, { endedAt: 14_500, held: busy(9_000) }), { kind: 'too late', by: 500 });
  });

  it('may see a change a moment before the judge does', () => {
    assert.equal(faultOf(undefined, { endedAt: 9_900, held }), undefined);
  });

  it('has a second from its start where all was done before', () => {
    const before = [{ from: -60_000, to: undefined, looks: 0 }];
    assert.equal(faultOf(undefined, { endedAt: 1_000, held: before }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 1_500, held: before }), { kind: 'too late', by: 400 });
    // A process that takes long to start may write nothing for a second, and no longer.
    assert.equal(faultOf(undefined, { endedAt: 2_000, held: before, lines: [] }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 2_500, held: before, lines: [] }), { kind: 'too late', by: 500 });
  });

  it('is wrong when it says done and that never comes', () => {
    assert.deepEqual(faultOf(undefined, { endedAt: 9_000 }), { kind: 'too early', by: undefined });
  });

  it('is wrong when it gives up, whatever the reason', () => {
    assert.deepEqual(faultOf(undefined, { code: 1, ground: 'certain', endedAt: 5_000 }), {
      kind: 'wrong code',
      code: 1,
    });
    assert.deepEqual(faultOf(undefined, { code: 2, endedAt: 5_000 }), { kind: 'wrong code', code: 2 });
  });

  it('is wrong when it goes on waiting', () => {
    assert.deepEqual(faultOf(undefined, { code: null, endedAt: 15_000, held }), { kind: 'waits on', by: 4_000 });
  });

  it('may open in a moment that passes, or follow what comes after it', () => {
    const twice = [
      { from: 10_000, to: 10_400, looks: 0 },
      { from: 20_000, to: undefined, looks: 0 },
    ];
    assert.equal(faultOf(undefined, { endedAt: 10_500, held: twice }), undefined);
    assert.equal(faultOf(undefined, { endedAt: 20_100, held: twice }), undefined);
    assert.deepEqual(faultOf(undefined, { endedAt: 15_000, held: twice }), { kind: 'too early', by: 5_000 });
  });

  it('may not miss what lasts', () => {
    const twice = [
      { from: 10_000, to: 13_000, looks: 0 },
      { from: 20_000, to: undefined, looks: 0 },
    ];
    assert.deepEqual(faultOf(undefined, { endedAt: 20_100, held: twice }), { kind: 'too late', by: 9_100 });
  });
});

describe('a gate that must give up', () => {
  const failing = { since: 3_000, seenAt: 3_000 };
  const givesUp = (ground: Ground, endedAt: number, more: Partial<Told> = {}) =>
    faultOf(ground, { code: 1, ground, endedAt, ...more });

  it('for certain does so within 10 s', () => {
    assert.equal(givesUp('certain', 10_000), undefined);
    assert.deepEqual(givesUp('certain', 12_100), { kind: 'too late', by: 2_000 });
  });

  it('likely does so once the failure has lasted for --stuck-after, and within 10 s of that', () => {
    assert.equal(givesUp('likely', 8_000, { failing }), undefined);
    assert.equal(givesUp('likely', 18_000, { failing }), undefined);
    assert.deepEqual(givesUp('likely', 19_000, { failing }), { kind: 'too late', by: 1_000 });
    assert.deepEqual(givesUp('likely', 5_000, { failing }), { kind: 'too early', by: 2_000 });
    assert.deepEqual(givesUp('likely', 8_000), { kind: 'too early', by: undefined }, 'nothing has failed');
  });

  it('at the time-out does so then', () => {
    assert.equal(givesUp('time-out', 60_100), undefined);
    assert.deepEqual(givesUp('time-out', 50_000), { kind: 'too early', by: 9_750 });
    assert.deepEqual(givesUp('time-out', 62_100), { kind: 'too late', by: 1_000 });
  });

  it('because of outdated pods names all of them', () => {
    const lines = [{ at: 100, text: 'error: web-1 stays in an older revision' }];
    assert.equal(givesUp('outdated', 200, { lines, outdated: ['web-1'] }), undefined);
    const fault = givesUp('outdated', 200, { lines, outdated: ['web-1', 'web-2'] });
    assert.deepEqual(fault, { kind: 'unnamed', pod: 'web-2' });
  });

  it('is wrong when it opens, gives another reason, cannot tell, or goes on waiting', () => {
    assert.deepEqual(faultOf('certain', { endedAt: 500 }), { kind: 'too early', by: undefined });
    assert.deepEqual(faultOf('certain', { code: 1, ground: 'likely', endedAt: 500 }), {
      kind: 'wrong ground',
      ground: 'likely',
    });
    assert.deepEqual(faultOf('certain', { code: 2, endedAt: 500 }), { kind: 'wrong code', code: 2 });
    assert.deepEqual(faultOf('certain', { code: null, endedAt: 13_100 }), { kind: 'waits on', by: 3_000 });
  });
});

describe('the time that a gate takes to tell', () => {
  it('counts from when it could know', () => {
    const took = (expected: Ground | undefined, happened: Partial<Told>) =>
      tookToTell({ expected, gate }, told(happened));
    assert.equal(took(undefined, { endedAt: 10_300, held: [{ from: 10_000, to: undefined, looks: 0 }] }), 300);
    assert.equal(took(undefined, { endedAt: 400, held: [{ from: -5_000, to: undefined, looks: 0 }] }), 300);
    assert.equal(took('certain', { endedAt: 400 }), 300);
    assert.equal(took('likely', { endedAt: 8_200, failing: { since: 3_000, seenAt: 3_000 } }), 200);
    assert.equal(took('time-out', { endedAt: 60_100 }), 100);
  });
});
