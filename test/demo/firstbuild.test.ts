/** The first `npm run demo` on a machine, on which the control plane has to be built: by a stand-in for Go. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Going, watched } from '../e2e/going.ts';
import { checkout } from '../runner/files.ts';

/** Looks for sources until somebody writes to the named pipe, and fails then. */
const go = `#!/bin/sh
case $1 in
  env) printf 'go1.99\\nlinux\\namd64\\n' ;;
  list)
    echo 'go: downloading k8s.io/api v0.1.0' >&2
    cat "$GO_FAILS"
    echo 'no network' >&2
    exit 1 ;;
esac
`;

describe('the first demo', function () {
  this.timeout(60_000);
  let folder: string;
  let isToFail: string;
  let child: ChildProcessByStdio<null, Readable, Readable>;
  let ended: Promise<unknown>;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-sts-first-demo-'));
    isToFail = join(folder, 'fail');
    writeFileSync(join(folder, 'go'), go);
    chmodSync(join(folder, 'go'), 0o755);
    execFileSync('mkfifo', [isToFail]);
  });
  afterEach(async () => {
    // Where the test has failed, the build still waits.
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  });

  function start(): Going & { interrupt(): void } {
    const env = {
      PATH: `${folder}:${process.env['PATH']}`,
      GO_FAILS: isToFail,
      KUBECTL_STS_CACHE: join(folder, 'cache'),
      KUBECTL_STS_STATE: join(folder, 'state'),
      // Never started before there is a cluster.
      KUBECTL_STS_TEST_PLUGIN: process.execPath,
    };
    child = spawn(process.execPath, [join(checkout, 'examples', 'demo.ts')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    ended = once(child, 'close');
    // A terminal sends it to the whole group.
    return { ...watched(child), interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT') };
  }

  it('says what it waits for and how long, shows something meanwhile, and says why the build failed', async () => {
    const { lines, line, stderr, end } = start();
    await line(/^\$ kubectl sts status full -f dump\.json -n shop$/);
    await line(/ {2}cause {4}full-0: /);
    const [before = ''] = lines().join('\n').split('\n$ ');
    const words = before.replaceAll('\n', ' ');
    assert.match(
      words,
      /^ The first demo builds a Kubernetes control plane: that takes about ten minutes on two cores\./,
    );
    assert.match(words, /Meanwhile, this needs no cluster\. /);
    await writeFile(isToFail, '');
    const { code } = await end();
    assert.equal(code, 2);
    const [, module = '', executables = ''] = /^([\w-]+): building (.*)$/m.exec(stderr()) ?? [];
    assert.match(executables, /^\w/, stderr());
    assert.ok(stderr().endsWith(`\nerror: cannot find the sources of ${module} (exit 1):\nno network\n`), stderr());
  });

  it('is ended by Ctrl-C', async () => {
    const { line, stderr, end, interrupt } = start();
    await line(/ {2}cause {4}full-0: /);
    interrupt();
    const { code } = await end();
    assert.equal(code, 130);
    assert.match(stderr(), /\nerror: interrupted\n$/);
  });
});
