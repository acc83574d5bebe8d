import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duration, type Report } from '../../packaging/progress.ts';
import { type Api, connect } from './api.ts';
import { applyClusterObjects } from './cluster-objects.ts';
import { clusterFiles, type Ports, type StandExecutables, startControlPlane } from './control-plane.ts';
import { corednsAnswers, startCoreDns } from './coredns.ts';
import { componentCrash, explainWait } from './failures.ts';
import { kubeconfig } from './kubeconfig.ts';
import { type Gates, type KubernetesMinor, newest, releases } from './kubernetes.ts';
import { node, nodesReady } from './nodes.ts';
import { recordOwner } from './ownership.ts';
import { freePort } from './port.ts';
import { type Component, componentsOf, endComponents } from './processes.ts';
import { until } from './until.ts';

/** A real control plane with fake nodes or real ones, up and ready. */
export type Stand = {
  readonly name: string;
  /** The folder that holds all of it, logs included. */
  readonly dir: string;
  /** The administrator's kubeconfig; its only context is `context`. */
  readonly kubeconfig: string;
  readonly context: string;
  /** The API server's URL. */
  readonly server: string;
  /** The certificates by which the API server and the administrator are known. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly nodes: number;
  readonly kubernetes: KubernetesMinor;
  readonly gates: Gates;
  readonly executables: StandExecutables;
  /** One JSON line for each request (audit.k8s.io/v1 Event, level Metadata); undefined without audit. */
  readonly auditLog: string | undefined;
  /** The real CoreDNS, over UDP and TCP. */
  readonly coredns: { readonly host: string; readonly port: number };
  readonly ports: Ports;
  readonly components: readonly Component[];
  /**
   * With real nodes all of it is in namespaces of its own, and can be reached from there alone: the first process in
   * them.
   */
  readonly first?: number;
};

export type UpOptions = {
  readonly name: string;
  /** Default 3. A stand that is up keeps the nodes that it has: asking for another number is refused. */
  readonly nodes?: number;
  /** Default the newest. Real nodes run no other. */
  readonly kubernetes?: KubernetesMinor;
  /** Feature gates that differ from the version's own defaults. */
  readonly gates?: Gates;
  /** Two nodes with containers. Linux and root only. Default false. */
  readonly real?: boolean;
  /** Default true. */
  readonly audit?: boolean;
  /** The process that the stand belongs to: when that has ended, `sweep` takes the stand down. */
  readonly owner?: number;
};

/** How long a start may take in all, once everything is built. */
const startTimeout = 90_000;

const controlPlane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** What must run for a stand to count as ready. */
export function expectedComponents({ first }: Pick<Stand, 'first'>): string[] {
  const nodes = first === undefined ? ['kwok-controller', 'coredns'] : ['containerd', 'kubelet', 'kube-proxy'];
  return [...controlPlane, ...nodes];
}

/**
 * Makes a stand in an empty place. Only when everything answers does it write down that the stand is ready; a
 * start that fails ends what it started and leaves the logs.
 */
export async function start(
  options: UpOptions,
  folder: string,
  executables: StandExecutables,
  report: Report,
): Promise<Stand> {
  const { name, nodes = 3, kubernetes = newest } = options;
  const started = Date.now();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await recordOwner(folder, options.owner);

  report({ kind: 'begin', text: `stand ${name}: starting Kubernetes ${releases[kubernetes]}` });
  const stand = await describe({ ...options, nodes }, folder, executables);
  const done = new AbortController();
  try {
    await Promise.race([bringUp(stand, done.signal, report), componentCrash(folder, name, done.signal)]);
  } catch (error) {
    await endComponents(folder);
    throw error;
  } finally {
    done.abort();
  }
  report({ kind: 'done', text: `stand ${name}: ready in ${duration(Date.now() - started)}, ${nodes} nodes` });
  return complete(stand);
}

/** Writes down that a stand is ready. Only this makes it count: one whose start was killed is cleaned away by the next. */
export async function complete(stand: Stand): Promise<Stand> {
  const file = readyFile(stand.dir);
  const ready = { ...stand, components: await componentsOf(stand.dir) };
  await writeFile(`${file}.new`, JSON.stringify(ready, undefined, 2));
  await rename(`${file}.new`, file);
  return ready;
}

/** The file whose presence says that the stand of this folder was made completely. It holds the Stand. */
export function readyFile(folder: string): string {
  return join(folder, 'ready.json');
}

/** The stand that is to be made: on free ports of loopback. */
export async function describe(
  { name, nodes, audit = true, kubernetes = newest, gates = {} }: UpOptions & { nodes: number },
  folder: string,
  executables: StandExecutables,
): Promise<Stand> {
  const files = clusterFiles(folder, name);
  const ports = await choosePorts();
  return {
    name,
    dir: folder,
    kubeconfig: join(folder, 'kubeconfig'),
    context: `kubectl-sts-${name}`,
    server: `https://127.0.0.1:${ports.apiServer}`,
    ca: files.ca,
    certificate: files.certificate,
    key: files.key,
    nodes,
    kubernetes,
    gates,
    executables,
    auditLog: audit ? files.auditLog : undefined,
    coredns: { host: '127.0.0.1', port: ports.coredns },
    ports,
    components: [],
  };
}

/** Starts everything and waits until it can be used. */
async function bringUp(stand: Stand, signal: AbortSignal, report: Report): Promise<void> {
  const { name, dir, server, nodes, gates, executables, ports } = stand;
  const deadline = Date.now() + startTimeout;
  await startControlPlane(dir, name, executables, ports, { audit: stand.auditLog !== undefined, gates });
  await writeAdminKubeconfig(stand);

  const api = await connect(server, stand);
  const wait = (component: string, what: string, probe: () => Promise<true | undefined>) =>
    until(what, deadline, signal, probe).catch((error: Error) => explainWait(dir, name, component, error));
  try {
    report({ kind: 'progress', text: `stand ${name}: waiting for nodes and DNS` });
    await wait('kube-apiserver', 'the API server becoming ready', () => exists(api, '/readyz'));
    await wait('kube-apiserver', 'making nodes, storage classes and DNS', async () => {
      await applyClusterObjects(
        api,
        Array.from({ length: nodes }, (_, index) => node(index)),
      );
      return true;
    });
    await startCoreDns(dir, executables.coredns, api, server, stand.ca, ports.coredns);
    await Promise.all([
      wait('kwok-controller', 'nodes becoming Ready', () => nodesReady(api, nodes)),
      wait('kube-controller-manager', 'the default ServiceAccount', () =>
        exists(api, '/api/v1/namespaces/default/serviceaccounts/default'),
      ),
      wait('kube-scheduler', 'the pods of kube-dns becoming Ready', () => clusterDnsReady(api)),
      wait('coredns', 'CoreDNS answering', () => corednsAnswers(ports.coredns)),
    ]);
  } finally {
    api.close();
  }
}

export async function writeAdminKubeconfig({
  kubeconfig: file,
  context,
  server,
  ca,
  certificate,
  key,
}: Stand): Promise<void> {
  const user = { certificate: await readFile(certificate), key: await readFile(key) };
  await writeFile(file, kubeconfig(context, server, await readFile(ca), user), { mode: 0o600 });
}

/** Whether both servers are. */
export async function clusterDnsReady(api: Api): Promise<true | undefined> {
  const deployment = await api.get('/apis/apps/v1/namespaces/kube-system/deployments/coredns');
  const { status } = deployment as { status: { readyReplicas?: number } };
  return status.readyReplicas === 2 || undefined;
}

async function choosePorts(): Promise<Ports> {
  return {
    apiServer: await freePort(),
    etcd: await freePort(),
    etcdPeer: await freePort(),
    controllerManager: await freePort(),
    scheduler: await freePort(),
    kubelets: await freePort(),
    coredns: await freePort(),
  };
}

async function exists(api: Api, path: string): Promise<true> {
  await api.get(path);
  return true;
}
