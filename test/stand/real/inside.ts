/**
 * Starts a real stand in the namespaces that its keeper has made: `node inside.ts FOLDER`. Ends when all of it is
 * ready, and leaves it running.
 */
import { mkdir } from 'node:fs/promises';
import { connect } from '../api.ts';
import { applyClusterObjects, type Manifest } from '../cluster-objects.ts';
import { startControlPlane } from '../control-plane.ts';
import { componentCrash, explainWait } from '../failures.ts';
import { nodesReady } from '../nodes.ts';
import { clusterDnsReady, writeAdminKubeconfig } from '../start.ts';
import { until } from '../until.ts';
import type { KeeperMessage } from './keeper.ts';
import { localVolumes, mountMemory, startContainers, startNode, volumePath } from './machine.ts';
import { type Machine, machines, makeNetwork } from './network.ts';
import { readPlan } from './start.ts';

/** Milliseconds for all of it, on a slow machine. */
const patience = 120_000;

async function start(folder: string): Promise<void> {
  const plan = await readPlan(folder);
  const { stand, executables, images } = plan;
  const deadline = Date.now() + patience;
  const done = new AbortController();
  const { signal } = done;

  // Whatever is written to these places belongs to the namespaces, and goes with them.
  for (const path of ['/run', '/var/log', '/var/lib']) await mountMemory(path);
  await mkdir('/run/netns', { recursive: true });
  await makeNetwork();
  await mountMemory('/tmp/hostpath_pv');

  tell('starting the control plane and containerd');
  const options = { folder, stand: stand.name, executables, images, signal, deadline };
  const [first] = machines;
  const crash = componentCrash(folder, stand.name, signal);
  crash.catch(() => {});
  await Promise.race([
    crash,
    Promise.all([
      startControlPlane(folder, stand.name, executables, stand.ports, {
        audit: stand.auditLog !== undefined,
        gates: stand.gates,
        realNodes: { apiServer: first.address },
      }),
      ...machines.map((machine) => startContainers(machine, options)),
    ]),
  ]);
  await writeAdminKubeconfig(stand);
  const api = await connect(stand.server, stand);
  const wait = (component: string, what: string, probe: () => Promise<true | undefined>) =>
    Promise.race([
      crash,
      until(what, deadline, signal, probe).catch((error: Error) => explainWait(folder, stand.name, component, error)),
    ]);
  try {
    await wait('kube-apiserver', 'the API server becoming ready', async () => {
      await api.get('/readyz');
      return true;
    });
    tell('waiting for the nodes');
    await Promise.all(machines.map((machine) => startNode(machine, stand.kubeconfig, options)));
    await wait('kube-controller-manager', 'nodes becoming Ready', () => nodesReady(api, machines.length));
    // Only now, so that the DNS servers are on different nodes.
    tell('waiting for the DNS servers');
    await wait('kube-apiserver', 'making storage classes and DNS', async () => {
      await applyClusterObjects(api, [localClass, ...machines.flatMap(localVolumesOf)]);
      return true;
    });
    await wait('kube-scheduler', 'the pods of kube-dns becoming Ready', () => clusterDnsReady(api));
  } finally {
    api.close();
    done.abort();
  }
}

const className = 'local';

/** https://kubernetes.io/docs/concepts/storage/volumes/#local */
const localClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: className },
  provisioner: 'kubernetes.io/no-provisioner',
  volumeBindingMode: 'WaitForFirstConsumer',
};

function localVolumesOf(machine: Machine): Manifest[] {
  return Array.from({ length: localVolumes.count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `${className}-${machine.name}-${index}` },
    spec: {
      capacity: { storage: `${localVolumes.mebibytes}Mi` },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: className,
      local: { path: volumePath(machine, index) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [machine.name] }] },
          ],
        },
      },
    },
  }));
}

function tell(text: string): void {
  say({ kind: 'progress', text });
}

function say(message: KeeperMessage): void {
  process.send?.(message);
}

const [, , folder = ''] = process.argv;
await start(folder).then(
  () => say({ kind: 'ready' }),
  (error: Error) => {
    say({ kind: 'failed', text: error.message });
    process.exitCode = 1;
  },
);
process.disconnect?.();
