import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#src/objects/failure.ts';
import packageJson from '../package.json' with { type: 'json' };
import { type Runner, runnerOn } from './memory/run.ts';
import { checkout } from './runner/files.ts';

const example = ['tree', '-f', 'examples/simple-statefulset'];

function start(args: readonly string[], env: Record<string, string> = {}) {
  const words = [join(checkout, 'src', 'start.ts'), ...args];
  return spawn(process.execPath, words, { env, cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Something that happens in the program besides what its sources say. */
function alsoDoing(statement: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(statement)}` };
}

describe('the process', function () {
  this.timeout(20_000);

  for (const args of [['--help'], example]) {
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

  describe('that waits for a server', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-main-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const flags of [[], ['-w']]) {
      it(`ends when it is interrupted: tree ${flags.join(' ')}`, async () => {
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
        child.kill('SIGINT');
        const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
        socket.destroy();
        server.close();
        // A shell counts both as 130.
        assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
      });
    }
  });
});

describe('main', () => {
  let runner: Runner;
  before(() => {
    runner = runnerOn(undefined);
  });
  after(() => runner.close());

  /** Runs a command whose connection fails with this. */
  const failing = (words: string, error: unknown) => runner.run(words, {}, { openClient: () => Promise.reject(error) });

  it('prints errors in the command line to standard error, and exits 2', async () => {
    const usage = "See 'kubectl sts tree --help' for usage.\n";
    assert.deepEqual(await runner.run('tree --nope'), {
      code: 2,
      stdout: '',
      stderr: `error: unknown flag: --nope\n${usage}`,
    });
  });

  it('prints the refusals of oclif in the same form', async () => {
    assert.deepEqual(await runner.run('dns --servers 0'), {
      code: 2,
      stdout: '',
      stderr:
        "error: Parsing --servers: Expected an integer greater than or equal to 1 but received: 0\nSee 'kubectl sts dns --help' for usage.\n",
    });
  });

  it('prints a failure as it wants to be shown, escaped, and exits with its code', async () => {
    class Refused extends Failure {
      override readonly exitCode = 1;
      override lines(): readonly string[] {
        return ['error: no', 'because of \u001b[2J'];
      }
    }
    assert.deepEqual(await failing('tree', new Refused()), {
      code: 1,
      stdout: '',
      stderr: 'error: no\nbecause of \\u001b[2J\n',
    });
  });

  const write = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
  const plain: [what: string, error: unknown, line: string][] = [
    ['output that cannot be written', write, 'error: ENOSPC: no space left on device, write'],
    ['something that is no error', 'odd', 'error: odd'],
  ];
  for (const [what, error, line] of plain) {
    it(`prints one line about ${what}, and exits 2`, async () => {
      assert.deepEqual(await failing('tree', error), { code: 2, stdout: '', stderr: `${line}\n` });
    });
  }

  describe('when something unforeseen happens', () => {
    const report = `This is a fault of kubectl-sts: please report it at ${packageJson.bugs.url}`;
    const fault = new TypeError('a fault');

    for (const flags of ['', '-v=5']) {
      it(`says so in two lines, and where to report it: ${flags}`, async () => {
        assert.deepEqual(await failing(`tree ${flags}`, fault), {
          code: 2,
          stdout: '',
          stderr: `error: unexpected: TypeError: a fault\n${report} with what it says with -v 6.\n`,
        });
      });
    }

    for (const flags of ['-v 6', '--v=9']) {
      it(`shows where, if it is asked to: ${flags}`, async () => {
        const { code, stdout, stderr } = await failing(`tree ${flags}`, fault);
        assert.match(stderr, /^error: unexpected: TypeError: a fault\n {4}at .*\n/);
        assert.ok(stderr.endsWith(`\n${report} with these lines.\n`), stderr);
        assert.deepEqual([code, stdout], [2, '']);
      });
    }

    it('does not take the fault of another system call for lost output', async () => {
      const error = Object.assign(new Error('open ENOENT'), { syscall: 'open' });
      assert.match((await failing('tree', error)).stderr, /^error: unexpected: Error: open ENOENT\n/);
    });

    it('shows the message of an error without a stack', async () => {
      const { stderr } = await failing('tree -v 6', Object.assign(new TypeError('a fault'), { stack: undefined }));
      assert.equal(stderr, `error: unexpected: a fault\n${report} with these lines.\n`);
    });

    it('does the same in something that nothing awaits', () => {
      const running = runner.start('tree', {}, { openClient: () => new Promise(() => {}) });
      running.host.emit('uncaughtException', fault, 'uncaughtException');
      assert.equal(running.exited(), 2);
      assert.match(running.stderr(), /^error: unexpected: TypeError: a fault\n/);
    });
  });

  it('ends silently when its reader goes away', () => {
    const running = runner.start('tree', {}, { openClient: () => new Promise(() => {}) });
    running.host.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    assert.deepEqual([running.exited(), running.stderr()], [0, '']);
  });
});
