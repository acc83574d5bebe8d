/** Each fault that is seeded into `nextSync` must show in the recorded answers of the controllers. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncOf } from './ask.ts';
import { differences } from './compare.ts';
import { variants } from './controller.ts';
import { mutant } from './mutant.ts';
import { mutations } from './mutations.ts';
import { nameOf, readRecording } from './recording.ts';
import { stateOf } from './states.ts';

describe('a controller’s port that', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-judge-'));
  after(() => rmSync(folder, { recursive: true }));
  const { cases } = readRecording();
  const states = cases.map(({ recipe, answers }) => ({ state: stateOf(recipe), answers }));

  for (const [at, mutation] of mutations.entries()) {
    it(`${mutation.fault} is caught`, async () => {
      const faulty = await mutant(mutation, join(folder, `${at}`));
      const caught = variants.some((variant) =>
        states.some(({ state, answers }) => {
          const answer = answers.find(({ variants: names }) => names.includes(nameOf(variant)))?.answer;
          return answer !== undefined && differences(state, syncOf(state, variant, faulty), answer).length > 0;
        }),
      );
      assert.ok(caught);
    });
  }
});
