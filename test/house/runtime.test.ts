import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readLockfile, withEngines } from '../../packaging/lockfile.ts';
import packagingJson from '../../packaging/package.json' with { type: 'json' };
import { platforms } from '../../packaging/platform.ts';
import { checkout } from '../runner/files.ts';

describe('the Node that development runs on', function () {
  this.timeout(30_000);
  const [major = ''] = process.versions.node.split('.');

  it('is the one that npm ci brings', () => assert.equal(major, '26'));

  it('is the same in .bin, which npx puts first on the PATH', () => {
    const node = join(checkout, 'node_modules', '.bin', 'node');
    assert.equal(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), process.version);
  });

  it('is the same in npx', () => {
    const { PATH = '' } = process.env;
    // Without what the npm script that runs these tests has put on the PATH itself.
    const plain = PATH.split(':').filter((folder) => !folder.includes('node_modules'));
    const said = execFileSync('npx', ['--no-install', 'node', '--version'], {
      cwd: checkout,
      env: { PATH: plain.join(':'), HOME: process.env['HOME'] },
      encoding: 'utf8',
    });
    assert.equal(said.trim(), process.version);
  });

  it('comes with the runtime of the executable for the same platform, and with none for another', () => {
    const { optionalDependencies } = packagingJson;
    const runtimes = Object.keys(optionalDependencies).filter((name) => name.startsWith('@oven/'));
    assert.equal(runtimes.length, platforms.length);
    for (const name of runtimes) {
      const [, os = '', arch = ''] = /bun-(\w+)-(\w+)$/.exec(name) ?? [];
      const { optional, ...only } = readLockfile().packages[`node_modules/${name}`] ?? {};
      const expected = { os: [os === 'windows' ? 'win32' : os], cpu: [arch === 'x64' ? arch : 'arm64'] };
      assert.deepEqual([optional, { os: only.os, cpu: only.cpu }], [true, expected], name);
    }
  });

  it('is not warned of by npm, which may itself run on an older one: npm run lockfile', () => {
    assert.deepEqual(withEngines(readLockfile()), []);
  });
});
