import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { eventually } from '../e2e/eventually.ts';
import { uniqueName } from '../e2e/namespace.ts';
import { checkout } from '../runner/files.ts';
import { standFolder } from '../stand/folders.ts';
import { componentsOf } from '../stand/processes.ts';
import { entering, keptBy } from '../stand/real/namespaces.ts';
import { whyNot } from '../stand/real/packages.ts';
import { down, type Stand, status, up } from '../stand/stand.ts';

const silent = () => {};

describe('a stand with real nodes', function () {
  this.timeout(120_000);
  const names: string[] = [];
  afterEach(async () => {
    for (const name of names.splice(0)) await down(name, silent);
  });

  function ownName(): string {
    const name = uniqueName('real');
    names.push(name);
    return name;
  }

  /** What is left of it: processes, control groups, its folder. */
  async function left(name: string): Promise<object> {
    const folder = standFolder(name);
    return {
      processes: (await componentsOf(folder)).map((component) => component.name),
      groups: globSync(`/sys/fs/cgroup/**/*kubectl-sts-${name}*`),
      folder: existsSync(folder),
    };
  }

  const nothing = { processes: [], groups: [], folder: false };
  const gone = (name: string) => eventually('nothing left', async () => assert.deepEqual(await left(name), nothing));

  describe('that is up', () => {
    const name = uniqueName('real');
    let stand: Stand;
    before(async () => {
      stand = await up({ name, real: true }, silent);
    });
    after(() => down(name, silent));

    it('leads nowhere: not to this machine, nor out of it', async () => {
      const first = stand.first ?? assert.fail('it has no namespaces of its own');
      const server = createServer((_request, response) => response.end('reached')).listen(0, '0.0.0.0');
      try {
        await new Promise((resolve) => server.once('listening', resolve));
        const address = server.address();
        assert.ok(typeof address === 'object' && address);
        const reach = (host: string) => `curl -s -m 2 --noproxy '*' http://${host}:${address.port}`;
        const [program = '', ...words] = [...entering(first, '/'), 'sh', '-c'];
        const inside = (command: string) =>
          promisify(execFile)(program, [...words, command]).then(
            ({ stdout }) => stdout,
            ({ stdout }: { stdout: string }) => stdout,
          );
        assert.equal((await promisify(execFile)('sh', ['-c', reach('127.0.0.1')])).stdout, 'reached');
        assert.equal(await inside(reach('127.0.0.1')), '');
        const links = (await inside('ls /sys/class/net; ip -o link')).match(/^\d+: [^:@]+/gm) ?? [];
        assert.deepEqual(
          links.map((link) => link.replace(/^\d+: /, '')).filter((link) => !link.startsWith('veth')),
          ['lo', 'machines', 'to-node-1'],
        );
      } finally {
        server.close();
      }
    });

    it('leaves nothing when it is taken down', async () => {
      assert.notDeepEqual(await left(name), nothing);
      await down(name, silent);
      assert.deepEqual(await left(name), nothing);
    });
  });

  it('leaves nothing when whoever starts it is killed while it starts', async () => {
    const name = ownName();
    const starter = spawn(process.execPath, ['test/stand/cli.ts', 'up', '--real', '--name', name], { cwd: checkout });
    await eventually('the API server', async () => {
      const running = await componentsOf(standFolder(name));
      assert.ok(running.some((component) => component.name === 'kube-apiserver'));
    });
    starter.kill('SIGKILL');
    await gone(name);
  });

  it('leaves nothing when whoever it is for is killed', async () => {
    const name = ownName();
    const owner = spawn('sleep', ['600']);
    await up({ name, real: true, ...(owner.pid !== undefined && { owner: owner.pid }) }, silent);
    owner.kill('SIGKILL');
    await gone(name);
  });

  it('ends with its keeper, and the rest goes when it is taken down', async () => {
    const name = ownName();
    await up({ name, real: true }, silent);
    const kept = await keptBy(standFolder(name));
    assert.ok(kept);
    process.kill(kept.keeper.pid, 'SIGKILL');
    await eventually('the end of all processes', async () =>
      assert.deepEqual(await componentsOf(standFolder(name)), []),
    );
    const [state] = (await status()).filter((one) => one.name === name).map((one) => one.state);
    assert.equal(state, 'broken');
    await down(name, silent);
    assert.deepEqual(await left(name), nothing);
  });

  it('is refused in one line where it cannot be', () => {
    assert.equal(whyNot({ platform: 'darwin', getuid: () => 0 }), 'real nodes need Linux');
    assert.equal(whyNot({ platform: 'linux', getuid: () => 1000 }), 'real nodes need root');
  });
});
