import assert from 'node:assert/strict';
import { didYouMean, nearest } from '#src/cli/similar.ts';

const names = ['all-namespaces', 'as', 'context', 'ordinals', 'outdated', 'output', 'timeout', 'v', 'watch', 'wait'];

describe('the names nearest to a word', () => {
  const table: [typed: string, near: string[]][] = [
    ['otdated', ['outdated']],
    ['outdaetd', ['outdated']],
    ['ouptut', ['output']],
    ['time-out', ['timeout']],
    // Both differ in one character, or two.
    ['wat', ['wait']],
    ['wach', ['watch']],
    // No name is near: those that begin with the word.
    ['all', ['all-namespaces']],
    ['out', ['outdated', 'output']],
    // Half of a short word would fit nearly any other.
    ['xy', []],
    ['o', []],
    ['', []],
    ['nope', []],
    ['kubeconfig', []],
  ];
  for (const [typed, near] of table) {
    it(`are ${near.join(' and ') || 'none'} for ${JSON.stringify(typed)}`, () => {
      assert.deepEqual(nearest(typed, names), near);
      assert.deepEqual(nearest(typed, [...names, ...names]), near);
    });
  }

  it('are none where there are no names', () => assert.deepEqual(nearest('watch', []), []));

  it('stand below the error as cobra puts them', () => {
    assert.equal(didYouMean(['--wait', '--watch']), '\n\nDid you mean this?\n\t--wait\n\t--watch');
    assert.equal(didYouMean([]), '');
  });
});
