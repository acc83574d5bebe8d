import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { checkout } from '../runner/files.ts';
import { mutated, mutationsIn } from './mutations.ts';

describe('the faults that are written into the commands', () => {
  const sources = globSync('src/*/command/*.ts', { cwd: checkout }).map((file) => ({
    file,
    source: readFileSync(join(checkout, file), 'utf8'),
  }));

  it('change the source, and leave one that can be parsed: else any test would notice them', () => {
    for (const { file, source } of sources) {
      for (const mutation of mutationsIn(file, source)) {
        const { line, to } = mutation;
        const changed = mutated(source, mutation);
        assert.notEqual(changed, source, `${file}:${line}`);
        assert.deepEqual(parseSync(file, changed).errors, [], `${file}:${line}: ${to}`);
      }
    }
  });

  it('ignore each flag that is taken out of the flags, whatever it is called then', () => {
    const line = "const { check, 'pre-check': preCheck, ordinals: typed } = flags;";
    assert.deepEqual(
      mutationsIn('options.ts', line).map((mutation) => mutated(line, mutation)),
      [
        "const { ignored: check = undefined, 'pre-check': preCheck, ordinals: typed } = flags;",
        'const { check, ignored: preCheck = undefined, ordinals: typed } = flags;',
        "const { check, 'pre-check': preCheck, ignored: typed = undefined } = flags;",
      ],
    );
  });
});
