import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeBundle } from '../../packaging/bundle.ts';
import { checkout } from '../runner/files.ts';
import { http2Groups } from './connect/cases.ts';
import { combinedCases, sizes } from './connect/combined.ts';
import type { Plugin } from './connect/compare.ts';
import { pairsIn, pairsOf, pairwise } from './connect/pairwise.ts';
import { describeCases } from './connect/suite.ts';

describe('on Node, through bin/run.js', () => {
  before(writeBundle);

  const plugin: Plugin = () => [process.execPath, join(checkout, 'bin', 'run.js')];
  const ways = { 'by each two ways at once': combinedCases };
  describeCases('the plugin connects exactly as kubectl does', ways, { atATime: 6, plugin });
  const { 'where a list of StatefulSets meets': troubles = [] } = http2Groups;
  const groups = { ...ways, 'where a list of StatefulSets meets': troubles };
  describeCases('the plugin connects by HTTP/2 exactly as kubectl does', groups, { atATime: 6, plugin, http2: true });
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
