import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { deadFields } from './deadfields.ts';
import { placeOf, sourceFiles } from './rooms.ts';
import { biome, knip, tool, tsc } from './tool.ts';

/** Exceptions to the linter's rules in src/. */
const mostExceptions = 5;

describe('the source', function () {
  this.timeout(120_000);

  it('is formatted and free of lint', async () => {
    const { code, said } = await tool(biome, ['check', '--error-on-warnings', '--max-diagnostics=50', '.']);
    assert.equal(code, 0, said);
  });

  it('makes few exceptions to the linter, and gives a reason at each', () => {
    const exceptions = sourceFiles().flatMap((file) => {
      const lines = readFileSync(join(checkout, file), 'utf8').split('\n');
      return lines.filter((line) => line.includes('biome-ignore')).map((line) => `${file}: ${line.trim()}`);
    });
    assert.ok(exceptions.length <= mostExceptions, exceptions.join('\n'));
    for (const exception of exceptions) assert.match(exception, /biome-ignore lint\/\w+\/\w+: \S+ \S+ /);
    const settings = readFileSync(join(checkout, 'biome.json'), 'utf8');
    const lengths = [...settings.matchAll(/"noExcessiveLinesPer\w+": \{\s*"level": "error"/g)];
    assert.equal(lengths.length, 2, 'no folder of src/ has limits of its own');
    assert.equal(settings.match(/noExcessiveLines/g)?.length, 2);
  });

  it('speaks to people of flags only where it reads them, and where sentences for people live', () => {
    const silent = ['model', 'live', 'objects', 'statefulset', 'resolver', 'sources'];
    const spoken = sourceFiles().flatMap((file) => {
      const { unit, room } = placeOf(file);
      if (!silent.includes(room ?? unit)) return [];
      const lines = readFileSync(join(checkout, file), 'utf8').split('\n');
      return lines
        .filter((line) => /^(?! *(?:\/\/|\/?\*)).*['"`\s]--[a-z]/.test(line))
        .map((line) => `${file}: ${line}`);
    });
    assert.deepEqual(spoken, []);
  });

  it('has no fault in its types', async () => {
    // What has not changed since the last time is not checked again.
    const memory = join(checkout, 'node_modules', '.cache', 'kubectl-sts-types.tsbuildinfo');
    const incremental = ['--incremental', '--tsBuildInfoFile', memory];
    const { code, said } = await tool(tsc, ['--noEmit', ...incremental, '--pretty', 'false', '-p', '.']);
    assert.equal(code, 0, said);
  });

  it('has no files, exports, types or dependencies that nothing uses', async () => {
    const { code, said } = await tool(knip, ['--no-progress', '--no-config-hints']);
    assert.equal(code, 0, said);
  });

  it('has no fields that nothing reads', () => {
    assert.deepEqual(deadFields(checkout), []);
  });

  it('would be told of a field that nothing reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-fields-'));
    mkdirSync(join(folder, 'src'));
    const source =
      'interface Pod { name: string; forgotten?: number }\nexport const nameOf = (pod: Pod) => pod.name;\n';
    writeFileSync(join(folder, 'src', 'pod.ts'), source);
    assert.deepEqual(deadFields(folder), [{ name: 'forgotten', place: 'src/pod.ts:1' }]);
    rmSync(folder, { recursive: true });
  });
});
