import assert from 'node:assert/strict';
import { claimHolders, deletionWords, volumeHolders } from '#src/drawing/deletionwords.ts';
import { parseTime } from '#src/objects/time.ts';

const now = parseTime('2026-03-09T12:00:00Z');

function going(finalizers: string[] = [], deletionTimestamp = '2026-03-09T08:00:30Z', deletionGracePeriodSeconds = 30) {
  return { metadata: { name: 'x', deletionTimestamp, deletionGracePeriodSeconds, finalizers } };
}

describe('an object that is being deleted', () => {
  it('tells since when, from when that was asked and not from the end of its grace period', () => {
    assert.equal(deletionWords(going(), now), 'terminating for 4h');
    assert.equal(deletionWords(going([], '2026-03-09T12:00:20Z'), now), 'terminating for 10s');
    assert.equal(deletionWords(going([], '2026-03-09T12:10:00Z'), now), 'terminating for 0s');
    assert.equal(deletionWords(going([], 'x'), now), 'terminating');
    assert.equal(deletionWords({ metadata: { name: 'x' } }, now), '');
  });

  it('tells the finalizers that hold it', () => {
    assert.equal(deletionWords(going(['a/b', 'c/d']), now), 'terminating for 4h, held by a/b and c/d');
    assert.equal(
      deletionWords(going(['foregroundDeletion']), now),
      'terminating for 4h, held by the objects that it owns (foregroundDeletion)',
    );
  });

  it('tells which pods hold a claim, and which claim holds a volume', () => {
    const claim = going(['kubernetes.io/pvc-protection']);
    assert.equal(
      deletionWords(claim, now, () => claimHolders(['db-0', 'db-1'])),
      'terminating for 4h, held by db-0 and db-1',
    );
    assert.equal(
      deletionWords(claim, now, () => claimHolders([])),
      'terminating for 4h, held by kubernetes.io/pvc-protection',
    );
    const volume = going(['kubernetes.io/pv-protection']);
    const words = (phase: string) => deletionWords(volume, now, () => volumeHolders('data-0', phase));
    assert.equal(words('Bound'), 'terminating for 4h, held by its claim data-0');
    assert.equal(words('Released'), 'terminating for 4h, held by kubernetes.io/pv-protection');
  });
});
