/**
 * `npm run judge`: asks `nextSync` and the StatefulSet controllers of all supported versions about thousands of random
 * states, prints the smallest states about which they disagree, and records a sample for the unit tests.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dump } from 'js-yaml';
import { type Disagreement, disagreements, randomRecipes, smallest } from './ask.ts';
import { variants } from './controller.ts';
import { wrongWaits } from './experiment.ts';
import type { Recipe } from './recipes.ts';
import { nameOf, record, takes } from './recording.ts';

const { values } = parseArgs({
  options: {
    /** How many states each variant is asked about. */
    states: { type: 'string', default: '10000' },
    /** Of a run that is to be repeated. */
    seed: { type: 'string' },
    /** Only this version. Then nothing is recorded. */
    kubernetes: { type: 'string' },
  },
});

/** How many states are recorded: those that strategy Recreate leaves to older versions, and more. */
const recorded = 400;
const enough = 300;
/** Always the same states, which show every fault of mutations.test.ts. */
const sampleSeed = 11;

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const recipes = randomRecipes(Number(values.states), seed);
console.log(`${recipes.length} states, --seed ${seed}`);
let count = 0;
for (const variant of variants.filter(({ minor }) => values.kubernetes === undefined || minor === values.kubernetes)) {
  const begun = performance.now();
  const found = await disagreements(variant, recipes);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`${nameOf(variant)}: ${found.length} disagreements, ${seconds} s`);
  const wrong = await wrongWaits(
    variant,
    recipes.filter((recipe) => takes(variant, recipe)),
  );
  console.log(`  by experiment, ${wrong.length} pods are waited for that should not be, or the other way`);
  for (const line of wrong.slice(0, 1)) console.log(`  ${line}`);
  count += found.length + wrong.length;
  const [first] = found;
  if (first) show(await smallest(variant, first));
}
if (values.kubernetes === undefined) {
  await record(sample());
  console.log(`recorded ${recorded} states for test/judge/recorded.test.ts`);
}
process.exitCode = count === 0 ? 0 : 1;

/** Among them enough without strategy Recreate, which older versions do not know. */
function sample(): Recipe[] {
  const chosen = randomRecipes(recorded, sampleSeed);
  const known = chosen.filter(({ set }) => set.strategy !== 'Recreate').length;
  if (known < enough) throw new Error(`only ${known} of ${chosen.length} states are without strategy Recreate`);
  return chosen;
}

function show({ state: { set, pods, claims, now }, differences }: Disagreement): void {
  const file = join(mkdtempSync(join(tmpdir(), 'kubectl-sts-judge-')), 'state.yaml');
  const list = { apiVersion: 'v1', kind: 'List', items: [set, ...pods, ...claims] };
  writeFileSync(file, `# at ${now}\n${dump(list, { noRefs: true })}`);
  console.log(`${differences.map((line) => `  ${line}`).join('\n')}\n  the state: kubectl sts tree -f ${file}`);
}
