/**
 * What the plugin does on another platform. Its judge is the executable for this machine, with which all of test/e2e/
 * runs: both must do the same.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completionScript } from '#src/cli/completionscript.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { runtimeVersion } from '../../packaging/runtimes.ts';
import { sts as here } from '../e2e/kubectl.ts';
import { selectorOf } from '../e2e/pin/services.ts';
import { type Ran, run } from '../e2e/ran.ts';
import { uidsOf } from '../e2e/roll/sets.ts';
import { personEnv, sandbox } from '../e2e/sandbox.ts';
import { withoutCluster } from '../packaging/source.ts';
import { checkout } from '../runner/files.ts';
import { sharedStand } from '../runner/stand-variables.ts';
import { loginOf } from './login.ts';
import type { Scene } from './scene.ts';

/** What needs no cluster, or only reads. */
export function reads({ sts, machine, namespace }: Scene): void {
  it('tells its version and what it runs on', async () => {
    const { stdout } = await sts(['version']);
    assert.equal(stdout, `kubectl-sts ${packageJson.version} ${machine.runsOn} bun ${runtimeVersion()}\n`);
  });

  for (const args of withoutCluster) {
    it(`does the same as here: ${args.join(' ')}`, async () => {
      const judge = await run(sharedStand().plugin, args, { env: personEnv(), cwd: checkout });
      assert.deepEqual(await sts(args), judge);
    });
  }

  it('reads a file by its whole path', async () => {
    const folder = join(checkout, 'examples', 'simple-statefulset');
    assert.deepEqual(await sts(['tree', '-f', machine.path(folder)]), await here(['tree', '-f', folder]));
  });

  it('writes the script for completion of its system, finds it again, and deletes it', async () => {
    const { name, text, bareFile } = completionScript(machine.platform);
    const folder = join(sandbox(), 'completion');
    mkdirSync(folder, { recursive: true });
    const dir = ['--dir', machine.path(folder)];
    const file = machine.path(join(folder, name));
    assert.equal((await sts(['completion', 'install', ...dir])).stdout, `${file} written\n`);
    assert.equal(readFileSync(join(folder, name), 'utf8'), text);
    assert.deepEqual(readdirSync(folder).sort(), [...(bareFile === undefined ? [] : [bareFile.name]), name].sort());
    assert.equal((await sts(['completion', 'install', ...dir])).stdout, `${file} unchanged\n`);
    assert.equal((await sts(['completion', 'uninstall', ...dir])).stdout, `${file} deleted\n`);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('shows the tree of a set in a cluster', async () => {
    const args = ['tree', 'web', '-n', namespace];
    const there = withoutAges(await sts(args));
    assert.deepEqual(there, withoutAges(await here(args)));
    assert.match(there.stdout, /web-1/);
  });

  it('says why a kubeconfig cannot be read, exit 2', async () => {
    const kubeconfig = join(sandbox(), 'broken.kubeconfig');
    writeFileSync(kubeconfig, 'clusters: [{');
    const { stdout, stderr, code } = await sts(['tree'], { kubeconfig });
    assert.deepEqual({ stdout, code }, { stdout: '', code: 2 });
    const judge = await here(['tree'], { kubeconfig });
    assert.equal(stderr.replaceAll(machine.path(kubeconfig), kubeconfig), judge.stderr);
  });
}

/** What acts on a cluster, or reads what the API server alone does not tell. */
export function acts({ sts, going, machine, namespace }: Scene): void {
  it('asks DNS by port-forward, exit 0 where all names resolve and 1 where one does not', async () => {
    for (const [name, expected] of [
      ['web', 0],
      ['early', 1],
    ] as const) {
      const args = ['dns', name, '-n', namespace];
      const { stdout, stderr, code } = await sts(args);
      assert.deepEqual([code, stdout], [expected, (await here(args)).stdout], stderr);
      assert.match(stderr, /by port-forward/);
    }
  });

  it('pins a Service to a pod, refuses a pod that is missing with exit 1, and unpins', async () => {
    const pinned = await sts(['pin', 'outside', '1', '-n', namespace]);
    assert.equal(pinned.code, 0, pinned.stderr);
    const selector = { app: 'web', 'statefulset.kubernetes.io/pod-name': 'web-1' };
    assert.deepEqual(await selectorOf(namespace, 'outside'), selector);
    const refused = await sts(['pin', 'outside', '7', '-n', namespace]);
    assert.deepEqual([refused.code, refused.stdout], [1, ''], refused.stderr);
    assert.deepEqual(await selectorOf(namespace, 'outside'), selector);
    const unpinned = await sts(['unpin', 'outside', '-n', namespace]);
    assert.equal(unpinned.code, 0, unpinned.stderr);
    assert.deepEqual(await selectorOf(namespace, 'outside'), { app: 'web' });
  });

  it('rolls, ends after the pod under way at Ctrl-C with exit 130, and goes on with --resume', async () => {
    const first = await uidsOf(namespace, 'rolled');
    const roll = going(['roll', 'rolled', '-n', namespace, '--stable', '0s']);
    await roll.line(/rolled-1 {2}evicted/);
    const { code } = await roll.end('SIGINT');
    assert.equal(code, 130, roll.stderr());
    assert.match(roll.stderr(), /^roll \w+ of statefulset\/rolled interrupted, as asked: 1 of 2 pods restarted/m);
    const second = await uidsOf(namespace, 'rolled');
    assert.deepEqual(replaced(first, second), ['rolled-1']);
    const resumed = await sts(['roll', 'rolled', '-n', namespace, '--resume']);
    assert.equal(resumed.code, 0, `${resumed.stdout}${resumed.stderr}`);
    assert.deepEqual(replaced(second, await uidsOf(namespace, 'rolled')), ['rolled-0']);
  });

  it('logs in by the program that the kubeconfig names', async () => {
    const { byToken, answer, byProgram } = await loginOf(namespace, 'reader');
    const [command, ...words] = machine.print;
    const kubeconfig = byProgram(command, [...words, machine.path(answer)]);
    const args = ['tree', 'web', '-n', namespace];
    const there = withoutAges(await sts(args, { kubeconfig }));
    assert.deepEqual(there, withoutAges(await here(args, { kubeconfig: byToken })));
    assert.match(there.stdout, /web-1/);
  });

  it('offers StatefulSets to complete', async () => {
    const { stdout, stderr, code } = await sts(['__complete', 'tree', '-n', namespace, 'w']);
    assert.deepEqual({ stdout, stderr, code }, { stdout: 'web\n:4\n', stderr: '', code: 0 });
  });
}

/** Between two runs a second may pass, which may make the column wider. */
export function withoutAges({ stdout, ...rest }: Ran): Ran {
  return { ...rest, stdout: stdout.replaceAll(/ *(AGE|(\d+[smhd])+)$/gm, '') };
}

/** The pods that are others than before. */
function replaced(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}
