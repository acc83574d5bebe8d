import assert from 'node:assert/strict';
import { readRoll, resumed, whyNotResumed, writeRoll } from '#src/roll/model/record.ts';
import type { RollState } from '#src/roll/model/state.ts';
import { statefulSet } from '../../objects/snapshots.ts';

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
  },
  set: { uid: 'set', generation: 3 },
  begun: 100,
  steps: [
    { pod: 'web-2', ordinal: 2, uid: 'old-2', held: [], phase: { kind: 'done', uid: 'new-2' }, begun: 110 },
    { pod: 'web-1', ordinal: 1, uid: 'old-1', held, phase: { kind: 'check', uid: 'new-1' }, begun: 120 },
    { pod: 'web-0', ordinal: 0, uid: 'old-0', held: [], phase: { kind: 'evicting' }, begun: 130 },
  ],
  acted: 140,
  interrupted: true,
  end: { kind: 'interrupted' },
};
const handling = {
  evicts: true,
  preCheck: undefined,
  check: 'pg_isready -q',
  container: undefined,
  checkTimeout: 60_000,
};
const text = writeRoll('7f3a', state, handling);
const nobody = { set: undefined, pods: [], claims: [] };

describe('the record of a roll', () => {
  it('is read as it was written, and goes on by the clock of whoever reads it', () => {
    const record = readRoll(text);
    assert.ok('id' in record, JSON.stringify(record));
    assert.deepEqual([record.id, record.handling], ['7f3a', handling]);
    const { steps, ...rest } = resumed(record, nobody, 9_000);
    assert.deepEqual(rest, {
      settings: state.settings,
      set: state.set,
      begun: 9_000,
      acted: 9_000,
      interrupted: false,
      end: undefined,
    });
    assert.deepEqual(
      steps.map(({ pod, uid, phase, begun }) => [pod, uid, phase, begun]),
      [
        ['web-2', 'old-2', { kind: 'done', uid: '' }, 9_000],
        ['web-1', 'old-1', { kind: 'coming' }, 9_000],
        ['web-0', 'old-0', { kind: 'waits' }, undefined],
      ],
    );
    assert.deepEqual(steps[1]?.held, held);
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
      'settings that are not all there',
      JSON.stringify({ ...written, settings: { ...state.settings, check: 'yes' } }),
      'its settings are not all there',
    ],
  ];
  for (const [what, edited, why] of broken) {
    it(`is not gone on with where somebody made it ${what}`, () =>
      assert.deepEqual(readRoll(edited), { unreadable: why }));
  }

  it('is not gone on with in a set that is another one, or whose pods are none of it', () => {
    const record = readRoll(text);
    assert.ok('id' in record);
    const set = (name: string, metadata: object = state.set) => statefulSet(name, { replicas: 3, metadata });
    assert.equal(whyNotResumed(record, set('web')), undefined);
    assert.equal(whyNotResumed(record, set('web', { ...state.set, uid: 'other' })), 'the set was made anew since');
    assert.match(whyNotResumed(record, set('web', { ...state.set, generation: 99 })) ?? '', /changed or scaled/);
    assert.match(whyNotResumed(record, set('db')) ?? '', /names web-2, which is no pod of the set/);
    const strange = { ...record, steps: record.steps.map((one) => ({ ...one, pod: one.pod.replace('-', '--') })) };
    assert.match(whyNotResumed(strange, set('web')) ?? '', /no pod of the set/);
  });

  it('is not gone on with where a pod is in it twice', () => {
    const [first] = written['steps'] as unknown[];
    assert.deepEqual(readRoll(JSON.stringify({ ...written, steps: [first, first] })), {
      unreadable: 'a pod is in it twice',
    });
  });
});
