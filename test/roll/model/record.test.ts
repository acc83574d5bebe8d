import assert from 'node:assert/strict';
import { readRoll, writeRoll } from '#src/roll/model/record.ts';
import { nobodyAsked, type RollState } from '#src/roll/model/state.ts';
import { unchecked } from './rolls.ts';

const held = [{ claim: 'data-web-1', uid: 'claim-1', volume: 'pv-1' }];
const state: RollState = {
  settings: {
    maxUnavailable: 1,
    timeout: 300_000,
    deadline: 7_200_000,
    stable: 0,
    confirm: false,
    preCheck: false,
    check: true,
    waitDns: false,
    leaderCheck: false,
  },
  set: { uid: 'set', generation: 3 },
  begun: 100,
  steps: [
    {
      pod: 'web-2',
      ordinal: 2,
      uid: 'old-2',
      held: [],
      phase: { kind: 'done', uid: 'new-2' },
      begun: 110,
      sentAt: undefined,
    },
    {
      pod: 'web-1',
      ordinal: 1,
      uid: 'old-1',
      held,
      phase: { kind: 'check', uid: 'new-1' },
      begun: 120,
      sentAt: undefined,
    },
    { pod: 'web-0', ordinal: 0, uid: 'old-0', held: [], phase: { kind: 'evicting' }, begun: 130, sentAt: undefined },
  ],
  leading: nobodyAsked,
  acted: 140,
  uncountedSince: undefined,
  interrupted: true,
  end: { kind: 'interrupted' },
};
const handling = { ...unchecked, check: 'pg_isready -q', checkTimeout: 60_000 };
const text = writeRoll('7f3a', state, handling);

describe('the record of a roll', () => {
  it('is read as it was written', () => {
    const record = readRoll(text);
    assert.ok('id' in record, JSON.stringify(record));
    assert.deepEqual(
      [record.id, record.handling, record.settings, record.set],
      ['7f3a', handling, state.settings, state.set],
    );
    assert.deepEqual(record.steps, [
      { pod: 'web-2', uid: 'old-2', progress: 'done' },
      { pod: 'web-1', uid: 'old-1', progress: 'gone', held },
      { pod: 'web-0', uid: 'old-0', progress: 'waits', sent: true, held: [] },
    ]);
    assert.equal(record.fieldManager, undefined, 'as a record of version 0.1');
  });

  it('remembers under which name the Lease is written', () => {
    const record = readRoll(writeRoll('7f3a', state, handling, 'night-shift'));
    assert.ok('id' in record && record.fieldManager === 'night-shift');
  });

  const written = JSON.parse(text) as Record<string, unknown>;
  const broken: [what: string, text: string, why: string][] = [
    ['no JSON', '{', 'it is not JSON'],
    ['a list', '[]', 'it is not an object'],
    ['no id', JSON.stringify({ ...written, id: '' }), 'it has no id'],
    ['no set', JSON.stringify({ ...written, set: { uid: 'set' } }), 'it does not say of which set it is'],
    ['empty', JSON.stringify({ ...written, steps: [] }), 'it has no steps'],
    ['no steps', JSON.stringify({ ...written, steps: undefined }), 'it has no steps'],
    [
      'a step without a UID',
      JSON.stringify({ ...written, steps: [{ ...state.steps[0], progress: 'waits', uid: '' }] }),
      'its step 1 is not all there',
    ],
    [
      'a step that is how nobody knows',
      JSON.stringify({ ...written, steps: [{ ...state.steps[0], progress: 'almost' }] }),
      'its step 1 is not all there',
    ],
    [
      'settings that let all pods go',
      JSON.stringify({ ...written, settings: { ...state.settings, maxUnavailable: 0 } }),
      'its settings are not all there',
    ],
    [
      'settings with a time below zero',
      JSON.stringify({ ...written, settings: { ...state.settings, stable: -1 } }),
      'its settings are not all there',
    ],
    [
      'no way to let pods go',
      JSON.stringify({ ...written, ways: { ...handling, evicts: 'yes' } }),
      'its settings are not all there',
    ],
    ['no settings', JSON.stringify({ ...written, settings: undefined }), 'its settings are not all there'],
    ['no handling', JSON.stringify({ ...written, ways: [] }), 'its settings are not all there'],
    [
      'a roll by a leader without the check for it',
      JSON.stringify({ ...written, settings: undefined, ledSettings: state.settings }),
      'its leader check is missing',
    ],
    ['a step of text', JSON.stringify({ ...written, steps: ['web-2'] }), 'its step 1 is not all there'],
    [
      'a step with claims of nobody',
      JSON.stringify({ ...written, steps: [{ pod: 'web-2', uid: 'old-2', held: 'all' }] }),
      'its step 1 is not all there',
    ],
    [
      'a step with a claim without a name',
      JSON.stringify({ ...written, steps: [{ pod: 'web-2', uid: 'old-2', held: [{ uid: 'x' }] }] }),
      'its step 1 is not all there',
    ],
    [
      'settings that are not all there',
      JSON.stringify({ ...written, settings: { ...state.settings, check: 'yes' } }),
      'its settings are not all there',
    ],
  ];
  for (const [what, edited, why] of broken) {
    it(`is not gone on with where somebody made it ${what}`, () =>
      assert.deepEqual(readRoll(edited), { unreadable: why }));
  }

  it('is not gone on with where a pod is in it twice', () => {
    const [first] = written['steps'] as unknown[];
    assert.deepEqual(readRoll(JSON.stringify({ ...written, steps: [first, first] })), {
      unreadable: 'a pod is in it twice',
    });
  });
});
