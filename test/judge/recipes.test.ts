/** The random states hold everything that the judge is to judge: zero disagreements about what never occurs say nothing. */
import assert from 'node:assert/strict';
import type { Sync } from '#src/statefulset/controller/acts.ts';
import { randomRecipes, syncOf } from './ask.ts';
import { variants } from './controller.ts';
import type { PodRecipe, Recipe } from './recipes.ts';
import { stateOf } from './states.ts';

const count = 4_000;

interface Sampled {
  recipe: Recipe;
  pods: readonly PodRecipe[];
  /** With all gates on. */
  sync: Sync;
}

/** What must occur, and in how many of a thousand states at least. */
const kinds: [what: string, least: number, occurs: (sampled: Sampled) => boolean][] = [
  ['OrderedReady', 300, ({ recipe }) => recipe.set.policy === 'OrderedReady'],
  ['Parallel', 300, ({ recipe }) => recipe.set.policy === 'Parallel'],
  ['a partition', 100, ({ recipe }) => recipe.set.partition > 0],
  ['a partition with ordinals.start', 30, ({ recipe }) => recipe.set.partition > 0 && recipe.set.start > 0],
  ['maxUnavailable', 200, ({ recipe }) => recipe.set.maxUnavailable !== undefined],
  ['maxUnavailable as a share', 100, ({ recipe }) => typeof recipe.set.maxUnavailable === 'string'],
  ['OnDelete', 50, ({ recipe }) => recipe.set.strategy === 'OnDelete'],
  ['Recreate', 50, ({ recipe }) => recipe.set.strategy === 'Recreate'],
  ['a set that is being deleted', 10, ({ recipe }) => recipe.set.deleted],
  [
    'a pod that is ready and not available',
    100,
    ({ recipe, pods }) =>
      pods.some(({ ready, since }) => ready === 'True' && since < recipe.set.minReadySeconds) &&
      recipe.set.minReadySeconds > 0,
  ],
  ['a wait for a pod to be available', 10, waitsFor('not available')],
  ['a wait for a pod to be ready', 50, waitsFor('not ready')],
  ['a wait for a pod that is being deleted', 50, waitsFor('terminating')],
  ['a wait for a claim of an earlier pod', 5, waitsFor('claim is stale')],
  ['a pod that is removed by a scale-down', 50, deletes('scale-down')],
  ['a pod that is deleted by the update', 50, deletes('update')],
  ['a pod that is deleted to be recreated', 20, deletes('recreate')],
  ['a pod that is deleted since it has ended', 20, deletes('ended')],
  ['a pod without an ordinal', 5, ({ recipe }) => recipe.strangers.some(({ name }) => name === 'no number')],
  ['an ordinal that is too high', 5, ({ recipe }) => recipe.strangers.some(({ name }) => name === 'too high')],
  [
    'an ended pod that a finalizer holds',
    50,
    ({ pods }) => pods.some(({ phase, terminating }) => terminating && (phase === 'Failed' || phase === 'Succeeded')),
  ],
  ['an error for a claim that is being deleted', 10, fails('claim is being deleted')],
  [
    'owners of claims that the retention policy changes',
    50,
    ({ sync }) => sync.acts.some(({ act }) => act === 'update claim'),
  ],
  [
    'owners of claims, with a retention policy',
    100,
    ({ recipe: { set, slots } }) =>
      (set.whenScaled === 'Delete' || set.whenDeleted === 'Delete') &&
      set.templates.length > 0 &&
      slots.some(({ claims }) => claims.some(({ owners }) => owners.length > 0)),
  ],
  ['an adoption', 20, does('adopt')],
  ['a release', 20, does('release')],
  ['a missing pod that is created', 100, does('create pod')],
  ['a claim that is created', 20, does('create claim')],
  ['a pod whose label is mended', 20, does('update pod')],
  ['a name that is taken', 5, fails('name taken')],
  ['claims that do not fit', 5, fails('claims do not fit')],
  ['an identity that does not fit', 5, fails('identity does not fit')],
  ['a label that is too long', 5, fails('label too long')],
  ['more than one pod that is waited for', 10, ({ sync }) => new Set(sync.waits.map(({ pod }) => pod)).size > 1],
  [
    'a settled set of two pods or more',
    30,
    ({ sync: { acts, waits, errors }, recipe }) =>
      recipe.set.replicas > 1 && !recipe.set.deleted && acts.length + waits.length + errors.length === 0,
  ],
];

function waitsFor(kind: Sync['waits'][number]['why']['kind']) {
  return ({ sync }: Sampled) => sync.waits.some(({ why }) => why.kind === kind);
}

function fails(kind: Sync['errors'][number]['kind']) {
  return ({ sync }: Sampled) => sync.errors.some((error) => error.kind === kind);
}

function does(act: Sync['acts'][number]['act']) {
  return ({ sync }: Sampled) => sync.acts.some((each) => each.act === act);
}

function deletes(reason: string) {
  return ({ sync }: Sampled) => sync.acts.some((act) => act.act === 'delete pod' && act.why === reason);
}

describe('among the judge’s random states', () => {
  let sampled: Sampled[];

  before(() => {
    const variant = variants.at(-1);
    assert.ok(variant && Object.values(variant.gates).every(Boolean));
    sampled = randomRecipes(count, 5).map((recipe) => ({
      recipe,
      pods: recipe.slots.flatMap(({ pod }) => pod ?? []),
      sync: syncOf(stateOf(recipe), variant),
    }));
  });

  for (const [what, least, occurs] of kinds) {
    it(`there is ${what}`, () => {
      const found = (sampled.filter(occurs).length * 1_000) / count;
      assert.ok(found >= least, `${found} of a thousand, and ${least} are expected`);
    });
  }
});
