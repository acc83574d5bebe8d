/**
 * Random states of a StatefulSet, healthy ones and broken ones, described in few words: shrink.ts makes a recipe smaller
 * word by word, and states.ts makes the objects of it.
 */
import fc from 'fast-check';

export interface SetRecipe {
  replicas: number;
  start: number;
  policy: 'OrderedReady' | 'Parallel';
  strategy: 'RollingUpdate' | 'OnDelete' | 'Recreate';
  partition: number;
  maxUnavailable: number | string | undefined;
  minReadySeconds: number;
  whenScaled: 'Retain' | 'Delete';
  whenDeleted: 'Retain' | 'Delete';
  /** The names of its claim templates. */
  templates: readonly string[];
  /** Whether `status.currentRevision` is the older revision. */
  updating: boolean;
  deleted: boolean;
  /** Its name is so long that the label of its revision does not fit. */
  longName: boolean;
}

type OwnerRecipe =
  | 'set'
  | 'pod'
  | 'former set'
  | 'former pod'
  | 'other controller'
  | 'set without control'
  | 'pod without control';

export interface ClaimRecipe {
  state: 'missing' | 'there' | 'being deleted';
  owners: readonly OwnerRecipe[];
}

export interface PodRecipe {
  phase: 'Pending' | 'Running' | 'Failed' | 'Succeeded';
  ready: 'True' | 'False' | 'Unknown' | undefined;
  /** Seconds since the Ready condition changed. Far from `minReadySeconds`, since a controller's clock goes on. */
  since: number;
  revision: 'update' | 'old' | 'older' | undefined;
  terminating: boolean;
  owner: 'set' | 'nobody' | 'another set';
  selected: boolean;
  named: boolean;
  volumes: 'as the templates say' | 'missing' | 'renamed' | 'one more';
}

export interface Slot {
  pod: PodRecipe | undefined;
  /** In the order of the templates. */
  claims: readonly ClaimRecipe[];
}

export interface Recipe {
  set: SetRecipe;
  /** How many slots lie below the first wanted ordinal. */
  below: number;
  /** Neighbouring ordinals. */
  slots: readonly Slot[];
  /** Pods of other names that the controller takes for the set's own, or releases. */
  strangers: readonly { name: 'too high' | 'leading zero' | 'of another set' | 'no number'; pod: PodRecipe }[];
}

const rarely = fc.integer({ min: 0, max: 39 }).map((number) => number === 39);

function mostly<T>(weight: number, usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

const sets: fc.Arbitrary<SetRecipe> = fc.record({
  replicas: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5 }) },
    { weight: 1, arbitrary: fc.constant(9) },
  ),
  start: mostly(3, 0, 1, 5),
  policy: fc.constantFrom('OrderedReady' as const, 'Parallel' as const),
  strategy: mostly<SetRecipe['strategy']>(6, 'RollingUpdate', 'OnDelete', 'Recreate'),
  partition: mostly(3, 0, 1, 2, 7),
  maxUnavailable: mostly<SetRecipe['maxUnavailable']>(2, undefined, 1, 2, 3, '50%', '1%', '100%'),
  minReadySeconds: mostly(1, 0, 30),
  whenScaled: mostly<SetRecipe['whenScaled']>(2, 'Retain', 'Delete'),
  whenDeleted: mostly<SetRecipe['whenDeleted']>(2, 'Retain', 'Delete'),
  templates: fc.constantFrom<readonly string[]>([], ['data'], ['data', 'wal']),
  updating: fc.boolean(),
  deleted: rarely,
  longName: rarely,
});

/** Nothing special; a recipe that is made smaller comes close to it. */
export const plainSet: SetRecipe = {
  replicas: 0,
  start: 0,
  policy: 'OrderedReady',
  strategy: 'RollingUpdate',
  partition: 0,
  maxUnavailable: undefined,
  minReadySeconds: 0,
  whenScaled: 'Retain',
  whenDeleted: 'Retain',
  templates: [],
  updating: false,
  deleted: false,
  longName: false,
};

export const wellPod: PodRecipe = {
  phase: 'Running',
  ready: 'True',
  since: 1_000,
  revision: 'update',
  terminating: false,
  owner: 'set',
  selected: true,
  named: true,
  volumes: 'as the templates say',
};

/** @param sickness how often something about the pod is not as it should be: 1 often, 20 rarely */
function pods(sickness: number): fc.Arbitrary<PodRecipe> {
  const odd = 3 * sickness;
  return fc.record({
    phase: mostly<PodRecipe['phase']>(sickness, 'Running', 'Pending', 'Failed', 'Succeeded'),
    ready: mostly<PodRecipe['ready']>(sickness, 'True', 'False', 'Unknown', undefined),
    since: mostly(sickness, 1_000, 10),
    revision: mostly<PodRecipe['revision']>(1, 'update', 'old', 'old', 'older', undefined),
    terminating: mostly(sickness, false, true),
    owner: mostly<PodRecipe['owner']>(odd, 'set', 'nobody', 'another set'),
    selected: mostly(odd, true, false),
    named: mostly(odd, true, false),
    volumes: mostly<PodRecipe['volumes']>(odd, 'as the templates say', 'missing', 'renamed', 'one more'),
  });
}

function claims(sickness: number): fc.Arbitrary<ClaimRecipe> {
  return fc.record({ state: mostly<ClaimRecipe['state']>(3 * sickness, 'there', 'missing', 'being deleted'), owners });
}

const owners: fc.Arbitrary<readonly OwnerRecipe[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  {
    weight: 4,
    arbitrary: fc.uniqueArray(
      fc.constantFrom<OwnerRecipe>(
        'set',
        'pod',
        'former set',
        'former pod',
        'other controller',
        'set without control',
        'pod without control',
      ),
      { maxLength: 2 },
    ),
  },
);

/** @param least so many slots, unless any number will do */
function slots(sickness: number, least: number): fc.Arbitrary<Slot[]> {
  const absent = fc.constant(undefined);
  const pod = fc.oneof(
    { weight: 3, arbitrary: fc.constant(wellPod) },
    { weight: 6, arbitrary: pods(sickness) },
    // Where all pods are well but for one or two, a missing one would hide them.
    ...(sickness > 20 ? [] : [{ weight: 1, arbitrary: absent }]),
  );
  const slot = fc.record({ pod, claims: fc.array(claims(sickness), { minLength: 2, maxLength: 2 }) });
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(slot, { minLength: least, maxLength: least + 2 }) },
    { weight: 1, arbitrary: fc.array(slot, { maxLength: 10 }) },
  );
}

const strangers = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        name: fc.constantFrom(
          'too high' as const,
          'leading zero' as const,
          'of another set' as const,
          'no number' as const,
        ),
        pod: pods(8),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  },
);

/** Everything is as it should be, and there is nothing to do. */
const settled: fc.Arbitrary<Recipe> = sets.map((set) => ({
  set: { ...set, whenScaled: 'Retain', whenDeleted: 'Retain', deleted: false, longName: false },
  below: 0,
  slots: Array.from({ length: set.replicas }, () => ({
    pod: wellPod,
    claims: set.templates.map((): ClaimRecipe => ({ state: 'there', owners: [] })),
  })),
  strangers: [],
}));

const troubled: fc.Arbitrary<Recipe> = fc
  .tuple(fc.constantFrom(2, 8, 25), sets, fc.integer({ min: 0, max: 2 }))
  .chain(([sickness, set, below]) =>
    fc.record({
      set: fc.constant(set),
      below: fc.constant(below),
      slots: slots(sickness, set.replicas + Math.min(below, set.start)),
      strangers,
    }),
  );

export const recipes: fc.Arbitrary<Recipe> = fc.oneof(
  { weight: 1, arbitrary: settled },
  { weight: 15, arbitrary: troubled },
);
