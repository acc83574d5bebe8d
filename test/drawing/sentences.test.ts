import assert from 'node:assert/strict';
import { counted, inOneLine, listed, shortened } from '#src/drawing/sentences.ts';
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

  it('of the scheduler end before its remarks on preemption', () => {
    assert.equal(
      shortened('0/2 nodes are available: 2 cordoned. preemption: none.'),
      '0/2 nodes are available: 2 cordoned',
    );
  });

  it('of the API server end before the fields that may be changed, and what was to be', () => {
    assert.equal(
      shortened('Forbidden: may not change fields other than `spec.a`\n@@ -1 +1'),
      'Forbidden: may not change fields',
    );
    assert.equal(shortened('Forbidden\n@@ -1 +1'), 'Forbidden');
  });

  it('that are long keep their beginning and their end, in whole words', () => {
    assert.equal(shortened(`failed to mount ${'very '.repeat(40)}deep: no such file`).length <= 160, true);
    assert.match(
      shortened(`failed to mount ${'very '.repeat(40)}deep: no such file`),
      /^failed to mount( very)+ … (very )+deep: no such file$/,
    );
    assert.equal(shortened('a'.repeat(200)), `${'a'.repeat(78)} … ${'a'.repeat(78)}`);
  });

  it('together are as grave as the gravest', () => {
    assert.equal(gravest([{ tone: 'good' }, { tone: 'faint' }, {}, { tone: 'warning' }, { tone: 'bad' }]), 'bad');
    assert.equal(gravest([{ tone: 'good' }, { tone: 'faint' }]), 'faint');
    assert.equal(gravest([{}]), undefined);
  });
});
