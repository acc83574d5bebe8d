import assert from 'node:assert/strict';
import { biome, tool, tsc } from './tool.ts';

describe('the source', function () {
  this.timeout(120_000);

  it('is formatted and free of lint', async () => {
    const { code, said } = await tool(biome, ['check', '--error-on-warnings', '--max-diagnostics=50', '.']);
    assert.equal(code, 0, said);
  });

  it('has no fault in its types', async () => {
    const { code, said } = await tool(tsc, ['--noEmit', '--pretty', 'false', '-p', '.']);
    assert.equal(code, 0, said);
  });
});
