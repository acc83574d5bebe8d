/** The cluster's own DNS servers: the ready pods behind its DNS Service. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { PodName } from '#src/kube/podstream.ts';
import { resources } from '#src/kube/resources.ts';
import { isHeadless, serviceNameLabel } from '#src/objects/service.ts';
import type { EndpointSlice, Service } from '#src/objects/types.ts';

export interface DnsServer {
  /** `coredns-0` */
  name: string;
  pod: PodName;
  /** For TCP, of the pod itself: not that of the Service. */
  port: number;
}

export interface DnsService {
  namespace: string;
  name: string;
  /** Undefined of a headless one. */
  clusterIP: string | undefined;
  /** Ready ones, by name. */
  servers: DnsServer[];
}

/** Why no server can be asked; `next` says what a person can do. */
export interface NoServers {
  why: string;
}

/** What clusters label their DNS Service with; kubeadm, kind, GKE, EKS, AKS and RKE2 all do. */
export const usualNamespace = 'kube-system';
const usualLabel = 'k8s-app=kube-dns';

/**
 * @param named `NS/NAME`; the usual one when undefined
 * @throws {StatusError} when they may not be read
 */
export async function findDnsServers(client: Client, named: string | undefined): Promise<DnsService | NoServers> {
  const service = await findService(client, named);
  if ('why' in service) return service;
  const { namespace = usualNamespace, name } = service.metadata;
  const slices = await client.list<EndpointSlice>(resources.slices, namespace, {
    labels: `${serviceNameLabel}=${name}`,
  });
  if (slices instanceof StatusError) throw slices;
  const servers = serversOf(slices);
  if (servers.length === 0) return { why: `service ${namespace}/${name} has no ready pod that serves DNS over TCP` };
  return { namespace, name, clusterIP: isHeadless(service) ? undefined : service.spec?.clusterIP, servers };
}

async function findService(client: Client, named: string | undefined): Promise<Service | NoServers> {
  if (named !== undefined) {
    const [namespace = '', name = ''] = named.split('/', 2);
    const service = await client.get<Service>(resources.services, namespace, name);
    if (service instanceof StatusError) throw service;
    return service;
  }
  const services = await client.list<Service>(resources.services, usualNamespace, { labels: usualLabel });
  if (services instanceof StatusError) throw services;
  const [first] = services;
  return first ?? { why: `namespace ${usualNamespace} has no Service with the label ${usualLabel}` };
}

/** Each pod once, though it stands in a slice of each family. */
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
