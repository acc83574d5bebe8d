/** The cluster's own DNS servers: the ready pods behind its DNS Service. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { PodName } from '#src/kube/podstream.ts';
import { resources } from '#src/kube/resources.ts';
import { isHeadless, serviceNameLabel } from '#src/objects/service.ts';
import type { EndpointSlice, Service } from '#src/objects/types.ts';
import { clusterIPsOf } from '../model/governing.ts';
import type { ServiceName } from '../model/namedservice.ts';
import type { Unaskable } from '../model/unaskable.ts';

export interface DnsServer {
  /** `coredns-0` */
  name: string;
  pod: PodName;
  /** The pod's own TCP port, not the Service's. */
  port: number;
}

export interface DnsService {
  namespace: string;
  name: string;
  /** Empty for a headless Service. */
  clusterIPs: readonly string[];
  /** The ready ones, by name. */
  servers: DnsServer[];
}

/** kubeadm, kind, GKE, EKS, AKS and RKE2 all put their DNS Service here, with this label. */
export const usualNamespace = 'kube-system';
const usualLabel = 'k8s-app=kube-dns';

/**
 * @param named the Service; the usual one when undefined
 * @throws {StatusError} when the API server fails
 */
export async function findDnsServers(
  client: Client,
  named: ServiceName | undefined,
): Promise<DnsService | { unaskable: Unaskable }> {
  const service = await findService(client, named);
  if ('unaskable' in service) return service;
  const { namespace = usualNamespace, name } = service.metadata;
  const slices = await client.list<EndpointSlice>(resources.slices, namespace, {
    labels: `${serviceNameLabel}=${name}`,
  });
  if (slices instanceof StatusError) return refused(slices);
  const servers = serversOf(slices);
  if (servers.length === 0) return { unaskable: { kind: 'no ready server', namespace, service: name } };
  return { namespace, name, clusterIPs: isHeadless(service) ? [] : clusterIPsOf(service.spec), servers };
}

async function findService(
  client: Client,
  named: ServiceName | undefined,
): Promise<Service | { unaskable: Unaskable }> {
  if (named !== undefined) {
    const service = await client.get<Service>(resources.services, named.namespace, named.name);
    return service instanceof StatusError ? refused(service) : service;
  }
  const services = await client.list<Service>(resources.services, usualNamespace, { labels: usualLabel });
  if (services instanceof StatusError) return refused(services);
  const [first] = services;
  return first ?? { unaskable: { kind: 'no DNS service', namespace: usualNamespace, label: usualLabel } };
}

/** @throws the refusal, when it is not an expected one */
function refused(refusal: StatusError): { unaskable: Unaskable } {
  const { reason, detail } = refusal;
  if (reason === 'Forbidden') return { unaskable: { kind: 'search forbidden', detail } };
  if (reason === 'NotFound') return { unaskable: { kind: 'service not found', detail } };
  throw refusal;
}

/** Each pod once: it stands in one slice of each family. */
function serversOf(slices: readonly EndpointSlice[]): DnsServer[] {
  const byName = new Map<string, DnsServer>();
  for (const { endpoints, ports } of slices) {
    const tcp = (ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP');
    // Metrics are served over TCP as well.
    const port = (tcp.find(({ name }) => /dns/.test(name ?? '')) ?? tcp[0])?.port;
    if (port === undefined) continue;
    for (const { conditions, targetRef } of endpoints ?? []) {
      if (conditions?.ready === false || targetRef?.kind !== 'Pod' || !targetRef.name) continue;
      const pod = { namespace: targetRef.namespace ?? '', name: targetRef.name };
      byName.set(pod.name, { name: pod.name, pod, port });
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
