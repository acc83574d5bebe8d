/**
 * Makes a recipe smaller for as long as it still shows what it is to show. fast-check can shrink only what it has just
 * made itself, one value at a time; here a controller answers about all smaller recipes at once.
 */
import {
  type ClaimRecipe,
  type PodRecipe,
  plainSet,
  type Recipe,
  type SetRecipe,
  type Slot,
  wellPod,
} from './recipes.ts';

/**
 * @param shows tells of each recipe whether it shows what the first one does
 * @returns a recipe of which no simpler one shows it
 */
export async function shrunk(
  first: Recipe,
  shows: (recipes: readonly Recipe[]) => Promise<readonly boolean[]>,
): Promise<Recipe> {
  for (let recipe = first; ; ) {
    const candidates = simpler(recipe);
    const place = (await shows(candidates)).indexOf(true);
    const next = candidates[place];
    if (next === undefined) return recipe;
    recipe = next;
  }
}

/** Recipes that have one thing less than this one, those that have much less first. */
function simpler(recipe: Recipe): Recipe[] {
  const { set, slots, strangers } = recipe;
  return [
    ...without(strangers).map((fewer) => ({ ...recipe, strangers: fewer })),
    ...without(slots).flatMap((fewer) => [
      { ...recipe, slots: fewer, set: { ...set, replicas: Math.max(set.replicas - 1, 0) } },
      { ...recipe, slots: fewer },
    ]),
    ...(recipe.below > 0 ? [{ ...recipe, below: 0 }] : []),
    ...simplerSets(set).map((simple) => ({ ...recipe, set: simple })),
    ...slots.flatMap((slot, place) =>
      simplerSlots(slot).map((simple) => ({ ...recipe, slots: slots.with(place, simple) })),
    ),
    ...strangers.flatMap(({ name, pod }, place) =>
      plainer(pod, wellPod).map((simple) => ({ ...recipe, strangers: strangers.with(place, { name, pod: simple }) })),
    ),
  ];
}

function simplerSets(set: SetRecipe): SetRecipe[] {
  return [
    ...(set.replicas > 0 ? [{ ...set, replicas: set.replicas - 1 }] : []),
    ...without(set.templates).map((templates) => ({ ...set, templates })),
    ...plainer(set, { ...plainSet, replicas: set.replicas, templates: set.templates }),
  ];
}

function simplerSlots({ pod, claims }: Slot): Slot[] {
  return [
    ...(pod === undefined ? [] : plainer<PodRecipe>(pod, wellPod).map((simple) => ({ pod: simple, claims }))),
    ...claims.flatMap((claim, place) =>
      [
        ...without(claim.owners).map((owners) => ({ ...claim, owners })),
        ...plainer<ClaimRecipe>(claim, { ...claim, state: 'there' }),
      ].map((simple) => ({ pod, claims: claims.with(place, simple) })),
    ),
  ];
}

/** The list without each of its members. */
function without<T>(list: readonly T[]): T[][] {
  return list.map((_, place) => list.toSpliced(place, 1));
}

/** The object as plain as can be, and with each of its properties that is not plain made so. */
function plainer<T extends object>(object: T, plain: T): T[] {
  const odd = (Object.keys(plain) as (keyof T)[]).filter((key) => object[key] !== plain[key]);
  const each = odd.map((key) => ({ ...object, [key]: plain[key] }));
  return odd.length > 1 ? [{ ...plain }, ...each] : each;
}
