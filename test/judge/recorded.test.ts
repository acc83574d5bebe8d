import assert from 'node:assert/strict';
import { syncOf } from './ask.ts';
import { differences } from './compare.ts';
import { variants } from './controller.ts';
import { nameOf, readRecording, takes } from './recording.ts';
import { stateOf } from './states.ts';

describe('nextSync', () => {
  const { cases } = readRecording();

  for (const variant of variants) {
    const name = nameOf(variant);
    it(`does what the controller of ${name} did in each recorded state`, () => {
      let count = 0;
      for (const { recipe, answers } of cases) {
        const answer = answers.find(({ variants: names }) => names.includes(name))?.answer;
        assert.equal(
          answer !== undefined,
          takes(variant, recipe),
          'the recording is not of this version: npm run judge',
        );
        if (answer === undefined) continue;
        const state = stateOf(recipe);
        assert.deepEqual(differences(state, syncOf(state, variant), answer), [], JSON.stringify(recipe));
        count++;
      }
      assert.ok(count >= 300, `${count} states`);
    });
  }
});
