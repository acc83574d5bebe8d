import assert from 'node:assert/strict';
import { counted, inOneLine, listed } from '#src/drawing/sentences.ts';
import { gravest } from '#src/drawing/tone.ts';

describe('sentences', () => {
  it('list words with commas, without empty ones', () => {
    assert.equal(listed('a', '', undefined, false, 'b'), 'a, b');
    assert.equal(listed(), '');
  });

  it('count one thing and several', () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => counted(count, 'claim')),
      ['0 claims', '1 claim', '2 claims'],
    );
  });

  it('of the cluster stand on one line without a full stop', () => {
    assert.equal(inOneLine(' no space left.\n\tTry later. '), 'no space left. Try later');
  });

  it('together are as grave as the gravest', () => {
    assert.equal(gravest([{ tone: 'good' }, { tone: 'faint' }, {}, { tone: 'warning' }, { tone: 'bad' }]), 'bad');
    assert.equal(gravest([{ tone: 'good' }, { tone: 'faint' }]), 'faint');
    assert.equal(gravest([{}]), undefined);
  });
});
