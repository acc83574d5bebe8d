/**
 * `npm run demo` shows the plugin: first on a file, which needs no cluster; then, built as it ships and started by
 * kubectl, on the StatefulSets of examples/ in a real control plane (test/stand/). `--context NAME` uses your own
 * cluster instead.
 */
import { execFile, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { buildExecutable } from '../packaging/executable.ts';
import { duration, reportTo } from '../packaging/progress.ts';
import { up } from '../test/stand/stand.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const namespace = 'kubectl-sts-demo';
const sets = ['simple-statefulset', 'products-db', 'simple-proxy', 'shared-db', 'own-db'];
const folders = ['simple-statefulset', 'products-db', 'simple-proxy', 'shared-claim', 'node-agent'];

const say = (text: string) => process.stdout.write(`${text}\n`);

try {
  await demo(parseArgs({ options: { context: { type: 'string' } } }).values.context);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function demo(context: string | undefined): Promise<void> {
  say('1. A tree from a file, no cluster needed: what products-db will consist of once it is applied.');
  show('kubectl sts tree -f examples/products-db');
  run(process.execPath, ['src/start.ts', 'tree', '-f', 'examples/products-db'], process.env);

  say('\n2. The plugin as it ships, and a cluster to try it on.');
  const plugin = await buildExecutable(reportTo(process.stderr));
  const cluster = await chooseCluster(context, plugin);
  const env = { ...process.env, ...cluster.env, PATH: [dirname(plugin), cluster.path, process.env['PATH']].join(':') };

  say(`\n3. The examples, applied to the namespace ${namespace} of ${cluster.name}.`);
  const kubectl: Kubectl = (...args) => promisify(execFile)('kubectl', [...cluster.flags, ...args], { cwd: root, env });
  await kubectl('get', 'namespace', namespace).catch(() => kubectl('create', 'namespace', namespace));
  await kubectl('apply', '-n', namespace, ...folders.flatMap((folder) => ['-f', join('examples', folder)]));
  await waitUntilReady(kubectl);

  say('\n4. What runs there now.');
  const flags = [...cluster.flags, '-n', namespace];
  show(`kubectl sts tree ${flags.join(' ')}`);
  run('kubectl', ['sts', 'tree', ...flags], env);

  say(`\n${cluster.farewell}`);
}

type Kubectl = (...args: string[]) => Promise<unknown>;

interface Cluster {
  name: string;
  flags: string[];
  env: NodeJS.ProcessEnv;
  /** The folder of the cluster's kubectl. */
  path: string;
  farewell: string;
}

async function chooseCluster(context: string | undefined, plugin: string): Promise<Cluster> {
  if (context !== undefined) {
    const farewell = `To remove it again: kubectl --context ${context} delete namespace ${namespace}`;
    return { name: `the context ${context}`, flags: ['--context', context], env: {}, path: '', farewell };
  }
  const stand = await up({ name: 'demo' }, reportTo(process.stderr));
  const path = dirname(stand.executables.kubectl);
  return {
    name: 'a control plane on this machine (its nodes are simulated: no container runs)',
    flags: [],
    env: { KUBECONFIG: stand.kubeconfig },
    path,
    farewell: `It stays up for you to try. In this shell:
  export KUBECONFIG=${stand.kubeconfig} PATH=${dirname(plugin)}:${path}:$PATH
  kubectl sts tree products-db -n ${namespace}
To end it: npm run stand -- down --name demo`,
  };
}

async function waitUntilReady(kubectl: Kubectl): Promise<void> {
  const started = performance.now();
  for (const set of sets) {
    try {
      await kubectl('rollout', 'status', '-n', namespace, `statefulset/${set}`, '--timeout=180s');
      say(`   ${set} is ready after ${duration(performance.now() - started)}`);
    } catch {
      say(`   ${set} is not ready after ${duration(performance.now() - started)}: the tree tells more`);
    }
  }
}

function show(command: string): void {
  say(`\n   $ ${command}`);
}

function run(program: string, args: string[], environment: NodeJS.ProcessEnv): void {
  const { status, error } = spawnSync(program, args, { cwd: root, env: environment, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exitCode = 1;
}
