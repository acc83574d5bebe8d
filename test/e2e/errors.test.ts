import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { applyExamples } from './examples.ts';
import { getJson, kubectl, kubectlSts, tryKubectl } from './kubectl.ts';
import { ownNamespace } from './namespace.ts';
import { personEnv, sandbox } from './sandbox.ts';

function configFor(name: string, server: string): string {
  const file = join(sandbox(), `${name}.kubeconfig`);
  const config = {
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: { token: 'secret-of-nobody' } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('what cannot be shown', () => {
  const namespace = ownNamespace('errors');

  before(async () => {
    await applyExamples(namespace, 'shared-claim/own.yaml');
    await eventually('a StatefulSet', () => getJson(['sts', 'own-db', '-n', namespace]));
  });

  it('a set that is not there: kubectl’s own words, exit 2', async () => {
    const judge = await tryKubectl(['get', 'sts', 'nope', '-n', namespace]);
    const { stdout, stderr, code } = await kubectlSts(['tree', 'nope', '-n', namespace]);
    assert.match(judge.stderr, /^Error from server \(NotFound\): statefulsets\.apps "nope" not found\n$/);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
  });

  it('an unknown set has no document either, as by kubectl', async () => {
    const judge = await tryKubectl(['get', 'sts', 'nope', '-n', namespace, '-o', 'json']);
    const { stdout, code } = await kubectlSts(['tree', 'nope', '-n', namespace, '-o', 'json']);
    assert.deepEqual({ stdout, code }, { stdout: judge.stdout, code: 2 });
  });

  it('one set of several that is not there: the others are shown, exit 2', async () => {
    const { stdout, stderr, code } = await kubectlSts(['tree', 'nope', 'own-db', 'neither', '-n', namespace]);
    assert.match(stdout, /sts\/own-db/);
    assert.deepEqual(stderr.split('\n'), [
      'Error from server (NotFound): statefulsets.apps "nope" not found',
      'Error from server (NotFound): statefulsets.apps "neither" not found',
      '',
    ]);
    assert.equal(code, 2);
  });

  it('a set that differs in case: names are told apart as the API server does', async () => {
    const { stderr, code } = await kubectlSts(['tree', 'Own-DB', '-n', namespace]);
    assert.equal(stderr, 'Error from server (NotFound): statefulsets.apps "Own-DB" not found\n');
    assert.equal(code, 2);
  });

  it('a name longer than any can be', async () => {
    const { stdout, stderr, code } = await kubectlSts(['tree', 'x'.repeat(5000), '-n', namespace]);
    assert.equal(stdout, '');
    assert.match(stderr, /^Error from server/);
    assert.equal(code, 2);
  });

  it('another type: says that StatefulSets are meant', async () => {
    const { stdout, stderr, code } = await kubectlSts(['tree', 'deploy/web', '-n', namespace]);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^error: deploy\/web is a Deployment, whose pods have no names or volumes of their own: use kubectl \w+/,
    );
    assert.equal(code, 2);
  });

  it('a namespace that is not there has no sets, as kubectl says', async () => {
    const judge = await tryKubectl(['get', 'sts', '-n', 'no-such-namespace']);
    const { stdout, stderr, code } = await kubectlSts(['tree', '-n', 'no-such-namespace']);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 0 });
  });

  it('a server that is not there: one line, as kubectl’s last one, exit 2', async () => {
    const kubeconfig = configFor('refused', 'https://127.0.0.1:1');
    const judge = await tryKubectl(['get', 'sts'], { kubeconfig });
    const { stdout, stderr, code } = await kubectlSts(['tree'], { kubeconfig });
    assert.deepEqual(
      { stdout, stderr, code },
      { stdout: '', stderr: `${judge.stderr.trim().split('\n').at(-1)}\n`, code: 2 },
    );
  });

  it('a server whose name nobody knows: one line with the name, exit 2', async () => {
    const kubeconfig = configFor('unknown', 'https://no-such-host.invalid');
    const { stdout, stderr, code } = await kubectlSts(['tree'], { kubeconfig });
    assert.equal(stdout, '');
    assert.match(stderr, /^Unable to connect to the server: .*no-such-host\.invalid.*\n$/);
    assert.equal(code, 2);
  });

  it('a server that speaks no TLS: one line, exit 2', async () => {
    const server = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const { stdout, stderr, code } = await kubectlSts(['tree'], {
        kubeconfig: configFor('plain', `https://127.0.0.1:${port}`),
      });
      assert.equal(stdout, '');
      assert.match(stderr, /^Unable to connect to the server: [^\n]*\n$/);
      assert.equal(code, 2);
    } finally {
      server.close();
    }
  });

  it('a context that is not there: kubectl’s own words, exit 2', async () => {
    const judge = await tryKubectl(['get', 'sts', '--context', 'nope']);
    const { stdout, stderr, code } = await kubectlSts(['tree', '--context', 'nope']);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
  });

  it('a flag that is not there: one line and where to look, exit 2', async () => {
    const { stdout, stderr, code } = await kubectlSts(['tree', '--nope']);
    assert.equal(stdout, '');
    assert.equal(stderr, "error: unknown flag: --nope\nSee 'kubectl sts tree --help' for usage.\n");
    assert.equal(code, 2);
  });

  it('a command that is not there: one line and where to look, exit 2', async () => {
    const { stdout, stderr, code } = await kubectlSts(['grow']);
    assert.equal(stdout, '');
    assert.match(stderr, /^error: unknown command "grow" for "kubectl sts"\nSee 'kubectl sts --help' for usage\.\n$/);
    assert.equal(code, 2);
  });

  it('broken YAML: file and line, exit 2', async () => {
    const { stdout, stderr, code } = await kubectlSts(['tree', '-f', '-'], {
      stdin: 'kind: Pod\nmetadata: {\nx: }{\n',
    });
    assert.equal(stdout, '');
    assert.match(stderr, /^error: standard input: line \d+: [^\n]*\n$/);
    assert.equal(code, 2);
  });

  it('a file that is not there: kubectl’s own words, exit 2', async () => {
    const judge = await tryKubectl(['get', '-f', '/nowhere/x.yaml']);
    const { stdout, stderr, code } = await kubectlSts(['tree', '-f', '/nowhere/x.yaml']);
    assert.deepEqual({ stdout, stderr, code }, { stdout: '', stderr: judge.stderr, code: 2 });
  });

  for (const args of [[], ['-o', 'json']]) {
    it(`is no error: a reader that has gone: tree ${args.join(' ')}`, async () => {
      const child = spawn(join(sandbox(), 'bin', 'kubectl'), ['sts', 'tree', '-n', namespace, ...args], {
        env: personEnv(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual({ said, code }, { said: '', code: 0 });
    });
  }
});

describe('the plugin', () => {
  it('is found by kubectl', async () => {
    assert.match(await kubectl(['plugin', 'list', '--name-only']), /^kubectl-sts$/m);
  });

  it('tells its version', async () => {
    const { stdout, code } = await kubectlSts(['version']);
    assert.match(stdout, /^kubectl-sts \d+\.\d+\.\d+ /);
    assert.equal(code, 0);
  });

  for (const args of [[], ['--help'], ['help'], ['tree', '--help'], ['tree', '-h'], ['help', 'tree']]) {
    it(`helps: kubectl sts ${args.join(' ')}`, async () => {
      const { stdout, stderr, code } = await kubectlSts(args);
      assert.match(stdout, /kubectl sts/);
      assert.deepEqual([stderr, code], ['', 0]);
    });
  }
});
