/** Expected names of the set `web` in the namespace `shop`. */
import type { ExpectedName, SetFinding, SetNames } from '#src/dns/model/names.ts';
import { type Address, parseAddress } from '#src/objects/address.ts';
import { statefulSet } from '../../objects/snapshots.ts';

export const options = { clusterDomain: 'cluster.local', srv: false, ptr: false };
export const fqdn = 'web-0.web.shop.svc.cluster.local';
export const service = 'web.shop.svc.cluster.local';

export function parsed(...addresses: string[]): Address[] {
  return addresses.flatMap((text) => parseAddress(text) ?? []);
}

export function podName(addresses: string[], shape: Partial<ExpectedName> = {}): ExpectedName {
  return {
    subject: { kind: 'pod', ordinal: 0, pod: 'web-0' },
    name: 'web-0.web.shop.svc',
    addresses: parsed(...addresses),
    allowed: [],
    families: ['IPv4'],
    unpublished: addresses.length > 0 ? undefined : { kind: 'not ready' },
    findings: [],
    ports: [],
    ...shape,
  };
}

export function serviceName(addresses: string[], shape: Partial<ExpectedName> = {}): ExpectedName {
  const subject = { kind: 'service', service: 'web' } as const;
  const unpublished = addresses.length > 0 ? undefined : ({ kind: 'no endpoints' } as const);
  return podName(addresses, { subject, name: 'web.shop.svc', unpublished, ...shape });
}

export function setOf(names: ExpectedName[], findings: SetFinding[] = [], replicas = 1): SetNames {
  return { set: statefulSet('web', { replicas }), serviceName: 'web', findings, names };
}
