import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { casesOf, groups } from './connect/cases.ts';
import { describeCases } from './connect/suite.ts';

const shared = casesOf(groups, ({ alone }) => !alone);
describeCases('the plugin connects exactly as kubectl does', shared, { atATime: 6 });

describe('docs/kubectl-differences.md', () => {
  const text = readFileSync(join(checkout, 'docs', 'kubectl-differences.md'), 'utf8');
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const cases = Object.values(groups).flat();
  const named = new Set(cases.flatMap(({ differs }) => differs?.heading ?? []));

  it('says why there is each difference that the cases expect', () => {
    for (const heading of named) assert.ok(headings.includes(heading), heading);
  });

  it('names no difference that no case shows', () => {
    assert.deepEqual(
      headings.filter((heading) => !named.has(heading ?? '')),
      [
        // Each case that fails shows it.
        'Exit code 2',
        // test/cli/arguments.test.ts
        'The nearest flag',
        // test/platforms/
        'Batch files as credential plugins',
        // test/packaging/executable.test.ts
        'In a folder that was deleted',
        // files.test.ts
        'Files',
        // version.test.ts
        '`version --server`',
      ],
    );
  });
});
