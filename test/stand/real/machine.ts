/** One real node: containerd, the kubelet and kube-proxy on a machine of the stand. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Executables } from '../build.ts';
import { clusterFiles } from '../control-plane.ts';
import type { realModules } from '../modules.ts';
import { until } from '../until.ts';
import { pauseImage } from './images.ts';
import { cgroupOf, makeCgroups } from './namespaces.ts';
import { type Machine, on, writePodNetwork } from './network.ts';

export type RealExecutables = Executables<(typeof realModules)[number]>;

export interface MachineOptions {
  /** Of the stand, and its name. */
  folder: string;
  stand: string;
  executables: RealExecutables;
  /** The archive of the images. */
  images: string;
  signal: AbortSignal;
  deadline: number;
}

/** Files that only this machine needs and that go with the namespaces. */
const volatile = '/run/machines';

/** Where a machine's volumes of type `local` are. */
export function volumePath({ name }: Machine, index: number): string {
  return join(volatile, name, 'volumes', String(index));
}

/** How many volumes of type `local` a machine has, and how big each is. */
export const localVolumes = { count: 8, mebibytes: 64 };

/** Starts containerd with all images. */
export async function startContainers(machine: Machine, options: MachineOptions): Promise<void> {
  const { folder, executables, images, signal, deadline } = options;
  const home = homeOf(machine, folder);
  const state = join(volatile, machine.name);
  for (const path of [home, join(home, 'network')]) await mkdir(path, { recursive: true });
  // A file system of its own in memory: layers can be laid over one another there, whatever the folder's can do.
  await mountMemory(join(state, 'containerd'));
  await writePodNetwork(join(home, 'network'), join(state, 'addresses'), machine);
  const config = join(home, 'containerd.toml');
  await writeFile(config, containerdConfiguration(machine, home));
  await begin(machine, options, 'containerd', ['--config', config]);
  const ctr = (...words: string[]) =>
    promisify(execFile)(executables.ctr, ['--address', socketOf(machine), '--namespace', 'k8s.io', ...words]);
  await until(`containerd of ${machine.name}`, deadline, signal, () => ctr('version'));
  await ctr('images', 'import', '--local', '--digests=false', images);
}

/** Starts the kubelet and kube-proxy. `kubeconfig` is that of both. */
export async function startNode(machine: Machine, kubeconfig: string, options: MachineOptions): Promise<void> {
  const { folder, stand } = options;
  const { name, address, zone } = machine;
  const home = homeOf(machine, folder);
  for (let index = 0; index < localVolumes.count; index++) {
    // Each a file system of its own, as a disk would be: what one holds is not counted with the others.
    await mountMemory(volumePath(machine, index), localVolumes.mebibytes);
  }
  const group = cgroupOf(stand, name);
  await makeCgroups(group);
  const config = join(home, 'kubelet.json');
  await writeFile(config, JSON.stringify(kubeletConfiguration(machine, group, join(home, 'pods'))));
  const labels = `topology.kubernetes.io/zone=${zone},topology.kubernetes.io/region=region-1`;
  await begin(machine, options, 'kubelet', [
    `--config=${config}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
    `--node-labels=${labels}`,
    `--root-dir=${join(volatile, name, 'kubelet')}`,
    `--cert-dir=${join(home, 'pki')}`,
  ]);
  await begin(machine, options, 'kube-proxy', [
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${name}`,
    '--proxy-mode=iptables',
    '--cluster-cidr=10.244.0.0/16',
    '--conntrack-max-per-core=0',
  ]);
}

function homeOf({ name }: Machine, folder: string): string {
  return join(folder, name);
}

export function socketOf({ name }: Machine): string {
  return join(volatile, name, 'containerd.sock');
}

/** Where kwokctl keeps the logs and process ids of the control plane's components, those of the nodes are too. */
async function begin(
  machine: Machine,
  { folder, stand, executables }: MachineOptions,
  program: keyof RealExecutables,
  words: readonly string[],
): Promise<void> {
  const { logs, pids } = clusterFiles(folder, stand);
  for (const path of [logs, pids]) await mkdir(path, { recursive: true });
  const component = `${program}-${machine.name}`;
  const pid = await launch(machine, [executables[program], ...words], join(logs, `${component}.log`));
  await writeFile(join(pids, `${component}.pid`), `${pid}`);
}

/** Starts a program on a machine; it goes on when this process ends. @param path of its log */
export async function launch(machine: Machine, command: readonly string[], path: string): Promise<number> {
  const log = await open(path, 'a');
  const [first = '', ...rest] = [...on(machine), ...command];
  const child = spawn(first, rest, { detached: true, stdio: ['ignore', log.fd, log.fd] });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.unref();
  await log.close();
  return child.pid ?? 0;
}

/** An empty file system in memory, which goes with the namespaces. */
export async function mountMemory(path: string, mebibytes?: number): Promise<void> {
  await mkdir(path, { recursive: true });
  const size = mebibytes === undefined ? [] : ['-o', `size=${mebibytes}m`];
  await promisify(execFile)('mount', ['-t', 'tmpfs', ...size, 'memory', path]);
}

function containerdConfiguration(machine: Machine, home: string): string {
  const state = join(volatile, machine.name);
  return `version = 3
root = "${state}/containerd"
state = "${state}/containerd-state"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.opt"]

[grpc]
  address = "${socketOf(machine)}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pauseImage}"

[plugins."io.containerd.cri.v1.runtime"]
  # Who may not raise its own priority in lack of memory may not raise a container's either.
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "${home}/network"
`;
}

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubeletConfiguration(machine: Machine, group: string, logs: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // It listens in the namespaces only.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: group,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    clusterDomain: 'cluster.local',
    clusterDNS: ['10.96.0.10'],
    // Nothing of the resolver of the machine outside.
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${socketOf(machine)}`,
    podLogsDir: logs,
    // A full disk of the machine outside is no reason to evict.
    evictionHard: { 'memory.available': '10Mi', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    // So that a test need not wait long: for usage of volumes, for a ConfigMap, for a node that was cut off.
    volumeStatsAggPeriod: '2s',
    nodeStatusUpdateFrequency: '2s',
    nodeLeaseDurationSeconds: 4,
    syncFrequency: '5s',
  };
}
