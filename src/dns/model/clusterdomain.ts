/** The cluster domain, with which all names of a cluster end. */

export interface ClusterDomain {
  domain: string;
  source: DomainSource;
}

/** Where the domain was learnt. */
export type DomainSource =
  /** `--cluster-domain` */
  | { kind: 'flag' }
  | { kind: 'default' }
  /** CoreDNS's configuration. */
  | { kind: 'config map'; namespace: string; name: string }
  /** The name that a server gives for the address of its own Service. */
  | { kind: 'reverse name'; server: string; address: string }
  /** The search list of a pod. */
  | { kind: 'resolv.conf'; pod: string };

/** Kubernetes's own default (`--cluster-domain` of the kubelet). */
export const usualDomain: ClusterDomain = { domain: 'cluster.local', source: { kind: 'default' } };

/** @param given by the person; undefined for the usual domain */
export function domainGiven(given: string | undefined): ClusterDomain {
  return given === undefined ? usualDomain : { domain: given, source: { kind: 'flag' } };
}

/** The domain in a Service's full name, `kube-dns.kube-system.svc.DOMAIN`; undefined when that is another name. */
export function domainInName(name: string, service: { namespace: string; name: string }): string | undefined {
  const start = `${service.name}.${service.namespace}.svc.`;
  return name.startsWith(start) && name.length > start.length ? name.slice(start.length) : undefined;
}

/** The first entry of a resolv.conf's search list that ends the names of Services: `shop.svc.DOMAIN svc.DOMAIN DOMAIN`. */
export function domainInSearchList(resolvConf: string): string | undefined {
  const [, search = ''] = /^search\s+(.*)$/m.exec(resolvConf) ?? [];
  const [, domain] = /(?:^|\s)svc\.([a-z0-9_.-]+?)\.?(?=\s|$)/.exec(search) ?? [];
  return domain;
}
