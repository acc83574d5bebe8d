import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { deadFields } from './deadfields.ts';
import { biome, knip, tool, tsc } from './tool.ts';

describe('the source', function () {
  this.timeout(120_000);

  it('is formatted and free of lint', async () => {
    const { code, said } = await tool(biome, ['check', '--error-on-warnings', '--max-diagnostics=50', '.']);
    assert.equal(code, 0, said);
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
