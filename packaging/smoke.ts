/**
 * `node packaging/smoke.ts`: tries the archive for the machine that it runs on, as it lies in dist/. It needs no packages,
 * so that it runs on a fresh machine of each platform, and exits with 1 if anything is not as it must be.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { archiveFile, root, sumsFile } from './places.ts';
import { executableName, type Platform } from './platform.ts';

const platform = { os: osName(), arch: process.arch === 'arm64' ? 'arm64' : 'amd64' } satisfies Platform;
const archive = archiveFile(platform);
for (const file of [archive, sumsFile]) {
  if (existsSync(file)) continue;
  process.stderr.write(`error: ${file} is missing: run npm run package first\n`);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-smoke-'));
const executable = join(folder, executableName(platform));

/** What is tried, by what it shows. */
const trials: Record<string, () => void> = {
  'the archive has the sum that SHA256SUMS names': () => {
    const sum = createHash('sha256').update(readFileSync(archive)).digest('hex');
    assert.ok(readFileSync(sumsFile, 'utf8').includes(`${sum}  ${basename(archive)}\n`));
  },
  'the archive holds the executable and its licences': () => {
    // By its name alone: a drive letter would be taken for a host.
    copyFileSync(archive, join(folder, basename(archive)));
    execFileSync('tar', ['-xzf', basename(archive)], { cwd: folder });
    for (const name of ['LICENSE', 'THIRD-PARTY-LICENSES']) assert.ok(existsSync(join(folder, name)), name);
  },
  'it tells its version': () => {
    const { stdout } = ran(['version'], 0);
    assert.ok(stdout.startsWith(`kubectl-sts ${packageJson.version} ${process.platform}/${process.arch} bun `), stdout);
  },
  'it prints help': () => assert.match(ran(['tree', '--help'], 0).stdout, /kubectl sts tree/),
  'it draws a tree from files': () => {
    assert.match(ran(['tree', '-f', join('examples', 'products-db')], 0).stdout, /products-db-1/);
  },
  'it writes JSON': () => {
    const { stdout } = ran(['tree', 'products-db', '-f', join('examples', 'products-db'), '-o', 'json'], 0);
    assert.equal(JSON.parse(stdout).kind, 'StatefulSetTree');
  },
  'it reads standard input': () => {
    const input = readFileSync(join(root, 'examples', 'products-db', 'statefulset.yaml'), 'utf8');
    assert.match(ran(['tree', '-f', '-'], 0, input.replaceAll('\n', '\r\n')).stdout, /products-db/);
  },
  'it says what it cannot read, exit code 2': () => {
    assert.match(ran(['tree', '-f', 'no such file'], 2).stderr, /^error: /);
  },
  'it says what it does not know, exit code 2': () => assert.match(ran(['nonsense'], 2).stderr, /unknown command/),
  'it says that a server cannot be reached, exit code 2': () => {
    assert.match(ran(['tree', '--server', 'https://127.0.0.1:1', '--token', 'x'], 2).stderr, /127\.0\.0\.1:1/);
  },
  'it completes': () => assert.equal(ran(['__complete', 'tree', '-o', 'j'], 0).stdout, 'json\n:4\n'),
  'it writes and deletes the script for completion': () => {
    const { stdout } = ran(['completion', 'install', '--dir', folder], 0);
    const file = stdout.replace(/ written\n$/, '');
    assert.ok(existsSync(file), stdout);
    ran(['completion', 'uninstall', '--dir', folder], 0);
    assert.ok(!existsSync(file));
  },
};

try {
  for (const [what, attempt] of Object.entries(trials)) {
    attempt();
    process.stdout.write(`ok: ${what}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function ran(args: readonly string[], expected: number, input = ''): { stdout: string; stderr: string } {
  // A home without a kubeconfig.
  const env = { ...process.env, HOME: folder, USERPROFILE: folder, KUBECONFIG: '' };
  const { status, stdout, stderr, error } = spawnSync(executable, args, { cwd: root, env, input, encoding: 'utf8' });
  if (error) throw error;
  assert.equal(status, expected, `${args.join(' ')}: ${stdout}${stderr}`);
  return { stdout, stderr };
}

function osName(): Platform['os'] {
  const names = { linux: 'linux', darwin: 'darwin', win32: 'windows' } as const;
  const name = Object.entries(names).find(([node]) => node === process.platform)?.[1];
  if (name === undefined) throw new Error(`there is no archive for ${process.platform}`);
  return name;
}
