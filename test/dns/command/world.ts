/** A cluster in memory with the set `web`, its governing Service, and two DNS servers that know its names. */
import type { EndpointSlice, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { type MemoryCluster, memoryCluster } from '../../memory/cluster.ts';
import { type Runner, runnerOn } from '../../memory/run.ts';
import { headless, namespace, podOf, statefulSet } from '../../objects/snapshots.ts';
import { type ZoneServer, zoneServer } from './dnsserver.ts';

export interface World {
  cluster: MemoryCluster;
  runner: Runner;
  /** Of the pods coredns-0 and coredns-1. */
  servers: [ZoneServer, ZoneServer];
  run: Runner['run'];
  /** The requests that open a stream into a pod. */
  streams(): string[];
  close(): Promise<void>;
}

const domain = 'cluster.local';
export const set = statefulSet('web', { replicas: 2 });
/** Of the pod with this ordinal. */
export const addressOf = (ordinal: number) => `10.0.0.${ordinal + 1}`;
export const nameOf = (ordinal: number) => `web-${ordinal}.web.${namespace}.svc.${domain}`;
export const serviceName = `web.${namespace}.svc.${domain}`;

/** A Service that selects the pods of its set. */
export function governing(name: string, spec: Partial<NonNullable<Service['spec']>> = {}): Service {
  const service = headless(name);
  return { ...service, spec: { ...service.spec, selector: { app: name }, ipFamilies: ['IPv4'], ...spec } };
}

export function member(
  of: StatefulSet,
  ordinal: number,
  { ready = true, ...metadata }: { ready?: boolean } & Partial<Pod['metadata']> = {},
): Pod {
  const name = `${of.metadata.name}-${ordinal}`;
  const pod = podOf(of, ordinal, {
    spec: { hostname: name, subdomain: of.spec?.serviceName ?? '', containers: [{ name: 'app' }, { name: 'side' }] },
    metadata,
  });
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return { ...pod, status: { ...pod.status, conditions, podIPs: [{ ip: addressOf(ordinal) }] } };
}

/** The slice of a set's Service with its pods of these ordinals. */
export function slice(service: string, ordinals: readonly number[], where = namespace): EndpointSlice {
  return {
    addressType: 'IPv4',
    metadata: {
      name: `${service}-abcde`,
      namespace: where,
      labels: { 'kubernetes.io/service-name': service },
    },
    ports: [{ name: 'db', port: 5433, protocol: 'TCP' }],
    endpoints: ordinals.map((ordinal) => ({
      addresses: [addressOf(ordinal)],
      hostname: `${service}-${ordinal}`,
      conditions: { ready: true },
    })),
  };
}

const dnsNamespace = 'kube-system';
const serverNames = ['coredns-0', 'coredns-1'];

/** A DNS Service with the two servers behind it. */
export function putDnsService(cluster: MemoryCluster, name: string, labels: Record<string, string> = {}): void {
  cluster.put<Service>('services', {
    metadata: { name, namespace: dnsNamespace, labels },
    spec: { clusterIP: '10.96.0.10', ports: [{ name: 'dns-tcp', port: 53, protocol: 'TCP' }] },
  });
  cluster.put<EndpointSlice>('endpointslices', {
    addressType: 'IPv4',
    metadata: { name: `${name}-x`, namespace: dnsNamespace, labels: { 'kubernetes.io/service-name': name } },
    ports: [
      { name: 'metrics', port: 9153, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 5353, protocol: 'TCP' },
    ],
    endpoints: serverNames.map((server) => ({
      addresses: ['10.1.0.1'],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name: server, namespace: dnsNamespace },
    })),
  });
}

export async function dnsWorld(): Promise<World> {
  const cluster = await memoryCluster();
  const runner = runnerOn(cluster);
  const servers: [ZoneServer, ZoneServer] = [await zoneServer(), await zoneServer()];
  cluster.put('statefulsets', set);
  cluster.put('services', governing('web'));
  for (const ordinal of [0, 1]) cluster.put('pods', member(set, ordinal));
  cluster.put('endpointslices', slice('web', [0, 1]));
  putDnsService(cluster, 'kube-dns', { 'k8s-app': 'kube-dns' });
  for (const name of serverNames) {
    cluster.put<Pod>('pods', { metadata: { name, namespace: dnsNamespace, labels: { 'k8s-app': 'kube-dns' } } });
  }
  cluster.put('configmaps', {
    metadata: { name: 'coredns', namespace: dnsNamespace },
    data: { Corefile: `.:53 {\n  kubernetes ${domain} in-addr.arpa {\n  }\n}\n` },
  });
  cluster.onForward = (pod, port) => (port === 5353 ? servers[serverNames.indexOf(pod)]?.port : undefined);
  for (const { records } of servers) {
    for (const ordinal of [0, 1]) {
      records.set(nameOf(ordinal), [addressOf(ordinal)]);
      records.set(`${ordinal + 1}.0.0.10.in-addr.arpa`, [nameOf(ordinal)]);
    }
    records.set(serviceName, [addressOf(0), addressOf(1)]);
    records.set(`_db._tcp.${serviceName}`, [`5433 ${nameOf(0)}`, `5433 ${nameOf(1)}`]);
  }
  return {
    cluster,
    runner,
    servers,
    run: runner.run,
    streams: () => cluster.requests.filter((request) => /pods\/(exec|portforward)/.test(request)),
    async close() {
      runner.close();
      cluster.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** The lines of a text, with one space for each gap of a table. */
export function lines(text: string): string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/ {2,}/g, ' '));
}
