import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import manifest from '../../oclif.manifest.json' with { type: 'json' };
import { manifestModule } from '../../packaging/manifest-module.ts';
import { checkout } from '../runner/files.ts';
import { temporaryFolder } from './temporary.ts';

describe('the manifest in the bundle', () => {
  const folder = temporaryFolder();
  let bundled: typeof manifest;

  before(async () => {
    const outfile = join(folder, 'manifest.cjs');
    const contents = `export { default as manifest } from './oclif.manifest.json';`;
    const plugins = [manifestModule];
    await build({ stdin: { contents, resolveDir: checkout }, bundle: true, format: 'cjs', outfile, plugins });
    ({ manifest: bundled } = createRequire(import.meta.url)(outfile));
  });

  it('is the manifest', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(bundled)), manifest);
    assert.deepEqual(Object.keys(bundled.commands), Object.keys(manifest.commands));
  });

  it('holds the part of each command as a text, which is parsed once', () => {
    const { tree } = bundled.commands;
    assert.equal(bundled.commands.tree, tree);
    for (const name of Object.keys(bundled.commands)) {
      const { get } = Object.getOwnPropertyDescriptor(bundled.commands, name) ?? {};
      assert.equal(typeof get, 'function', name);
    }
  });
});
