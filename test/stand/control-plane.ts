import { spawn } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Executables } from './build.ts';
import { definitionFolder } from './folders.ts';
import type { Gates } from './kubernetes.ts';
import { tail } from './log-tail.ts';
import type { standModules } from './modules.ts';

/** Names allowed for a stand: they become part of paths and of a context's name. */
export const namePattern = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** Services get addresses of these ranges, the nodes' pods of others (nodes.ts): no address means two things. */
const serviceRanges = { ipv4: '10.96.0.0/16', ipv6: 'fd00:96::/108' };

/** The address of `kubernetes.default` in the first of them. */
const apiServerService = '10.96.0.1';

/** What `kubernetes.default` resolves to stands for the API server, and is of a range kept for documentation. */
const advertisedAddress = '192.0.2.1';

export type Ports = {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kubelets: number;
  readonly coredns: number;
};

export type StandExecutables = Executables<(typeof standModules)[number]>;

/** Where kwokctl keeps a cluster, and what of it others read. */
export function clusterFiles(folder: string, name: string) {
  const cluster = join(folder, 'kwok', 'clusters', name);
  return {
    logs: join(cluster, 'logs'),
    /** One file for each component that kwokctl has started. */
    pids: join(cluster, 'pids'),
    auditLog: join(cluster, 'logs', 'audit.log'),
    ca: join(cluster, 'pki', 'ca.crt'),
    certificate: join(cluster, 'pki', 'admin.crt'),
    key: join(cluster, 'pki', 'admin.key'),
  };
}

export interface ControlPlaneOptions {
  readonly audit: boolean;
  readonly gates: Gates;
  /** The address at which real nodes find the API server; without it KWOK plays the nodes. */
  readonly realNodes?: { readonly apiServer: string };
}

/** Starts etcd, the control plane and KWOK by kwokctl; they stay when this process ends. */
export async function startControlPlane(
  folder: string,
  name: string,
  executables: StandExecutables,
  ports: Ports,
  options: ControlPlaneOptions,
): Promise<void> {
  const config = join(folder, 'kwokctl.yaml');
  const own = kwokctlConfiguration(executables, ports, options);
  await writeFile(config, options.realNodes ? JSON.stringify(own) : await withFakeNodes(own, folder, ports));
  const create = ['create', 'cluster', '--name', name, '--config', config, '--kubeconfig', unused(folder)];
  await kwokctl(folder, executables, create);
}

/** kwokctl would add the cluster to the person's kubeconfig: this one is thrown away, and both ways lead to it. */
function unused(folder: string): string {
  return join(folder, 'kwok', 'kubeconfig');
}

/** Runs it for the cluster of this folder; throws with the end of its log when it fails. */
export async function kwokctl(
  folder: string,
  executables: StandExecutables,
  parameters: readonly string[],
): Promise<void> {
  const { PATH: searchPath } = process.env;
  const log = join(folder, 'kwokctl.log');
  const output = await open(log, 'a');
  try {
    const child = spawn(executables.kwokctl, parameters, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      env: {
        ...process.env,
        KWOK_WORKDIR: join(folder, 'kwok'),
        KUBECONFIG: unused(folder),
        // It asks the API server by the kubectl that it finds first.
        PATH: [dirname(executables.kubectl), searchPath].join(delimiter),
      },
    });
    const status = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    if (status !== 0) throw new Error(`kwokctl ended with ${status}; the end of ${log}:\n${await tail(log)}`);
  } finally {
    await output.close();
  }
}

/** kwokctl's configuration and what KWOK plays: YAML documents, JSON being YAML. */
async function withFakeNodes(configuration: object, folder: string, ports: Ports): Promise<string> {
  const stages = ['node-stages.yaml', 'pod-stages.yaml'].map((file) =>
    readFile(join(definitionFolder, 'definitions', file), 'utf8'),
  );
  const podLog = join(folder, 'pod.log');
  // KWOK reads logs in the container runtimes' form: time, stream, F for a full line, text.
  await writeFile(podLog, `${new Date().toISOString()} stdout F a fake pod of the stand: nothing runs in it\n`);
  const workDir = join(folder, 'exec');
  await mkdir(workDir, { recursive: true });
  const documents = [configuration, ...podAccess(workDir, podLog, ports.coredns)].map((document) =>
    JSON.stringify(document, undefined, 2),
  );
  return [...documents, ...(await Promise.all(stages))].join('\n---\n');
}

function kwokctlConfiguration(
  executables: StandExecutables,
  ports: Ports,
  { audit, gates, realNodes }: ControlPlaneOptions,
): object {
  const extraArgs = (name: string, values: Record<string, string>) => ({
    name,
    extraArgs: Object.entries(values).map(([key, value]) => ({ key, value })),
  });
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokctlConfiguration',
    options: {
      runtime: 'binary',
      bindAddress: realNodes ? '0.0.0.0' : '127.0.0.1',
      etcdBinary: executables.etcd,
      kubeApiserverBinary: executables['kube-apiserver'],
      kubeControllerManagerBinary: executables['kube-controller-manager'],
      kubeSchedulerBinary: executables['kube-scheduler'],
      kwokControllerBinary: executables.kwok,
      kubectlBinary: executables.kubectl,
      etcdPort: ports.etcd,
      etcdPeerPort: ports.etcdPeer,
      kubeApiserverPort: ports.apiServer,
      kubeControllerManagerPort: ports.controllerManager,
      kubeSchedulerPort: ports.scheduler,
      kwokControllerPort: ports.kubelets,
      disableQPSLimits: true,
      kubeFeatureGates: Object.entries(gates)
        .map(([gate, isOn]) => `${gate}=${isOn}`)
        .join(','),
      ...(realNodes
        ? {
            disable: ['kwok-controller'],
            kubeApiserverCertSANs: [realNodes.apiServer, apiServerService],
            // So that a test need not wait long for a node that it has cut off.
            kubeControllerManagerNodeMonitorPeriodMilliseconds: 1_000,
            kubeControllerManagerNodeMonitorGracePeriodMilliseconds: 10_000,
          }
        : {
            // So that a test can say what a pod of its own answers at a port, and where its commands run.
            enableCRDs: ['PortForward', 'Exec'],
            // A machine that slept or is very busy must not lose its nodes: ten minutes, as KWOK makes five of one.
            kubeControllerManagerNodeMonitorGracePeriodMilliseconds: 120_000,
          }),
      ...(audit && { kubeAuditPolicy: join(definitionFolder, 'definitions', 'audit-policy.yaml') }),
    },
    // Not by kwokctl's --extra-args: with arguments for several components it mixes them up or crashes.
    componentsPatches: [
      extraArgs('etcd', { 'unsafe-no-fsync': 'true' }),
      extraArgs('kube-apiserver', {
        // Megabytes. A log that begins anew, as by default after 100, would leave requests of the tests unread.
        'audit-log-maxsize': '10000',
        'service-cluster-ip-range': realNodes ? serviceRanges.ipv4 : Object.values(serviceRanges).join(','),
        'advertise-address': realNodes?.apiServer ?? advertisedAddress,
        ...(realNodes && { 'kubelet-preferred-address-types': 'InternalIP' }),
      }),
      extraArgs('kube-controller-manager', {
        'enable-hostpath-provisioner': 'true',
        'leader-elect': 'false',
      }),
      extraArgs('kube-scheduler', { 'leader-elect': 'false' }),
    ],
  };
}

/** What KWOK answers for its pods: CoreDNS at port 53 of kube-system, commands run on the host, one line of log. */
function podAccess(workDir: string, podLog: string, corednsPort: number): object[] {
  const document = (kind: string, spec: object) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind,
    metadata: { name: 'stand' },
    spec,
  });
  return [
    document('ClusterPortForward', {
      selector: { matchNamespaces: ['kube-system'] },
      forwards: [{ ports: [53], target: { address: '127.0.0.1', port: corednsPort } }],
    }),
    document('ClusterExec', { execs: [{ local: { workDir } }] }),
    document('ClusterLogs', { logs: [{ logsFile: podLog }] }),
  ];
}
