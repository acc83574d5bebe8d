/** The model of a roll as one module, as it is and with one of its guards changed. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as actions from '#src/roll/model/actions.ts';
import * as maygo from '#src/roll/model/maygo.ts';
import * as state from '#src/roll/model/state.ts';
import * as stepping from '#src/roll/model/step.ts';
import * as leadership from '#src/statefulset/leadership.ts';
import { checkout } from '../../../runner/files.ts';

export type RollModule = typeof state & typeof actions & typeof maygo & typeof stepping & typeof leadership;

export const roll: RollModule = { ...state, ...actions, ...maygo, ...stepping, ...leadership };

const model = 'src/roll/model';

/** The files that decide, which import one another, and their folders. */
const files = {
  state: model,
  stepcontext: model,
  advance: model,
  actions: model,
  leading: model,
  maygo: model,
  trouble: model,
  step: model,
  leadership: 'src/statefulset',
} as const;

export interface Mutation {
  /** What the roll does without, as a reader knows it. */
  guard: string;
  file: keyof typeof files;
  /** Source text that stands in the file once, and what stands there instead. */
  from: string;
  to: string;
}

/** @param folder which the mutant's files are written to */
export async function mutant({ file, from, to }: Mutation, folder: string): Promise<RollModule> {
  mkdirSync(folder);
  for (const [name, home] of Object.entries(files)) {
    const path = join(checkout, home, `${name}.ts`);
    const source = readFileSync(path, 'utf8');
    if (name === file) assert.equal(source.split(from).length, 2, `the guard stands once in ${name}.ts: ${from}`);
    const changed = name === file ? source.replace(from, () => to) : source;
    writeFileSync(join(folder, `${name}.ts`), withImports(changed, path));
  }
  const load = async (name: string): Promise<object> => import(pathToFileURL(join(folder, `${name}.ts`)).href);
  const parts = await Promise.all(['state', 'actions', 'maygo', 'step', 'leadership'].map(load));
  return Object.assign({}, ...parts) as RollModule;
}

/** The source with imports that lead from its new place to the same files, or to the mutant's own. */
function withImports(source: string, path: string): string {
  const href = (file: string) => pathToFileURL(file).href;
  return source
    .replace(/from '\.\/([^']*)\.ts'/g, (whole, name: string) =>
      Object.hasOwn(files, name) ? whole : `from '${href(join(dirname(path), `${name}.ts`))}'`,
    )
    .replace(/from '#(src\/[^']*)'/g, (_, target: string) => `from '${href(join(checkout, target))}'`);
}
