/** The governing Service of a StatefulSet, as far as it decides which names the set has in DNS. */
import { type Family, parseAddress } from '#src/objects/address.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Service, StatefulSet } from '#src/objects/types.ts';
import type { Unseen } from './names.ts';
import type { Publication } from './publication.ts';

/** A set with its governing Service, and what is known of both. */
export interface Governing {
  set: StatefulSet;
  /** The end of the pods' names: `SERVICE.NAMESPACE.svc`. Undefined when the set names no Service. */
  suffix: string | undefined;
  serviceName: string | undefined;
  /** Undefined when the set names none. */
  service: Lookup<Service> | undefined;
  /** Those that the Service says; empty when it does not, or was not read. */
  families: Family[];
  /** Those of its slices, whether they hold an address or not. */
  sliceFamilies: Family[];
  published: Publication;
  /** Why pods that were not read may exist; undefined when all were read. */
  podsUnseen: Unseen | undefined;
  /** The same for the Service's EndpointSlices. */
  slicesUnseen: Unseen | undefined;
}

export function familiesOf({ spec }: Service): Family[] {
  const named: readonly string[] = spec?.ipFamilies ?? [];
  const families = clusterIPsOf(spec).flatMap((address) => parseAddress(address)?.family ?? []);
  return (['IPv4', 'IPv6'] as const).filter((family) => named.includes(family) || families.includes(family));
}

export function sliceFamiliesOf(slices: readonly EndpointSlice[]): Family[] {
  const types = new Set<string | undefined>(slices.map(({ addressType }) => addressType));
  return (['IPv4', 'IPv6'] as const).filter((family) => types.has(family));
}

/**
 * The families that names give whose addresses come from slices. A headless Service without a selector says both on any
 * cluster (`tryDefaultValidateServiceClusterIPFields` of the API server), so what it says means nothing.
 */
export function expectedFamilies({ families, sliceFamilies, service }: Governing): Family[] {
  if (sliceFamilies.length > 0) return sliceFamilies;
  return isKeptByOthers(service) ? [] : families;
}

/** Whether no controller writes the Service's slices. A Service that was not read may have a selector. */
export function isKeptByOthers(service: Lookup<Service> | undefined): boolean {
  return service?.state === 'found' && !hasSelector(service.object);
}

export function clusterIPsOf(spec: Service['spec']): string[] {
  return spec?.clusterIPs?.length ? spec.clusterIPs : spec?.clusterIP ? [spec.clusterIP] : [];
}

export function hasSelector({ spec }: Service): boolean {
  // The API server stores an empty selector as none, and none selects nothing (`getServicesForPod`).
  return Object.keys(spec?.selector ?? {}).length > 0;
}

/** Whether DNS reads the Service's slices. A Service that was not read may exist. */
export function isAnswering(service: Lookup<Service> | undefined): boolean {
  if (service?.state === 'found') return service.object.spec?.type !== 'ExternalName';
  return service !== undefined && service.state !== 'missing';
}
