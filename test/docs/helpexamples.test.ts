/** The examples of the help before any of them is run. */
import assert from 'node:assert/strict';
import { examples, exempt, expected } from './helpexamples.ts';

describe('the examples of the help', () => {
  it('are each run on the stand, or exempt with a reason', () => {
    assert.ok(examples.length > 30, `${examples.length} examples`);
    assert.deepEqual([...Object.keys(expected), ...Object.keys(exempt)].sort(), [...examples].sort());
    for (const [example, reason] of Object.entries(exempt)) assert.notEqual(reason, '', example);
  });
});
