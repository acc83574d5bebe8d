import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeBundle } from '../../packaging/bundle.ts';
import { checkout } from '../runner/files.ts';
import { combinedCases, sizes } from './connect/combined.ts';
import { pairsIn, pairsOf, pairwise } from './connect/pairwise.ts';
import { describeCases } from './connect/suite.ts';

describe('on Node, through bin/run.js', () => {
  before(writeBundle);

  const groups = { 'by each two ways at once': combinedCases };
  describeCases('the plugin connects exactly as kubectl does', groups, 6, () => [
    process.execPath,
    join(checkout, 'bin', 'run.js'),
  ]);
});

describe('combinations of ways', () => {
  it('have each two of different kinds at least once', () => {
    const met = new Set(pairwise(sizes).flatMap(pairsIn));
    assert.deepEqual(
      pairsOf(sizes).filter((pair) => !met.has(pair)),
      [],
    );
  });

  it('are few', () => {
    const all = sizes.reduce((product, size) => product * size, 1);
    assert.ok(combinedCases.length < 60, `${combinedCases.length} of ${all}`);
  });
});
