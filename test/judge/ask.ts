/** Asks `nextSync` and a controller about random states, and finds the smallest state about which they disagree. */
import fc from 'fast-check';
import { parseTime } from '#src/objects/time.ts';
import type { Controller, Sync } from '#src/statefulset/controller/acts.ts';
import { nextSync } from '#src/statefulset/controller/sync.ts';
import { differences } from './compare.ts';
import { askController, type State, type Variant } from './controller.ts';
import { type Recipe, recipes } from './recipes.ts';
import { takes } from './recording.ts';
import { shrunk } from './shrink.ts';
import { stateOf } from './states.ts';

export interface Disagreement {
  recipe: Recipe;
  state: State;
  differences: string[];
}

/** The controller of a variant, as `nextSync` takes it. */
export function controllerOf({ minor, gates }: Variant): Controller {
  const { MaxUnavailableStatefulSet = false, StatefulSetRecreateStrategy = false } = gates;
  return {
    minor: Number(minor.split('.')[1]),
    gates: { maxUnavailable: MaxUnavailableStatefulSet, recreate: StatefulSetRecreateStrategy },
  };
}

/** @param next the port, or one with a fault in it */
export function syncOf({ set, pods, claims, now }: State, variant: Variant, next = nextSync): Sync {
  return next(set, pods, claims, parseTime(now), controllerOf(variant));
}

export function randomRecipes(count: number, seed: number): Recipe[] {
  return fc.sample(recipes, { numRuns: count, seed });
}

/** @returns the states about which the two disagree */
export async function disagreements(variant: Variant, asked: readonly Recipe[]): Promise<Disagreement[]> {
  const known = asked.filter((recipe) => takes(variant, recipe));
  const states = known.map(stateOf);
  const answers = await askController(variant, states);
  return states.flatMap((state, place) => {
    const [answer, recipe] = [answers[place], known[place]];
    const found = answer ? differences(state, syncOf(state, variant), answer) : ['no answer'];
    return found.length > 0 && recipe ? [{ recipe, state, differences: found }] : [];
  });
}

/** Makes a disagreement as small as it can be made. */
export async function smallest(variant: Variant, first: Disagreement): Promise<Disagreement> {
  const recipe = await shrunk(first.recipe, async (candidates) => {
    const found = await disagreements(variant, candidates);
    const disputed = new Set(found.map((each) => each.recipe));
    return candidates.map((candidate) => disputed.has(candidate));
  });
  const [found] = await disagreements(variant, [recipe]);
  // The controller of a Parallel set works in no order, and may not do the same again.
  return found ?? first;
}
