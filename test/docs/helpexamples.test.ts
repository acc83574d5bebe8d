/** The examples of the help before any of them is run. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { examples, exempt, expected } from './helpexamples.ts';

describe('the examples of the help', () => {
  it('are each run on the stand, or exempt', () => {
    assert.ok(examples.length > 30, `${examples.length} examples`);
    assert.deepEqual([...Object.keys(expected), ...Object.keys(exempt)].sort(), [...examples].sort());
  });

  it('are run by another test where they are exempt, each for a reason', () => {
    for (const [example, { reason, test }] of Object.entries(exempt)) {
      assert.notEqual(reason, '', example);
      assert.ok(readFileSync(join(checkout, test), 'utf8').includes(example), `${test} does not run ${example}`);
    }
  });
});
