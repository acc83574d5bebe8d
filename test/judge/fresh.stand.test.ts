/** Fresh random states in each run, of the newest version. `npm run judge` asks all versions about more. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runs } from '../properties.ts';
import { newest } from '../stand/kubernetes.ts';
import { disagreements, randomRecipes, smallest, syncOf } from './ask.ts';
import { type State, variants } from './controller.ts';
import { smallestWrongWait, wrongWaits } from './experiment.ts';
import { mutant } from './mutant.ts';
import { waitMutations } from './mutations.ts';
import { nameOf, takes } from './recording.ts';
import { stateOf } from './states.ts';

const asked = variants.filter(({ minor }) => minor === newest);

// The executables of this file are built for the stand, which it does not need itself.
describe('nextSync and the controller itself', function () {
  this.timeout(300_000);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const recipes = randomRecipes(runs(2_000), seed);
  const again = `npm run judge -- --kubernetes ${newest} --states ${recipes.length} --seed ${seed}`;

  for (const variant of asked) {
    it(`do the same in fresh states: ${nameOf(variant)}`, async () => {
      const [first] = await disagreements(variant, recipes);
      if (first === undefined) return;
      const { state, differences } = await smallest(variant, first);
      assert.fail([again, ...differences, JSON.stringify(state)].join('\n'));
    });

    it(`wait for the same pods, by experiment: ${nameOf(variant)}`, async () => {
      const [first] = await wrongWaits(variant, recipes);
      if (first === undefined) return;
      const { recipe, complaint } = await smallestWrongWait(variant, first);
      assert.fail([again, complaint, JSON.stringify(recipe)].join('\n'));
    });
  }
});

describe('by experiment, a port that', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-judge-'));
  after(() => rmSync(folder, { recursive: true }));
  // The seed is fixed, so that it is no matter of luck whether a fault shows.
  const recipes = randomRecipes(10_000, 16);

  for (const [at, mutation] of waitMutations.entries()) {
    it(`${mutation.fault} is caught`, async () => {
      const faulty = await mutant(mutation, join(folder, `${at}`));
      for (const variant of asked) {
        const waits = (state: State, next?: typeof faulty) => JSON.stringify(syncOf(state, variant, next).waits);
        // The fault can show nowhere else.
        const telling = recipes.filter((recipe) => {
          const state = stateOf(recipe);
          return takes(variant, recipe) && waits(state) !== waits(state, faulty);
        });
        if ((await wrongWaits(variant, telling.slice(0, 20), faulty)).length > 0) return;
      }
      assert.fail('nobody noticed');
    });
  }
});
