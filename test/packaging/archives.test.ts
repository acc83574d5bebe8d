import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { load } from 'js-yaml';
import { extract } from 'tar-stream';
import packageJson from '../../package.json' with { type: 'json' };
import { archiveFile, executableFile, licencesFile, manifestFile, sbomFile, sumsFile } from '../../packaging/places.ts';
import { executableName, nameOf, type Platform, platforms, thisPlatform } from '../../packaging/platform.ts';
import { checkout } from '../runner/files.ts';
import { build } from '../stand/build.ts';
import { packagedForAll } from './built.ts';

const run = promisify(execFile);

/** Bytes that an archive may have. */
const most = 58_000_000;

describe('`npm run package -- --all`', function () {
  this.timeout(240_000); // it compresses 650 MB

  before(packagedForAll);

  it('makes an archive of at most 58 MB for each of six platforms', () => {
    const sizes = platforms.map((platform) => statSync(archiveFile(platform)).size);
    assert.equal(sizes.length, 6);
    assert.ok(Math.max(...sizes) <= most, sizes.join(', '));
  });

  for (const platform of platforms) {
    it(`puts the executable and its licences into the archive of ${nameOf(platform)}, and nothing else`, async () => {
      const files = await filesIn(platform);
      assert.deepEqual(
        files.map(({ name, mode }) => [name, mode.toString(8)]),
        [
          ['LICENSE', '644'],
          ['THIRD-PARTY-LICENSES', '644'],
          [executableName(platform), '755'],
        ],
      );
      const [own, others, executable] = files.map(({ content }) => content);
      assert.deepEqual(own, readFileSync(join(checkout, 'LICENSE')));
      const told = others?.toString() ?? '';
      assert.ok(told.startsWith(readFileSync(licencesFile, 'utf8')), 'of the packages in the bundle');
      for (const name of ['NOTICE', 'LGPL-2.0', 'LGPL-2.1']) {
        assert.ok(told.includes(readFileSync(join(checkout, 'packaging', 'runtime', `${name}.txt`), 'utf8')), name);
      }
      assert.ok(executable?.equals(readFileSync(executableFile(platform))));
    });
  }

  it('names all archives in the krew manifest, each with its platform, digest and executable', () => {
    const { spec } = load(readFileSync(manifestFile, 'utf8')) as {
      spec: { platforms: { selector: { matchLabels: Platform }; uri: string; sha256: string; bin: string }[] };
    };
    const expected = platforms.map((platform) => {
      const file = basename(archiveFile(platform));
      return [platform, file, sumOf(file), executableName(platform)];
    });
    assert.deepEqual(
      spec.platforms.map(({ selector, uri, sha256, bin }) => [selector.matchLabels, basename(uri), sha256, bin]),
      expected,
    );
  });

  it('writes sums of all that is released, which sha256sum finds true', async () => {
    const [program = '', ...words] = process.platform === 'linux' ? ['sha256sum'] : ['shasum', '-a', '256'];
    const { stdout } = await run(program, [...words, '-c', basename(sumsFile)], { cwd: join(checkout, 'dist') });
    const released = [...platforms.map(archiveFile), manifestFile, sbomFile];
    assert.equal(stdout, released.map((file) => `${basename(file)}: OK\n`).join(''));
  });

  it("has a manifest from which krew's own check installs the plugin of every platform", async () => {
    const { krew, kubectl, 'validate-krew-manifest': validator } = await build(['krew', 'kubernetes'], () => {});
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-krew-'));
    const server = createServer(({ url = '' }, response) => {
      createReadStream(join(checkout, 'dist', basename(url))).pipe(response);
    }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const here = `uri: http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const manifest = join(folder, 'sts.yaml');
      writeFileSync(manifest, readFileSync(manifestFile, 'utf8').replaceAll(/uri: .*\//g, here));
      symlinkSync(kubectl, join(folder, 'kubectl'));
      symlinkSync(krew, join(folder, 'kubectl-krew'));
      const env = { PATH: [folder, process.env['PATH']].join(':') };
      const { stdout, stderr } = await run(validator, ['-manifest', manifest], { env });
      assert.match(`${stdout}${stderr}`, /all 6 spec\.platforms installed fine/);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('passes `packaging/smoke.ts` on this machine, as it must on each platform before a release', async () => {
    const { stdout } = await run(process.execPath, [join(checkout, 'packaging', 'smoke.ts')], {
      env: { PATH: process.env['PATH'] },
    }).catch((error) => error);
    assert.match(stdout, /^(ok: .*\n){12}$/);
  });

  it('is what `.ci/release` hands to gh, once the sums are right', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-release-'));
    writeFileSync(join(folder, 'gh'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const env = { PATH: [folder, process.env['PATH']].join(':') };
    const { stdout } = await run('bash', ['.ci/release', `v${packageJson.version}`], { cwd: checkout, env });
    rmSync(folder, { recursive: true });
    assert.ok(stdout.includes(`\nrelease\ncreate\nv${packageJson.version}\n--verify-tag\n`), stdout);
    const files = stdout.split('\n').filter((word) => word.startsWith('dist/'));
    const released = [...platforms.map(archiveFile), manifestFile, sbomFile, sumsFile];
    assert.deepEqual(files.sort(), released.map((file) => relative(checkout, file)).sort());
  });

  it('becomes the index of krew by `.ci/update-index`, which pushes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-index-'));
    const [clone, origin] = [join(folder, 'clone'), join(folder, 'origin')];
    const git = (...args: string[]) => run('git', args, { cwd: clone, env: { ...process.env, HOME: folder } });
    try {
      for (const name of ['.ci', 'packaging', 'plugins', 'package.json', '.gitignore']) {
        cpSync(join(checkout, name), join(clone, name), { recursive: true });
      }
      for (const name of ['node_modules', 'dist']) symlinkSync(join(checkout, name), join(clone, name));
      await git('init', '--quiet', '--initial-branch', 'main');
      await git('init', '--quiet', '--bare', origin);
      await git('remote', 'add', 'origin', origin);
      await run('bash', ['.ci/update-index', `v${packageJson.version}`], {
        cwd: clone,
        env: { ...process.env, HOME: folder },
      });
      const { stdout } = await git('--git-dir', origin, 'show', 'main:plugins/sts.yaml');
      assert.equal(stdout, readFileSync(manifestFile, 'utf8'));
      const { stdout: names } = await git('--git-dir', origin, 'show', '--name-only', '--format=%s', 'main');
      assert.equal(names, `Let krew install v${packageJson.version}\n\nplugins/sts.yaml\n`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('in another folder', () => {
    let copy: string;

    before(async () => {
      // In dist/, where links to the files of node_modules can be made.
      copy = mkdtempSync(join(checkout, 'dist', 'another-folder-'));
      for (const name of ['LICENSE', 'package.json', 'package-lock.json', 'oclif.manifest.json', 'packaging', 'src']) {
        cpSync(join(checkout, name), join(copy, name), { recursive: true });
      }
      await run('cp', [process.platform === 'linux' ? '-al' : '-a', join(checkout, 'node_modules'), copy]);
    });
    after(() => rmSync(copy, { recursive: true, force: true }));

    it('makes the same executables, byte by byte', async () => {
      const script =
        "import { buildExecutables } from './packaging/executable.ts';\n" +
        "import { platforms, thisPlatform } from './packaging/platform.ts';\n" +
        'await buildExecutables(platforms, () => {});\n';
      await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: copy });
      for (const file of platforms.map(executableFile)) {
        const [there, here] = [join(copy, relative(checkout, file)), file].map((path) => readFileSync(path));
        assert.ok(there && here?.equals(there), file);
      }
    });

    // `the archive` shows that the same files always make the same archive: one of six will do here.
    it('makes the same archive for this machine, and the same list of what is inside', async () => {
      const { stdout } = await run(process.execPath, ['packaging/package.ts'], { cwd: copy });
      for (const file of [archiveFile(thisPlatform()), sbomFile].map((path) => basename(path))) {
        assert.ok(stdout.includes(`${sumOf(file)}  ${file}\n`), stdout);
      }
    });

    it('refuses a runtime that is not what package-lock.json pins, and leaves nothing of it', async () => {
      const [lockfile, modules] = [join(copy, 'package-lock.json'), join(copy, 'node_modules', '@oven')];
      rmSync(join(modules, 'bun-darwin-aarch64'), { recursive: true });
      const before = readdirSync(modules);
      const pinned = /("node_modules\/@oven\/bun-darwin-aarch64": \{[^}]*?"integrity": "sha512-)\w{8}/;
      writeFileSync(lockfile, readFileSync(lockfile, 'utf8').replace(pinned, '$1AAAAAAAA'));
      const failed = await run(process.execPath, ['packaging/package.ts', '--all'], { cwd: copy }).catch(
        (error) => error,
      );
      assert.match(String(failed), /bun-darwin-aarch64\S* is not the package that package-lock\.json pins/);
      assert.deepEqual(readdirSync(modules), before);
    });
  });
});

interface FileInArchive {
  name: string;
  mode: number;
  content: Buffer;
}

async function filesIn(platform: Platform): Promise<FileInArchive[]> {
  const files: FileInArchive[] = [];
  const entries = createReadStream(archiveFile(platform)).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    const { name, mode = 0 } = entry.header;
    const content: Buffer[] = [];
    for await (const chunk of entry) content.push(chunk as Buffer);
    files.push({ name, mode, content: Buffer.concat(content) });
  }
  return files;
}

function sumOf(file: string): string | undefined {
  return new RegExp(`^(\\w{64}) {2}${file}$`, 'm').exec(readFileSync(sumsFile, 'utf8'))?.[1];
}
