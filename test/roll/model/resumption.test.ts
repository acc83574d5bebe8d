import assert from 'node:assert/strict';
import { type RollRecord, readRoll, writeRoll } from '#src/roll/model/record.ts';
import { isSameRoll, mismatchOf, resumed } from '#src/roll/model/resumption.ts';
import { nobodyAsked, type Phase } from '#src/roll/model/state.ts';
import { boundClaim, podOf, statefulSet } from '../../objects/snapshots.ts';
import { rollOf, unchecked } from './rolls.ts';

const phases: Phase[] = [{ kind: 'done', uid: 'new-2' }, { kind: 'check', uid: 'new-1' }, { kind: 'evicting' }];
const handling = { ...unchecked, check: 'true', checkTimeout: 60_000 };

function recordOf(state = rollOf('web', phases)): RollRecord {
  const record = readRoll(writeRoll('7f3a', state, handling));
  assert.ok('id' in record);
  return record;
}

describe('a roll that is resumed', () => {
  it('goes on by the clock of the run that resumes it, from where each pod was', () => {
    const { steps, ...rest } = resumed(recordOf(), { set: undefined, pods: [], claims: [] }, 9_000);
    const { settings, set } = rollOf('web', phases);
    assert.deepEqual(rest, {
      settings,
      set,
      begun: 9_000,
      leading: nobodyAsked,
      acted: 9_000,
      uncountedSince: undefined,
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
  });

  it('takes the claims of a pod that waits from the cluster', () => {
    const set = statefulSet('web', { replicas: 2, templates: ['data'] });
    const waits = recordOf(rollOf('web', [{ kind: 'coming' }, { kind: 'waits' }]));
    const record = { ...waits, steps: waits.steps.map(({ held: _, ...step }) => step) };
    const pods = [podOf(set, 0, { metadata: { uid: 'old-0' } })];
    const state = resumed(record, { set, pods, claims: [boundClaim('data-web-0')] }, 1);
    assert.deepEqual(
      state.steps.map(({ held }) => held.map(({ claim, volume }) => [claim, volume])),
      [[], [['data-web-0', 'pv-data-web-0']]],
    );
  });

  it('is none in a set that is not as it was, or does not have its pods', () => {
    const record = recordOf();
    const set = (name: string, metadata: object = record.set, spec: object = {}) =>
      statefulSet(name, { replicas: 3, metadata, spec });
    assert.equal(mismatchOf(record, set('web')), undefined);
    assert.deepEqual(mismatchOf(record, set('web', { ...record.set, uid: 'other' })), { kind: 'set recreated' });
    assert.deepEqual(mismatchOf(record, set('web', { ...record.set, generation: 99 })), { kind: 'set changed' });
    assert.deepEqual(mismatchOf(record, set('db')), { kind: 'strange pod', pod: 'web-2' });
    const strange = { ...record, steps: record.steps.map((step) => ({ ...step, pod: step.pod.replace('-', '--') })) };
    assert.deepEqual(mismatchOf(strange, set('web')), { kind: 'strange pod', pod: 'web--2' });
    const wide = { ...record, settings: { ...record.settings, maxUnavailable: 2 } };
    assert.deepEqual(mismatchOf(wide, set('web')), { kind: 'ordered set' });
    assert.equal(mismatchOf(wide, set('web', record.set, { podManagementPolicy: 'Parallel' })), undefined);
  });

  it('is the same roll however far it has come, but not with other commands', () => {
    const record = recordOf();
    assert.ok(isSameRoll(record, recordOf(rollOf('web', phases.toReversed()))));
    assert.ok(!isSameRoll(record, { ...record, id: '0000' }));
    assert.ok(!isSameRoll(record, { ...record, handling: { ...handling, check: 'rm -r /' } }));
    assert.ok(!isSameRoll(record, { ...record, settings: { ...record.settings, maxUnavailable: 3 } }));
  });
});
