import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { writeBundle } from '../../packaging/bundle.ts';
import { licencesFile, metafile } from '../../packaging/places.ts';
import { run } from '../e2e/ran.ts';
import { checkout } from '../runner/files.ts';
import { needs } from '../runner/needs.ts';
import { nodeOf } from './nodes.ts';
import { onceFromSource, withoutCluster } from './source.ts';

const runJs = join(checkout, 'bin', 'run.js');

describe('the bundle', function () {
  this.timeout(60_000); // each test starts processes, one of them from source

  before(async () => {
    await writeBundle();
  });

  describe('on the lowest Node that package.json names', () => {
    const node = nodeOf('oldest-supported-node');
    const lowest = 'the package oldest-supported-node, which there is for Linux on x64';

    it('is tested on that one and no later one', async function () {
      needs(this, node !== undefined, lowest);
      const { stdout } = await run(node ?? '', ['--version'], { env: {} });
      assert.equal(`>=${stdout.trim().slice(1)}`, packageJson.engines.node);
    });

    for (const args of withoutCluster) {
      it(`does the same as the sources: ${args.join(' ')}`, async function () {
        needs(this, node !== undefined, lowest);
        const built = await run(node ?? '', [runJs, ...args], { env: {}, cwd: checkout });
        assert.deepEqual(built, await onceFromSource(args));
      });
    }
  });

  it('says in one line which Node it needs when it is started by an older one', async function () {
    const node = nodeOf('older-node');
    needs(this, node !== undefined, 'the package older-node, which there is for Linux on x64');
    assert.deepEqual(await run(node ?? '', [runJs, 'version'], { env: {} }), {
      stdout: '',
      stderr: 'error: kubectl-sts needs Node 22 or later, this is v20.20.2\n',
      code: 2,
    });
  });

  it('holds no second HTTP library and no generated clients', () => {
    const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
    const unwanted = Object.keys(inputs).filter((file) =>
      /\/(undici|client-node\/dist\/gen\/(apis|models))\//.test(file),
    );
    assert.deepEqual(unwanted, []);
  });

  it('comes with the licence of every package that is in it', () => {
    const { outputs } = JSON.parse(readFileSync(metafile, 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, unknown> }>;
    };
    const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
    const names = files.flatMap(
      (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1] ?? [],
    );
    const licences = readFileSync(licencesFile, 'utf8');
    const missing = [...new Set(names)].filter(
      (name) => !new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm').test(licences),
    );
    assert.ok(names.includes('@oclif/core'));
    assert.deepEqual(missing, []);
  });
});
