import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sha256, sumsText } from '../../packaging/archive.ts';
import { krewManifest } from '../../packaging/krew-manifest.ts';
import { archiveFile } from '../../packaging/places.ts';
import { platforms } from '../../packaging/platform.ts';
import { compareVersions } from '../../packaging/version.ts';
import { checkout } from '../runner/files.ts';

describe('versions', () => {
  it('have the order of semver.org, with pre-releases before their release', () => {
    const ordered = [
      'v0.0.0',
      'v0.9.0',
      'v0.10.0-alpha',
      'v0.10.0-alpha.1',
      'v0.10.0-alpha.beta',
      'v0.10.0-rc.2',
      'v0.10.0-rc.10',
      'v0.10.0',
      'v1.0.0',
    ];
    for (const [a, one] of ordered.entries()) {
      for (const [b, other] of ordered.entries()) {
        assert.equal(Math.sign(compareVersions(one, other)), Math.sign(a - b), `${one} ${other}`);
      }
    }
    assert.throws(() => compareVersions('v1', 'v1.0.0'), /v1 is no version/);
  });
});

describe('a release, by the scripts of .ci', function () {
  this.timeout(20_000);

  let folder: string;
  let clone: string;
  let origin: string;

  /** Runs a program in the clone, with programs in place of gh, npm, sudo and id that print what they are asked. */
  function run(program: string, args: readonly string[], { cwd = clone, env = {} } = {}) {
    const variables = { HOME: folder, PATH: [join(folder, 'bin'), process.env['PATH']].join(':'), ...env };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(program, args, { cwd, env: variables }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  }
  const git = (...args: string[]) => run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  const shown = async () => (await git('--git-dir', origin, 'show', 'main:plugins/sts.yaml')).stdout;

  /** Puts a release of small archives into dist/. @returns its manifest */
  function pack(version: string, content = version): string {
    const dist = join(clone, 'dist');
    const archives = platforms.map((platform) => {
      const file = basename(archiveFile(platform));
      writeFileSync(join(dist, file), `${file} ${content}`);
      return { platform, file, sha256: sha256(Buffer.from(`${file} ${content}`)) };
    });
    const manifest = krewManifest(archives, version);
    const others = { 'sts.yaml': manifest, 'kubectl-sts.cdx.json': '{}' };
    for (const [name, text] of Object.entries(others)) writeFileSync(join(dist, name), text);
    const sums = Object.entries(others).map(([file, text]) => ({ file, sha256: sha256(Buffer.from(text)) }));
    writeFileSync(join(dist, 'SHA256SUMS'), sumsText([...archives, ...sums]));
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ name: 'kubectl-sts', version, type: 'module' }));
    return manifest;
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-release-'));
    [clone, origin] = [join(folder, 'clone'), join(folder, 'origin')];
    for (const name of ['.ci', 'packaging', 'plugins', '.gitignore', 'package.json']) {
      cpSync(join(checkout, name), join(clone, name), { recursive: true });
    }
    symlinkSync(join(checkout, 'node_modules'), join(clone, 'node_modules'));
    for (const made of [join(clone, 'dist'), join(folder, 'bin')]) mkdirSync(made);
    for (const program of ['gh', 'npm', 'sudo']) {
      writeFileSync(join(folder, 'bin', program), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    }
    await git('init', '--quiet', '--initial-branch', 'main');
    await git('init', '--quiet', '--bare', origin);
    await git('remote', 'add', 'origin', origin);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes into the index of krew, and never gives way there to an older one or to other archives', async () => {
    const newer = pack('1.10.0');
    assert.equal((await run('bash', ['.ci/update-index', 'v1.10.0'])).code, 0);
    assert.equal(await shown(), newer);
    assert.equal((await run('bash', ['.ci/update-index', 'v1.10.0'])).stdout, 'plugins/sts.yaml is up to date\n');
    const refusals = [
      ['1.9.0', '1.9.0', 'the index has v1.10.0 already, which is newer than v1.9.0'],
      ['1.10.0', 'others', 'the index has v1.10.0 already, with other archives: count the version up'],
    ] as const;
    for (const [version, content, words] of refusals) {
      pack(version, content);
      const { code, stderr } = await run('bash', ['.ci/update-index', `v${version}`]);
      assert.deepEqual([code, stderr], [1, `error: ${words}\n`]);
      assert.equal(await shown(), newer);
    }
  });

  it('goes nowhere under the tag of another version', async () => {
    pack('1.2.3');
    for (const script of ['update-index', 'release']) {
      const { code, stdout, stderr } = await run('bash', [`.ci/${script}`, 'v1.2.4']);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^error: .*sts\.yaml is .*v1\.2\.4\n$/);
    }
  });

  it('holds what SHA256SUMS names, and nothing else that lies beside it', async () => {
    pack('1.2.3');
    writeFileSync(join(clone, 'dist', 'kubectl-sts-plan9-amd64.tar.gz'), 'of another time');
    const { code, stdout, stderr } = await run('bash', ['.ci/release', 'v1.2.3']);
    assert.equal(code, 0, stderr);
    const words = stdout.split('\n');
    assert.ok(!words.includes('--prerelease'));
    const named = [...platforms.map((platform) => basename(archiveFile(platform))), 'SHA256SUMS', 'sts.yaml'];
    assert.deepEqual(
      words.filter((word) => word.startsWith('dist/')).sort(),
      [...named, 'kubectl-sts.cdx.json'].map((name) => `dist/${name}`).sort(),
    );
  });

  it('is refused with the archives of some platforms alone', async () => {
    pack('1.2.3');
    const sums = join(clone, 'dist', 'SHA256SUMS');
    writeFileSync(sums, readFileSync(sums, 'utf8').split('\n').slice(1).join('\n'));
    const { code, stderr } = await run('bash', ['.ci/release', 'v1.2.3']);
    assert.deepEqual([code, /names 5 archives of 6/.test(stderr)], [1, true], stderr);
  });

  it('that is a pre-release is marked as one, stays out of the index, and is no default of npm', async () => {
    pack('1.3.0-rc.1');
    writeFileSync(join(clone, 'CHANGELOG.md'), '## 1.3.0-rc.1\n');
    assert.equal((await run('bash', ['.ci/check-tag', 'v1.3.0-rc.1'])).code, 0);
    assert.match((await run('bash', ['.ci/release', 'v1.3.0-rc.1'])).stdout, /^--prerelease$/m);
    const before = readFileSync(join(clone, 'plugins', 'sts.yaml'), 'utf8');
    assert.equal((await run('bash', ['.ci/update-index', 'v1.3.0-rc.1'])).code, 0);
    assert.equal(readFileSync(join(clone, 'plugins', 'sts.yaml'), 'utf8'), before);
    writeFileSync(join(clone, 'dist', 'kubectl-sts-1.3.0-rc.1.tgz'), '');
    const published = (await run('bash', ['.ci/publish'])).stdout;
    assert.match(published, /^--tag\nnext$/m);
  });

  it('is published to npm from the package in dist/, or says how that is made', async () => {
    pack('1.2.3');
    const missing = await run('bash', ['.ci/publish', '--dry-run']);
    assert.deepEqual([missing.code, missing.stderr.split(': run ')[1]], [1, 'npm pack --pack-destination dist\n']);
    writeFileSync(join(clone, 'dist', 'kubectl-sts-1.2.3.tgz'), '');
    const { stdout } = await run('bash', ['.ci/publish', '--dry-run'], { env: { GITHUB_ACTIONS: 'true' } });
    const words = ['publish', './dist/kubectl-sts-1.2.3.tgz', '--access', 'public', '--provenance', '--dry-run'];
    assert.deepEqual(stdout.trim().split('\n'), words);
  });

  it('is of a commit on main', async () => {
    const commit = () => git('commit', '--quiet', '--allow-empty', '--message', 'one');
    await commit();
    await git('push', '--quiet', 'origin', 'main');
    await git('fetch', '--quiet', 'origin');
    assert.equal((await run('bash', ['.ci/check-main'])).code, 0);
    await commit();
    const { code, stderr } = await run('bash', ['.ci/check-main']);
    assert.deepEqual([code, stderr.split(':')[1]], [1, ' this commit is not on main']);
  });

  it('is tried by packaging/smoke.ts, which says so where there is nothing to try', async () => {
    const { code, stderr } = await run(process.execPath, ['packaging/smoke.ts']);
    assert.deepEqual([code, stderr.split(' is missing')[1]], [1, ': run npm run package first\n']);
  });

  it('is tested by jobs that become root from wherever they are started', async () => {
    writeFileSync(join(folder, 'bin', 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    const { stdout } = await run('bash', ['clone/.ci/job', 'real'], { cwd: dirname(clone) });
    assert.deepEqual(stdout.trim().split('\n').slice(-3), ['bash', `${clone}/.ci/job`, 'real']);
  });
});
