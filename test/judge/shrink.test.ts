import assert from 'node:assert/strict';
import { randomRecipes } from './ask.ts';
import { plainSet, type Recipe, wellPod } from './recipes.ts';
import { shrunk } from './shrink.ts';

describe('a recipe that shows something', () => {
  /** A pod is being deleted, and one below it is not ready. */
  const shows = ({ slots }: Recipe) => {
    const ending = slots.findLastIndex(({ pod }) => pod?.terminating);
    return slots.some(({ pod }, place) => place < ending && pod?.ready === 'False');
  };

  it('loses everything that does not belong to it', async () => {
    const first = randomRecipes(200, 1).find(shows);
    assert.ok(first);
    const { set, slots, strangers } = await shrunk(first, async (recipes) => recipes.map(shows));
    assert.deepEqual(set, plainSet);
    assert.deepEqual(strangers, []);
    assert.deepEqual(
      slots.map(({ pod }) => pod),
      [
        { ...wellPod, ready: 'False' },
        { ...wellPod, terminating: true },
      ],
    );
    for (const { claims } of slots) assert.ok(claims.every(({ state, owners }) => state === 'there' && !owners.length));
  });

  it('stays as it is where nothing simpler shows it', async () => {
    const recipe: Recipe = { set: plainSet, below: 0, slots: [], strangers: [] };
    assert.equal(await shrunk(recipe, async (recipes) => recipes.map(() => true)), recipe);
  });
});
