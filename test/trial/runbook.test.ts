/** The runbook that `npm run trial -- --runbook` writes: it must have been run since its steps were changed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from '../docs/markdown.ts';
import { blocksOf } from '../docs/pages.ts';
import { steps, when } from '../real/trial/runbooksteps.ts';
import { checkout } from '../runner/files.ts';

const file = 'docs/runbooks/replicated-database.md';
const text = readFileSync(join(checkout, file), 'utf8');
const all = Object.values(steps).flat();

describe(file, () => {
  it('shows the commands of its script, in their order, with the exit codes that the script asks for', () => {
    const shown = blocksOf(readPage(file, text)).map(({ language, lines }) => {
      const code = /^\(exit code (\d+)\)$/.exec(lines.at(-1) ?? '')?.[1] ?? '0';
      return [language, lines[0], Number(code)];
    });
    const run = all.flatMap((step) => ('run' in step ? [['console', `$ ${step.run}`, step.code ?? 0]] : []));
    assert.deepEqual(shown, run);
  });

  it('begins with when it is needed', () => {
    assert.ok(text.startsWith(`# A replicated database\n\n${when}\n`));
  });

  it('has all that the script says between them', () => {
    for (const step of all) if ('text' in step) assert.ok(text.includes(`\n${step.text}\n`), step.text);
  });
});
