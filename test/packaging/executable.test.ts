import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { buildExecutable } from '../../packaging/executable.ts';
import { run } from '../e2e/ran.ts';
import { checkout } from '../runner/files.ts';
import { fakeServer, kubeconfigFor } from './fake-server.ts';
import { onceFromSource, withoutCluster } from './source.ts';
import { temporaryFolder } from './temporary.ts';

const nothing = { PATH: '/nonexistent' };

describe('the executable', function () {
  this.timeout(60_000); // each test starts processes, one of them from source

  const folder = temporaryFolder();
  let executable: string;

  before(async () => {
    executable = await buildExecutable(() => {});
  });

  for (const args of withoutCluster) {
    it(`does the same as the sources, without Node on the PATH: ${args.join(' ')}`, async () => {
      const ran = await run(executable, args, { env: nothing, cwd: checkout });
      assert.deepEqual(ran, await onceFromSource(args));
    });
  }

  it('tells its version and what it runs on', async () => {
    const { stdout } = await run(executable, ['version'], { env: nothing });
    assert.match(stdout, new RegExp(`^kubectl-sts ${packageJson.version} (linux|darwin)/(x64|arm64) bun [\\d.]+\\n$`));
  });

  it('reads standard input to its end', async () => {
    const items = Array.from({ length: 2000 }, (_, number) => statefulSet(`set-${number}`));
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout } = await run(executable, ['tree', '-f', '-', '-o', 'json'], { env: nothing, stdin });
    assert.equal(JSON.parse(stdout).items.length, 2000);
  });

  it('ends well and says nothing when its reader has gone', async () => {
    const manifest = join(folder, 'many.json');
    const items = Array.from({ length: 2000 }, (_, number) => statefulSet(`set-${number}`));
    writeFileSync(manifest, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const child = spawn(executable, ['tree', '-f', manifest], { env: nothing, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = await once(child, 'close');
    assert.deepEqual([code, Buffer.concat(said).toString()], [0, '']);
  });

  it('obeys no file of the folder that it is started in', async () => {
    const hostile = join(folder, 'hostile');
    mkdirSync(join(hostile, 'node_modules', 'semver'), { recursive: true });
    const evil = 'process.stdout.write("evil\\n");';
    writeFileSync(join(hostile, 'evil.js'), evil);
    writeFileSync(join(hostile, 'node_modules', 'semver', 'index.js'), evil);
    writeFileSync(join(hostile, '.env'), `KUBECONFIG=${join(hostile, 'kubeconfig')}\n`);
    writeFileSync(join(hostile, 'kubeconfig'), kubeconfigFor('http://127.0.0.1:1', {}));
    writeFileSync(join(hostile, 'bunfig.toml'), 'preload = ["./evil.js"]\n');
    writeFileSync(join(hostile, 'package.json'), '{"name": "evil", "oclif": {"hooks": {"init": "./evil.js"}}}');
    writeFileSync(join(hostile, 'tsconfig.json'), '{"compilerOptions": {"paths": {"*": ["./evil.js"]}}}');
    const env = { ...nothing, HOME: folder, KUBECONFIG: join(folder, 'none') };
    assert.deepEqual(
      await run(executable, ['tree'], { env, cwd: hostile }),
      await run(executable, ['tree'], { env, cwd: folder }),
    );
  });

  it('reads no settings of a framework in the home', async () => {
    const home = join(folder, 'home');
    const config = join(home, '.config', 'kubectl-sts');
    mkdirSync(config, { recursive: true });
    // A program that reads this waits for ever.
    execFileSync('mkfifo', [join(config, 'theme.json')]);
    for (const args of [['version'], ['tree', '--help']]) {
      assert.ok(execFileSync(executable, args, { env: { ...nothing, HOME: home }, timeout: 10_000 }).length > 0);
    }
  });

  it('works in a folder that was deleted', async () => {
    const line = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"';
    for (const [args, expected] of [
      [['version'], 0],
      [['tree', '-f', 'missing'], 2],
    ] as const) {
      const words = ['-c', line, 'sh', join(folder, 'deleted'), executable, ...args];
      const { code, stderr } = await run('/bin/sh', words, { env: { PATH: '/usr/bin:/bin' } });
      assert.equal(code, expected, stderr);
    }
  });

  describe('with a cluster', () => {
    const server = fakeServer();
    const env = { ...nothing, KUBECONFIG: join(folder, 'kubeconfig') };

    it('ends at once when it is interrupted', async () => {
      server.hang();
      const before = server.authorizations.length;
      writeFileSync(env.KUBECONFIG, kubeconfigFor(server.url, { token: 'secret' }));
      const child = spawn(executable, ['tree'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      while (server.authorizations.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGINT');
      const [code, signal] = await once(child, 'exit');
      // A shell says 130 in both cases.
      assert.equal(signal === 'SIGINT' ? 130 : code, 130);
    });

    it('prints none of its arguments when the runtime crashes', async () => {
      server.hang();
      const before = server.authorizations.length;
      const child = spawn(executable, ['tree', '--server', server.url, '--token', 'very-secret'], {
        // On macOS bun would send a report.
        env: { ...nothing, DO_NOT_TRACK: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
      while (server.authorizations.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGSEGV');
      await once(child, 'close');
      const text = Buffer.concat(said).toString();
      assert.match(text, /^Args: "[^"]+" "--disable-warning=the-arguments-are-not-shown[^"]*"\.\.\.$/m);
      assert.ok(!text.includes('secret') && !text.includes('--token'), text);
    });
  });
});

function statefulSet(name: string): object {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [] } };
  const spec = { replicas: 3, serviceName: name, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'default' }, spec };
}
