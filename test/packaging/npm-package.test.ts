import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeBundle } from '../../packaging/bundle.ts';
import { run } from '../e2e/ran.ts';
import { checkout } from '../runner/files.ts';
import { onceFromSource } from './source.ts';
import { temporaryFolder } from './temporary.ts';

interface Packed {
  filename: string;
  size: number;
  files: { path: string }[];
}

describe('the npm package', function () {
  this.timeout(60_000); // each test starts processes, one of them from source

  const folder = temporaryFolder();
  let packed: Packed;

  before(async () => {
    await writeBundle();
    // Without scripts: prepack would build the bundle a second time and print to where the JSON goes.
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: checkout });
    [packed] = JSON.parse(stdout);
  });

  it('holds the bundle and nothing that its users do not need', () => {
    assert.deepEqual(packed.files.map(({ path }) => path).sort(), [
      'LICENSE',
      'README.md',
      'bin/kubectl_complete-sts',
      'bin/run.js',
      'dist/THIRD-PARTY-LICENSES',
      'dist/kubectl-sts.cjs',
      'oclif.manifest.json',
      'package.json',
    ]);
    assert.ok(packed.size < 465_000, `${packed.size} bytes`);
  });

  it('runs from where it was unpacked, with no other package installed', async () => {
    await promisify(execFile)('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
    const unpacked = join(folder, 'package');
    const packageJson = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
    assert.deepEqual([packageJson.dependencies, packageJson.optionalDependencies], [undefined, undefined]);
    const args = ['tree', '-f', 'examples/products-db'];
    const ran = await run(process.execPath, [join(unpacked, 'bin', 'run.js'), ...args], { env: {}, cwd: checkout });
    assert.deepEqual(ran, await onceFromSource(args));
  });
});
