/** The name of the governing Service itself. */
import { type Address, inOrder, parseAddress } from '#src/objects/address.ts';
import { isHeadless } from '#src/objects/service.ts';
import type { Lookup } from '#src/objects/snapshot.ts';
import type { Service } from '#src/objects/types.ts';
import { clusterIPsOf, expectedFamilies, type Governing, hasSelector } from './governing.ts';
import type { ExpectedName, NamedPort, PortTarget, Unpublished } from './names.ts';
import { portKey } from './publication.ts';

/** One name, or none when the set names no Service. */
export function nameOfService(governing: Governing): ExpectedName[] {
  const { serviceName, suffix, service } = governing;
  if (serviceName === undefined || suffix === undefined || service === undefined) return [];
  const { addresses, unpublished } = addressesOf(governing, service);
  return [
    {
      subject: { kind: 'service', service: serviceName },
      name: suffix.toLowerCase(),
      addresses,
      allowed: [],
      families: fromSlices(service) ? expectedFamilies(governing) : governing.families,
      unpublished: addresses.length > 0 ? undefined : unpublished,
      findings: [],
      ports: service.state === 'found' ? namedPorts(governing, service.object, suffix.toLowerCase()) : [],
    },
  ];
}

function fromSlices(service: Lookup<Service>): boolean {
  return service.state === 'found' && isHeadless(service.object);
}

/** The addresses, and what it means if there are none. */
function addressesOf(
  { published, slicesUnseen }: Governing,
  service: Lookup<Service>,
): { addresses: Address[]; unpublished: Unpublished } {
  if (service.state === 'missing') return { addresses: [], unpublished: { kind: 'service missing' } };
  if (service.state !== 'found') {
    return { addresses: [], unpublished: { kind: 'service unknown', why: service.state } };
  }
  const { spec } = service.object;
  if (spec?.type === 'ExternalName') {
    return { addresses: [], unpublished: { kind: 'ExternalName', target: spec.externalName ?? '' } };
  }
  if (isHeadless(service.object)) {
    return {
      addresses: published.all,
      unpublished: slicesUnseen
        ? { kind: 'slices unknown', why: slicesUnseen }
        : { kind: looksAtReadiness(service.object) ? 'no endpoints' : 'not in a slice' },
    };
  }
  return { addresses: clusterAddresses(service.object), unpublished: { kind: 'no address' } };
}

function clusterAddresses({ spec }: Service): Address[] {
  return inOrder(clusterIPsOf(spec).flatMap((text) => parseAddress(text) ?? []));
}

function looksAtReadiness(service: Service): boolean {
  return hasSelector(service) && service.spec?.publishNotReadyAddresses !== true;
}

function namedPorts({ published }: Governing, service: Service, suffix: string): NamedPort[] {
  if (service.spec?.type === 'ExternalName') return [];
  return (service.spec?.ports ?? []).flatMap(({ name, protocol = 'TCP', port }) => {
    if (!name) return [];
    const targets: PortTarget[] = isHeadless(service)
      ? (published.targets.get(portKey(name, protocol)) ?? []).map((target) => ({
          name: target.hostname && `${target.hostname}.${suffix}`,
          address: target.address,
          port: target.port,
        }))
      : clusterAddresses(service).map((address) => ({ name: suffix, address, port }));
    return [{ name, protocol, port, targets }];
  });
}
