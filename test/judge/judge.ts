/**
 * `npm run judge`: asks `nextSync` and the StatefulSet controllers of all supported versions about thousands of random
 * states, prints the smallest states about which they disagree, and records a sample for the unit tests.
 *
 *   npm run judge                                         10,000 states of each variant, and records the sample
 *   npm run judge -- --states 2000 --seed 7               fewer, or those of an earlier run
 *   npm run judge -- --kubernetes 1.37                    of one version; records nothing
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dump } from 'js-yaml';
import { isMinor, minors } from '../stand/kubernetes.ts';
import { disagreements, randomRecipes, smallest } from './ask.ts';
import { type State, variants } from './controller.ts';
import { smallestWrongWait, wrongWaits } from './experiment.ts';
import { nameOf, record } from './recording.ts';
import { sampleOf } from './sample.ts';
import { stateOf } from './states.ts';

/** A sample of fewer states would not show each seeded fault. */
const fewestToRecord = 4_000;

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '10000' },
    seed: { type: 'string', default: `${Math.floor(Math.random() * 2 ** 31)}` },
    kubernetes: { type: 'string' },
  },
});
const { kubernetes } = values;
const [states, seed] = [Number(values.states), Number(values.seed)];
const wrong = mistake();
if (wrong === undefined) process.exitCode = await judge();
else {
  console.error(`error: ${wrong}`);
  process.exitCode = 2;
}

function mistake(): string | undefined {
  if (!Number.isInteger(states) || states < 1) return `--states ${values.states} is no number of states`;
  if (!Number.isInteger(seed)) return `--seed ${values.seed} is no whole number`;
  if (kubernetes === undefined || isMinor(kubernetes)) return undefined;
  return `no controller of Kubernetes ${kubernetes}: there are ${minors.join(', ')}`;
}

/** @returns the exit code */
async function judge(): Promise<number> {
  const recipes = randomRecipes(states, seed);
  console.log(`${states} states, --seed ${seed}`);
  let count = 0;
  for (const variant of variants.filter(({ minor }) => kubernetes === undefined || minor === kubernetes)) {
    const begun = performance.now();
    const found = await disagreements(variant, recipes);
    console.log(`${nameOf(variant)}: ${found.length} disagreements, ${secondsSince(begun)} s`);
    if (found[0]) {
      const { state, differences } = await smallest(variant, found[0]);
      show(state, differences);
    }
    const tried = performance.now();
    const unfounded = await wrongWaits(variant, recipes);
    console.log(`  ${unfounded.length} wrong waits, by experiment, ${secondsSince(tried)} s`);
    if (unfounded[0]) {
      const { recipe, complaint } = await smallestWrongWait(variant, unfounded[0]);
      show(stateOf(recipe), [complaint]);
    }
    count += found.length + unfounded.length;
  }
  if (kubernetes !== undefined || states < fewestToRecord) console.log('nothing is recorded: too few were asked');
  else {
    const sample = await sampleOf(recipes);
    await record(sample);
    console.log(`recorded ${sample.length} states for test/judge/recorded.test.ts`);
  }
  return count === 0 ? 0 : 1;
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1_000).toFixed(1);
}

/** Writes a state into a file, and says what is wrong about it. */
function show({ set, pods, claims, now }: State, lines: readonly string[]): void {
  const file = join(mkdtempSync(join(tmpdir(), 'kubectl-sts-judge-')), 'state.yaml');
  const list = { apiVersion: 'v1', kind: 'List', items: [set, ...pods, ...claims] };
  writeFileSync(file, `# at ${now}\n${dump(list, { noRefs: true })}`);
  console.log(`${lines.map((line) => `  ${line}`).join('\n')}\n  the state: kubectl sts tree -f ${file}`);
}
