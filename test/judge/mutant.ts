/** The port of the controller with a fault in it. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { nextSync } from '#src/statefulset/controller/sync.ts';
import { checkout } from '../runner/files.ts';
import type { Mutation } from './mutations.ts';

/** @param folder a new one, for a copy of the port with the fault in it */
export async function mutant({ file, from, to }: Mutation, folder: string): Promise<typeof nextSync> {
  const source = join(checkout, 'src', 'statefulset', 'controller');
  mkdirSync(folder);
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), 'utf8');
    const isChanged = name === `${file}.ts`;
    if (isChanged) assert.equal(text.split(from).length, 2, `it stands once in ${name}: ${from}`);
    const changed = isChanged ? text.replace(from, () => to) : text;
    const href = (path: string) => pathToFileURL(path).href;
    writeFileSync(
      join(folder, name),
      changed
        .replace(/from '\.\.\/([^']*)'/g, (_, target: string) => `from '${href(join(source, '..', target))}'`)
        .replace(/from '#(src\/[^']*)'/g, (_, target: string) => `from '${href(join(checkout, target))}'`),
    );
  }
  const module: { nextSync: typeof nextSync } = await import(pathToFileURL(join(folder, 'sync.ts')).href);
  return module.nextSync;
}
