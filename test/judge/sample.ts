/**
 * Which random states are recorded: the first ones, and some in which each seeded fault shows. The answers are the
 * controllers' own; which states they are given to must not be left to luck, or a rare fault would show in none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { nextSync } from '#src/statefulset/controller/sync.ts';
import { syncOf } from './ask.ts';
import { compared } from './compare.ts';
import { type State, type Variant, variants } from './controller.ts';
import { mutant } from './mutant.ts';
import { mutations } from './mutations.ts';
import type { Recipe } from './recipes.ts';
import { takes } from './recording.ts';
import { stateOf } from './states.ts';

/** So many, that also a version that knows no strategy Recreate is asked about 300. */
const first = 350;

/** For each fault. */
const witnesses = 4;

export async function sampleOf(all: readonly Recipe[]): Promise<Recipe[]> {
  const chosen = new Set(all.slice(0, first));
  const states = all.map((recipe) => ({ recipe, state: stateOf(recipe) }));
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-judge-'));
  for (const [at, mutation] of mutations.entries()) {
    const faulty = await mutant(mutation, join(folder, `${at}`));
    let missing = witnesses;
    for (const { recipe, state } of states) {
      if (missing === 0) break;
      if (!variants.some((variant) => takes(variant, recipe) && shows(faulty, state, variant))) continue;
      chosen.add(recipe);
      missing--;
    }
  }
  rmSync(folder, { recursive: true });
  return [...chosen];
}

/** Whether the two do something else. Which pods they wait for is not compared: an answer does not tell all of them. */
function shows(faulty: typeof nextSync, state: State, variant: Variant): boolean {
  const [sound, unsound] = [syncOf(state, variant), syncOf(state, variant, faulty)].map((sync) =>
    JSON.stringify(compared(state.set, sync)),
  );
  return sound !== unsound;
}
