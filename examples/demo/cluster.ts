/** Where the demo runs: on a control plane of this machine, or on a cluster of the person who starts it. */
import { dirname } from 'node:path';
import { pluginToTest } from '../../test/runner/plugin.ts';
import { unbuilt } from '../../test/stand/build.ts';
import { standModules } from '../../test/stand/modules.ts';
import { type UpOptions, up } from '../../test/stand/stand.ts';
import { showWhile } from './exhibits.ts';
import { report } from './progress.ts';
import { agrees, interruption, run, say, tell } from './stage.ts';

/** Of the demo alone: nobody else's is ever used. */
export const namespace = 'kubectl-sts-demo';

/** Marks the namespace as made by a demo. */
const mark = 'kubectl-sts/demo=true';

export interface Cluster {
  /** Flags of each command. */
  flags: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Runs kubectl without a word. @returns what it prints */
  kubectl(...words: string[]): Promise<string>;
  /** What the demo leaves, and what to type next. */
  farewell: readonly string[];
  /** Deletes what the demo has made on somebody's own cluster. */
  leave(): Promise<void>;
}

/** A control plane on this machine, which stays up. */
export async function ownStand(): Promise<Cluster> {
  const missing = await unbuilt(standModules);
  const first =
    missing.length === 0
      ? 'The demo builds the plugin and starts a control plane: that takes half a minute.'
      : 'The first demo builds a Kubernetes control plane: that takes about ten minutes on two cores. Later ones start in half a minute.';
  tell(`${first} Meanwhile, this needs no cluster.`);
  const [plugin, stand] = await showWhile(buildAll());
  const path = [dirname(plugin), dirname(stand.executables.kubectl)].join(':');
  const env = { ...process.env, KUBECONFIG: stand.kubeconfig, PATH: `${path}:${process.env['PATH']}` };
  const kubectl = (...words: string[]) => run('kubectl', words, env);
  // Of the demo before this one.
  if ((await kubectl('get', 'namespace', namespace, '--ignore-not-found', '-o', 'name')) !== '') await remove(kubectl);
  await kubectl('create', 'namespace', namespace);
  return {
    flags: ['-n', namespace],
    env,
    kubectl,
    leave: async () => {},
    farewell: [
      'The cluster stays up for you to try. Its nodes are simulated: no container runs.',
      `  export KUBECONFIG=${stand.kubeconfig}`,
      `  export PATH=${path}:$PATH`,
      `  kubectl sts status -w -n ${namespace}`,
      `  kubectl sts roll shop --dry-run=server -n ${namespace}`,
      `  kubectl scale sts/shop --replicas=2 -n ${namespace}`,
      `  kubectl sts tree shop -n ${namespace}`,
      '  kubectl sts --help',
      `To end it: npm run stand -- down --name ${standOptions().name}`,
    ],
  };
}

/** A namespace whose pods and claims are gone already goes in half the time. */
async function remove(kubectl: Cluster['kubectl']): Promise<void> {
  await kubectl('delete', 'statefulsets,persistentvolumeclaims', '--all', '-n', namespace, '--timeout=60s');
  await kubectl('delete', 'namespace', namespace, '--timeout=120s');
}

/** A stand that stays; in a test, one that belongs to the test's process: `sweep` takes it down when that has ended. */
function standOptions(): UpOptions {
  const owner = process.env['KUBECTL_STS_TEST_OWNER'];
  return owner === undefined ? { name: 'demo' } : { name: `demo-${owner}`, owner: Number(owner) };
}

async function buildAll(): Promise<[plugin: string, stand: Awaited<ReturnType<typeof up>>]> {
  const plugin = await builtPlugin();
  return [plugin, await up(standOptions(), report)];
}

async function builtPlugin(): Promise<string> {
  const plugin = await pluginToTest(report);
  if (typeof plugin !== 'string') throw new Error(`the plugin cannot be built: ${plugin.error}`);
  return plugin;
}

/**
 * A cluster of the person who starts the demo.
 *
 * @param isAgreed without a question
 * @returns undefined where the person does not agree
 * @throws where there is a namespace of the name already
 */
export async function ownCluster(context: string, isAgreed: boolean): Promise<Cluster | undefined> {
  const flags = ['--context', context];
  const plain = (...words: string[]) => run('kubectl', [...flags, ...words], process.env);
  const labels = await plain('get', 'namespace', namespace, '--ignore-not-found', '-o', 'jsonpath={.metadata.labels}');
  if (labels !== '') throw new Error(taken(context, labels.includes('"kubectl-sts/demo":"true"')));
  tell(
    `The demo makes the namespace ${namespace} in the cluster of the context ${context}. It runs three small pods there, each with a volume of 50Mi of the default StorageClass. At its end, it deletes the namespace and all that is in it.`,
  );
  if (!isAgreed && !(process.stdin.isTTY && process.stdout.isTTY)) {
    throw new Error('this is no terminal, on which you could agree to that: add --yes');
  }
  if (!isAgreed && !(await agrees('Go on?'))) return undefined;
  const plugin = await showWhile(builtPlugin());
  interruption.signal.throwIfAborted();
  const env = { ...process.env, PATH: `${dirname(plugin)}:${process.env['PATH']}` };
  // Fails where somebody else was faster.
  await plain('create', 'namespace', namespace);
  const leave = async (): Promise<void> => {
    say(`\nThe namespace ${namespace} is being deleted.`);
    await remove(plain);
    say('It is gone.');
  };
  const farewell = [
    'Now look at sets of your own:',
    `  export PATH=${dirname(plugin)}:$PATH`,
    `  kubectl sts status -A --context ${context}`,
    `  kubectl sts tree NAME -n NAMESPACE --context ${context}`,
    '  kubectl sts --help',
  ];
  const cluster = { flags: [...flags, '-n', namespace], env, kubectl: plain, farewell, leave };
  await plain('label', 'namespace', namespace, mark).catch(async (error) => {
    await leave();
    throw error;
  });
  return cluster;
}

function taken(context: string, isOfDemo: boolean): string {
  if (!isOfDemo) return `there is a namespace ${namespace} already, and the demo has not made it: it changes nothing`;
  return `a demo that runs now, or one that was cut off, has made the namespace ${namespace}. If it does not run any more: kubectl delete namespace ${namespace} --context ${context}`;
}
