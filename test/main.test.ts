import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSource } from './packaging/source.ts';
import { checkout } from './runner/files.ts';

const example = ['tree', '-f', 'examples/products-db'];

function start(args: readonly string[], env: Record<string, string> = {}) {
  const words = [join(checkout, 'src', 'start.ts'), ...args];
  return spawn(process.execPath, words, { env, cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Something that happens in the program besides what its sources say. */
function alsoDoing(statement: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(statement)}` };
}

describe('the program', function () {
  this.timeout(20_000);

  for (const args of [[], ['--help'], ['tree', '-h'], ['options'], ['version'], example]) {
    it(`ends without a word when nobody reads on: ${args.join(' ')}`, async () => {
      // By itself it would go on for ever, as a command that watches does.
      const child = start(args, alsoDoing('setInterval(() => {}, 1_000);'));
      child.stdout.destroy();
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual({ said, code }, { said: '', code: 0 });
    });
  }

  it('prints its data though nobody reads what it says beside them', async () => {
    const child = start([...example, '-f', 'no such file']);
    child.stderr.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 2);
  });

  it('says that its output cannot be written', async function () {
    if (process.platform !== 'linux') return this.skip();
    const child = spawn('sh', ['-c', '"$0" "$@" > /dev/full', process.execPath, 'src/start.ts', ...example], {
      env: {},
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.match(said, /^error: ENOSPC: no space left on device, write\n$/);
    assert.equal(code, 2);
  });

  describe('that meets what nobody foresaw', () => {
    const env = alsoDoing('process.stdout.write = () => { throw new TypeError("a fault"); };');

    it('says so in two lines, and how to report it', async () => {
      const { stderr, code } = await fromSource([...example, '-v=5'], env);
      assert.deepEqual(stderr.split('\n'), [
        'error: unexpected: TypeError: a fault',
        'This is a fault of kubectl-sts: please report it at https://github.com/kubectl-sts/kubectl-sts/issues with what it says with -v 6.',
        '',
      ]);
      assert.equal(code, 2);
    });

    for (const flags of [['-v', '6'], ['--v=9']]) {
      it(`shows where, when asked for it: ${flags.join(' ')}`, async () => {
        const { stderr, code } = await fromSource([...example, ...flags], env);
        assert.match(stderr, /^error: unexpected: TypeError: a fault\n {4}at .*\n/);
        assert.equal(code, 2);
      });
    }

    it('does the same where nobody waits for it', async () => {
      const late = alsoDoing(`process.on('newListener', (event) => {
        if (event === 'uncaughtException') setTimeout(() => { throw new TypeError('a fault'); });
      });`);
      const { stderr, code } = await fromSource(['version'], late);
      assert.match(stderr, /unexpected: TypeError: a fault\n/);
      assert.equal(code, 2);
    });
  });

  describe('that waits for a server', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-main-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const flags of [[], ['-w']]) {
      it(`ends at once when it is interrupted: tree ${flags.join(' ')}`, async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const file = join(folder, 'config');
        writeFileSync(
          file,
          JSON.stringify({
            clusters: [{ name: 'it', cluster: { server: `https://127.0.0.1:${port}` } }],
            users: [{ name: 'it', user: { token: 'secret-of-nobody' } }],
            contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
            'current-context': 'it',
          }),
        );
        const child = start(['tree', ...flags, '--kubeconfig', file]);
        const [socket] = await Promise.race([once(server, 'connection'), once(child, 'exit')]);
        assert.ok(socket instanceof Socket, 'it asks the server');
        const asked = performance.now();
        child.kill('SIGINT');
        const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
        const took = performance.now() - asked;
        socket.destroy();
        server.close();
        // A shell counts both as 130.
        assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
        assert.ok(took < 200, `${took} ms`);
      });
    }
  });
});
