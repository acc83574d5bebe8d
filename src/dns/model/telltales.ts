/** The Services by which a DNS server shows that it serves this cluster in a domain. */
import { type Address, inOrder, parseAddress } from '#src/objects/address.ts';
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { isHeadless, serviceNameLabel } from '#src/objects/service.ts';
import type { EndpointSlice, Service, StatefulSet } from '#src/objects/types.ts';
import { clusterIPsOf } from './governing.ts';
import type { ServiceName } from './namedservice.ts';
import type { NamesSnapshot } from './names.ts';
import { publicationOf } from './publication.ts';

/** A Service with the addresses that its name gives: one at least. */
export interface Telltale {
  service: ServiceName;
  addresses: readonly Address[];
}

/** One would do. Several leave room for a server that lags, and for one that serves some Services alone. */
const most = 4;

/**
 * Services of the sets' namespaces that have addresses: the governing ones first, then those with a cluster IP, which
 * never changes.
 */
export function telltalesOf(
  { services, slices }: Pick<NamesSnapshot, 'services' | 'slices'>,
  sets: readonly StatefulSet[],
): Telltale[] {
  const namespaces = new Set(sets.map(({ metadata }) => metadata.namespace));
  const governing = new Set(
    sets.map(({ metadata, spec }) => namespacedKey(metadata.namespace, spec?.serviceName ?? '')),
  );
  const published = Map.groupBy(slices.items, ({ metadata }) =>
    namespacedKey(metadata.namespace, metadata.labels?.[serviceNameLabel] ?? ''),
  );
  const read = services.items.filter(({ spec }) => spec?.type !== 'ExternalName');
  // Where Services were not read, their slices name them.
  const named = services.others === 'missing' ? [] : slices.items.flatMap(serviceOf);
  const candidates = [...read, ...named].filter(({ metadata }) => namespaces.has(metadata.namespace));
  const byKey = new Map(candidates.map((service) => [keyOf(service), service]));
  return [...byKey]
    .map(([key, service]) => ({
      rank: governing.has(key) ? 0 : isHeadless(service) ? 2 : 1,
      service: { namespace: service.metadata.namespace ?? '', name: service.metadata.name },
      addresses: addressesOf(service, published.get(key) ?? []),
    }))
    .filter(({ addresses }) => addresses.length > 0)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ service, addresses }) => ({ service, addresses }));
}

function keyOf({ metadata }: Service): string {
  return namespacedKey(metadata.namespace, metadata.name);
}

function serviceOf({ metadata: { namespace, labels } }: EndpointSlice): Service[] {
  const name = labels?.[serviceNameLabel];
  const metadata = { name: name ?? '', ...(namespace === undefined ? {} : { namespace }) };
  return name === undefined ? [] : [{ metadata, spec: { clusterIP: 'None' } }];
}

function addressesOf(service: Service, slices: readonly EndpointSlice[]): Address[] {
  if (isHeadless(service)) return publicationOf(slices).all;
  return inOrder(clusterIPsOf(service.spec).flatMap((text) => parseAddress(text) ?? []));
}
