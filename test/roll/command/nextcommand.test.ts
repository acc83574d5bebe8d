import assert from 'node:assert/strict';
import { boldWords, goOnCommand, type RollTerms } from '#src/roll/command/nextcommand.ts';
import type { Phase, RollEnd, RollState } from '#src/roll/model/state.ts';
import { optionsWith } from '../../kube/options.ts';
import { rollOf, unchecked } from '../model/rolls.ts';

const careful = { ...unchecked, checkTimeout: 60_000 };
const lease = { duration: 30_000, fieldManager: 'kubectl-sts' };
const terms: RollTerms = {
  connection: optionsWith({ context: 'prod' }),
  namespace: 'shop',
  set: 'web',
  handling: careful,
  lease,
  own: { interactive: false, dnsService: undefined },
};
const phases: Phase[] = [{ kind: 'done', uid: 'new-2' }, { kind: 'waits' }, { kind: 'waits' }];

function command(more: Partial<RollTerms>, end?: RollEnd, settings: Partial<RollState['settings']> = {}) {
  const state = rollOf('web', phases);
  return goOnCommand({ ...terms, ...more }, { ...state, settings: { ...state.settings, ...settings }, end });
}

const changed: RollEnd = { kind: 'stopped', pod: undefined, reason: { kind: 'set changed' } };

describe('the command that goes on with a roll', () => {
  it('resumes it by its Lease', () => {
    assert.equal(command({}), 'kubectl sts roll web --resume -n shop --context prod');
    assert.equal(command({}, { kind: 'interrupted' }), 'kubectl sts roll web --resume -n shop --context prod');
  });

  it('says again what makes the roll bold, what no Lease remembers, and how the Lease is held', () => {
    const handling = { ...careful, evicts: false, check: "psql -c 'select 1'", container: 'db' };
    assert.equal(
      command(
        {
          handling,
          lease: { duration: 20_000, fieldManager: 'night shift' },
          own: { interactive: true, dnsService: { namespace: 'dns', name: 'coredns' } },
        },
        undefined,
        { maxUnavailable: 2, timeout: 1_000 },
      ),
      `kubectl sts roll web --resume -n shop --context prod --disable-eviction --max-unavailable 2 ` +
        `--check 'psql -c '\\''select 1'\\''' --container db --lease-duration 20s --field-manager 'night shift' ` +
        `--dns-service dns/coredns -i`,
    );
    assert.deepEqual(boldWords(careful, 1), []);
  });

  it('begins anew with the pods that are left, where there is no Lease', () => {
    assert.equal(command({ lease: undefined }), 'kubectl sts roll web --order 1,0 -n shop --context prod --no-lease');
    const handling = { ...careful, check: 'true', checkTimeout: 5_000 };
    assert.equal(
      command({ lease: undefined, handling }, undefined, {
        timeout: 90_000,
        deadline: 60_000,
        stable: 0,
        waitDns: true,
        leaderCheck: false,
      }),
      'kubectl sts roll web --order 1,0 -n shop --context prod --check true --wait-dns ' +
        '--timeout 90s --deadline 1m --stable 0s --check-timeout 5s --no-lease',
    );
  });

  it('forgets the roll and begins anew, where the set was changed', () => {
    assert.equal(
      command({ lease: { duration: 2_000, fieldManager: 'me' } }, changed),
      'kubectl sts roll web --abort -n shop --context prod && ' +
        'kubectl sts roll web --order 1,0 -n shop --context prod --lease-duration 2s --field-manager me',
    );
  });

  it('is none where nothing is left to do, or somebody else goes on', () => {
    assert.equal(command({}, { kind: 'done' }), undefined);
    assert.equal(command({}, { kind: 'stopped', pod: undefined, reason: { kind: 'set is gone' } }), undefined);
    const lost = { kind: 'lease lost', holder: 'ann' } as const;
    assert.equal(command({}, { kind: 'stopped', pod: undefined, reason: lost }), undefined);
    const all = rollOf('web', [{ kind: 'coming' }]);
    assert.equal(goOnCommand({ ...terms, lease: undefined }, all), undefined);
  });
});
