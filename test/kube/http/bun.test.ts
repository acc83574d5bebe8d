import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { thisPlatform } from '../../../packaging/platform.ts';
import { runtimeFile } from '../../../packaging/runtimes.ts';
import { checkout } from '../../runner/files.ts';

describe('bun, which the executables run on', function () {
  this.timeout(120_000);

  it('passes all tests of this folder, which Node runs besides', () => {
    const files = globSync('*.test.ts', { cwd: import.meta.dirname }).filter(
      (file) => file !== basename(import.meta.filename),
    );
    const mocha = join(checkout, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const words = [mocha, '--no-config', '--reporter', 'json', '--timeout', '20000', ...files];
    const { stdout } = spawnSync(runtimeFile(thisPlatform()), words, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      // Of the others, some are bun's own.
      env: { PATH: process.env['PATH'] },
    });
    const { stats, failures } = JSON.parse(stdout.slice(stdout.indexOf('{\n  "stats"'))) as {
      stats: { passes: number };
      failures: { fullTitle: string; err: { message?: string } }[];
    };
    assert.deepEqual(
      failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message}`),
      [],
    );
    assert.ok(stats.passes > 400, `${stats.passes} passed`);
  });
});
