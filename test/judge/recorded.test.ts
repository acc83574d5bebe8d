import assert from 'node:assert/strict';
import { parseTime } from '#src/objects/time.ts';
import { nextSyncs } from '#src/statefulset/controller/sync.ts';
import { controllerOf, syncOf } from './ask.ts';
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

  it('says the same for each controller, whichever others were asked before of the same state', () => {
    for (const { recipe } of cases) {
      const state = stateOf(recipe);
      const { set, pods, claims, now } = state;
      const known = variants.filter((variant) => takes(variant, recipe));
      const alone = known.map((variant) => syncOf(state, variant));
      const shared = nextSyncs(set, pods, claims, parseTime(now));
      const inTurn = known.map((variant) => shared(controllerOf(variant)));
      const backwards = known.toReversed().map((variant) => shared(controllerOf(variant)));
      assert.deepEqual(inTurn, alone, JSON.stringify(recipe));
      assert.deepEqual(backwards.toReversed(), alone, JSON.stringify(recipe));
    }
  });
});
