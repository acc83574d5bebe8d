/**
 * A recorded sample of what the controllers do, for tests that build nothing: 300 random states, and the answers of each
 * variant. `npm run judge` writes it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { releases } from '../stand/kubernetes.ts';
import { type Answer, askController, type Sync, type Variant, variants } from './controller.ts';
import type { Recipe } from './recipes.ts';
import { stateOf } from './states.ts';

export interface Recording {
  cases: readonly RecordedCase[];
}

interface RecordedCase {
  recipe: Recipe;
  /** The different answers, each with the names of the variants that gave it. */
  answers: readonly { variants: readonly string[]; answer: Answer }[];
}

const file = join(import.meta.dirname, 'recorded.json.gz');

/** `v1.37.2 MaxUnavailableStatefulSet=true` */
export function nameOf({ minor, gates }: Variant): string {
  return [releases[minor], ...Object.entries(gates).map(([gate, on]) => `${gate}=${on}`)].join(' ');
}

/** Before Kubernetes 1.37 the API server takes no strategy Recreate. */
export function takes({ minor }: Variant, { set }: Recipe): boolean {
  return set.strategy !== 'Recreate' || Number(minor.split('.')[1]) >= 37;
}

export function readRecording(): Recording {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}

/** Asks all variants about these states, and keeps their answers. */
export async function record(recipes: readonly Recipe[]): Promise<void> {
  const byCase = recipes.map((recipe) => ({ recipe, answers: new Map<string, string[]>() }));
  for (const variant of variants) {
    const asked = byCase.filter(({ recipe }) => takes(variant, recipe));
    const answers = await askController(
      variant,
      asked.map(({ recipe }) => stateOf(recipe)),
    );
    for (const [place, { answers: own }] of asked.entries()) {
      const text = JSON.stringify(compared(answers[place]));
      own.set(text, [...(own.get(text) ?? []), nameOf(variant)]);
    }
  }
  const cases = byCase.map(({ recipe, answers }) => ({
    recipe,
    answers: [...answers].map(([text, names]) => ({ variants: names, answer: JSON.parse(text) })),
  }));
  writeFileSync(file, gzipSync(JSON.stringify({ cases }), { level: 9 }));
}

/** What is compared of an answer: not the status, and of the log only the pods that are waited for. */
function compared(answer: Answer | undefined): Answer | undefined {
  if (answer === undefined || 'panic' in answer) return answer;
  const { acts, error, log } = answer;
  const sync: Sync = { acts, log: log.filter(({ message }) => message.includes('waiting for Pod')), status: null };
  return error === undefined ? sync : { ...sync, error };
}
