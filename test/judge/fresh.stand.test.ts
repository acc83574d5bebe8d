/** Fresh random states in each run, of the newest version. `npm run judge` asks all versions about more. */
import assert from 'node:assert/strict';
import { runs } from '../properties.ts';
import { newest } from '../stand/kubernetes.ts';
import { disagreements, randomRecipes, smallest } from './ask.ts';
import { variants } from './controller.ts';
import { wrongWaits } from './experiment.ts';
import { nameOf, takes } from './recording.ts';

// The executables of this file are built for the stand, which it does not need itself.
describe('nextSync and the controller itself', function () {
  this.timeout(300_000);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const recipes = randomRecipes(runs(2_000), seed);

  for (const variant of variants.filter(({ minor }) => minor === newest)) {
    it(`do the same in fresh states: ${nameOf(variant)}`, async () => {
      const [first] = await disagreements(variant, recipes);
      if (first === undefined) return;
      const { state, differences } = await smallest(variant, first);
      assert.fail([`npm run judge -- --seed ${seed}`, ...differences, JSON.stringify(state)].join('\n'));
    });

    it(`wait for the same pods, by experiment: ${nameOf(variant)}`, async () => {
      const known = recipes.filter((recipe) => takes(variant, recipe));
      assert.deepEqual(await wrongWaits(variant, known), [], `npm run judge -- --seed ${seed}`);
    });
  }
});
