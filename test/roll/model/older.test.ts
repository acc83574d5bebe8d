import assert from 'node:assert/strict';
import { readRoll, writeRoll } from '#src/roll/model/record.ts';
import { nobodyAsked, type RollState } from '#src/roll/model/state.ts';
import { readersOf01, recordedRoll } from '../../recorded-0.1/recorded.ts';

const recorded = JSON.parse(recordedRoll);

describe('the record of a roll', () => {
  it('of version 0.1 is read whole, and names no field manager', () => {
    const record = readRoll(recordedRoll);
    assert.ok('id' in record, JSON.stringify(record));
    const { id, set, settings } = recorded;
    assert.deepEqual([record.id, record.set, record.settings], [id, set, { ...settings, leaderCheck: false }]);
    assert.deepEqual(
      record.steps.map(({ pod, uid, progress, held }) => [pod, uid, progress, held]),
      [
        ['web-2', recorded.steps[0].uid, 'done', undefined],
        ['web-1', recorded.steps[1].uid, 'waits', recorded.steps[1].held],
        ['web-0', recorded.steps[2].uid, 'waits', recorded.steps[2].held],
      ],
    );
    assert.equal(record.fieldManager, undefined);
  });

  it('of this version is read by 0.1, each step as this version reads it', async () => {
    const { readRoll: by01 } = await readersOf01();
    const text = writeRoll('7f3a', state, handling, 'night-shift');
    const record = readRoll(text);
    assert.ok('id' in record);
    // 0.1 has another name for the handling, and knows no field manager.
    const { handling: read, fieldManager, settings, steps, ...rest } = record;
    const { leaderCheck: _, ...ways } = read;
    const { leaderCheck, ...known } = settings;
    assert.deepEqual([fieldManager, leaderCheck], ['night-shift', false]);
    const stepsBy01 = steps.map(({ sent: __, ...step }) => step);
    assert.deepEqual(by01(text), { ...rest, ways, settings: known, steps: stepsBy01 });
  });

  it('of this version in which the leader goes last cannot be read by 0.1, which knows of no leader', async () => {
    const { readRoll: by01 } = await readersOf01();
    const led = { ...state, settings: { ...state.settings, leaderCheck: true } };
    const text = writeRoll('7f3a', led, { ...handling, leaderCheck: 'am-i-leader' });
    const record = readRoll(text);
    assert.ok('id' in record && record.settings.leaderCheck);
    assert.equal(record.handling.leaderCheck, 'am-i-leader');
    assert.ok('unreadable' in by01(text));
  });

  const changes: Record<string, (record: typeof recorded) => void> = {
    'a step came to where nobody knows of': (record) => Object.assign(record.steps[1], { progress: 'drained' }),
    'a setting is missing': (record) => Object.assign(record.settings, { stable: undefined }),
    'a setting has another form': (record) => Object.assign(record.settings, { maxUnavailable: '20%' }),
    'pods go in another way': (record) => Object.assign(record.ways, { evicts: 'resize' }),
    'a claim is named in another way': (record) => Object.assign(record.steps[1], { held: [{ name: 'data-web-1' }] }),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`of a newer version in which ${what} is called unreadable, by this one and by 0.1`, async () => {
      const newer = structuredClone(recorded);
      change(newer);
      const { readRoll: by01 } = await readersOf01();
      for (const read of [readRoll, by01]) assert.ok('unreadable' in read(JSON.stringify(newer)), what);
    });
  }
});

const handling = {
  evicts: false,
  preCheck: 'true',
  check: 'pg_isready -q',
  leaderCheck: undefined,
  container: 'main',
  checkTimeout: 60_000,
};
const held = [{ claim: 'data-web-1', uid: 'claim-1', volume: 'pv-1' }];
const state: RollState = {
  settings: {
    maxUnavailable: 2,
    timeout: 300_000,
    deadline: 7_200_000,
    stable: 10_000,
    confirm: true,
    preCheck: true,
    check: true,
    waitDns: false,
    leaderCheck: false,
  },
  set: { uid: 'set', generation: 3 },
  begun: 100,
  steps: [
    {
      pod: 'web-3',
      ordinal: 3,
      uid: 'old-3',
      held: [],
      phase: { kind: 'done', uid: 'new-3' },
      begun: 110,
      sentAt: undefined,
    },
    {
      pod: 'web-2',
      ordinal: 2,
      uid: 'old-2',
      held,
      phase: { kind: 'check', uid: 'new-2' },
      begun: 120,
      sentAt: undefined,
    },
    { pod: 'web-1', ordinal: 1, uid: 'old-1', held: [], phase: { kind: 'evicting' }, begun: 130, sentAt: undefined },
  ],
  leading: nobodyAsked,
  acted: 140,
  uncountedSince: undefined,
  interrupted: true,
  end: { kind: 'interrupted' },
};
