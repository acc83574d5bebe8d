import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { minors, newest } from '../stand/kubernetes.ts';
import { down, status, up } from '../stand/stand.ts';
import { eventually } from './eventually.ts';
import { tryKubectl } from './kubectl.ts';

const silent = () => {};

/** Beside the stand that the other tests share. */
describe('a stand', () => {
  const name = `second-${process.pid}`;
  /** On by default in the newest version. */
  const gate = 'MaxUnavailableStatefulSet';
  const home = mkdtempSync(join(tmpdir(), 'kubectl-sts-home-'));

  after(async () => {
    await down(name, silent);
    rmSync(home, { recursive: true, force: true });
  });

  function startedUp(): ChildProcess {
    const args = ['test/stand/cli.ts', 'up', '--name', name, '--nodes', '2', '--gates', `${gate}=false`];
    // The state and cache folders stay where they are; only what belongs to the person is elsewhere.
    const { HOME = '' } = process.env;
    const env = {
      ...process.env,
      HOME: home,
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(HOME, '.cache'),
      XDG_STATE_HOME: process.env['XDG_STATE_HOME'] ?? join(HOME, '.local', 'state'),
      GOCACHE: process.env['GOCACHE'] ?? join(HOME, '.cache', 'go-build'),
      GOMODCACHE: process.env['GOMODCACHE'] ?? join(HOME, 'go', 'pkg', 'mod'),
    };
    return spawn(process.execPath, args, { cwd: checkout, env, stdio: 'ignore' });
  }

  async function state(): Promise<string | undefined> {
    return (await status()).find((one) => one.name === name)?.state;
  }

  it('whose maker was killed half-way is not trusted, and is made anew', async () => {
    const killed = startedUp();
    await eventually('a half-made stand', async () => assert.equal(await state(), 'broken'));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    assert.notEqual(await state(), 'ready');
    const again = startedUp();
    const [code] = await once(again, 'exit');
    assert.equal(code, 0);
    assert.equal(await state(), 'ready');
  });

  it('stands beside another one, and is returned at once when it is up', async () => {
    const stand = await up({ name }, silent);
    assert.notEqual(stand.server, sharedStand().server);
    assert.equal(stand.nodes, 2);
    const { stdout } = await tryKubectl(['get', 'nodes', '-o', 'name'], { kubeconfig: stand.kubeconfig });
    assert.equal(stdout, 'node/node-0\nnode/node-1\n');
  });

  it('has the feature gates that it was given', async () => {
    const { kubeconfig } = await up({ name }, silent);
    const { stdout } = await tryKubectl(['get', '--raw', '/metrics'], { kubeconfig });
    assert.match(stdout, new RegExp(`^kubernetes_feature_enabled\\{name="${gate}",stage="[A-Z]*"\\} 0$`, 'm'));
  });

  it('is not taken for one of another version, or with other gates', async () => {
    const [oldest] = minors;
    assert.ok(oldest);
    const wanted = [
      [{ kubernetes: oldest }, `Kubernetes ${newest}`],
      [{ gates: {} }, 'other feature gates'],
      [{ nodes: 3 }, '2 nodes'],
    ] as const;
    for (const [options, has] of wanted) {
      await assert.rejects(up({ name, ...options }, silent), {
        message: `the stand ${name} is up with ${has}: take it down first`,
      });
    }
  });

  it('leaves the person’s own folder alone', () => {
    assert.ok(!existsSync(join(home, '.kube')), readdirSync(home).join(' '));
  });

  it('is gone with all its processes when it is taken down', async () => {
    const { components } = await up({ name }, silent);
    await down(name, silent);
    assert.equal(await state(), undefined);
    // They have ended; init may take a moment to count them out.
    await eventually('no process left', async () => {
      for (const { pid } of components) assert.throws(() => process.kill(pid, 0), /ESRCH/);
    });
  });
});
