import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ran, run } from '../e2e/ran.ts';
import { personEnv, sandbox } from '../e2e/sandbox.ts';
import { readElf } from '../packaging/formats/elf.ts';
import { sharedStand } from '../runner/stand-variables.ts';

// docs/install.md tells people what they see here: the system refuses before anything of ours runs.
describe('where the executable cannot run', function () {
  this.timeout(30_000);

  it('on a processor without SSE4.2, the system ends it', async () => {
    const words = ['-c', '"$@" 2>&1; echo "exit code $?"', 'sh', '/usr/bin/qemu-x86_64', '-cpu', 'core2duo'];
    const { stdout } = await run('/bin/sh', [...words, sharedStand().plugin, 'version'], { env: personEnv() });
    assert.match(stdout, /Illegal instruction/);
    assert.match(stdout, /exit code 132\n$/); // of SIGILL
  });

  it('on a Linux without /proc, the runtime aborts, and prints no argument', async () => {
    const line = '/bin/mount -t tmpfs none /proc && "$@" 2>&1; echo "exit code $?"';
    const words = ['--mount', '/bin/sh', '-c', line, 'sh', sharedStand().plugin, 'tree', '--token', 'very-secret'];
    const { stdout } = await run('/usr/bin/unshare', words, { env: personEnv() });
    assert.match(stdout, /https:\/\/bun\.report\//);
    assert.match(stdout, /exit code 134\n$/); // of SIGABRT
    assert.ok(!stdout.includes('secret'), stdout);
  });

  describe('on a Linux without glibc', () => {
    const bin = join(sandboxed(), 'bin');

    before(() => {
      // A system with musl has another loader: the one that the executable names is missing.
      const file = readFileSync(sharedStand().plugin);
      const { interpreter = '' } = readElf(file);
      file.write(interpreter.replace('lib64', 'libxx'), file.indexOf(`${interpreter}\0`), 'latin1');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'kubectl-sts'), file, { mode: 0o755 });
    });

    it('kubectl says that a file is missing', async () => {
      assert.deepEqual(await started(sharedStand().kubectl, ['sts', 'version']), {
        stdout: '',
        stderr: 'Error: no such file or directory\n',
        code: 1,
      });
    });

    it('a shell says that it is not found', async () => {
      const { stderr, code } = await started('/bin/sh', ['-c', 'kubectl-sts version']);
      assert.match(stderr, /kubectl-sts: not found\n$/);
      assert.equal(code, 127);
    });

    function started(program: string, args: readonly string[]): Promise<Ran> {
      return run(program, args, { env: { ...personEnv(), PATH: bin } });
    }
  });
});

function sandboxed(): string {
  return join(sandbox(), 'without-glibc');
}
