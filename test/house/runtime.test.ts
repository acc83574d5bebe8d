import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readLockfile, withEngines } from '../../packaging/lockfile.ts';
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

  it('is not warned of by npm, which may itself run on an older one: npm run lockfile', () => {
    assert.deepEqual(withEngines(readLockfile()), []);
  });
});
