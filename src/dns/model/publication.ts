/** The records that CoreDNS makes from the EndpointSlices of a Service. */
import { type Address, inOrder, parseAddress } from '#src/objects/address.ts';
import type { EndpointSlice } from '#src/objects/types.ts';

export interface Publication {
  /** Addresses by hostname, in lower case. */
  byHostname: ReadonlyMap<string, readonly Address[]>;
  all: Address[];
  /** Targets of SRV records, by `portKey`. */
  targets: ReadonlyMap<string, readonly { hostname: string; port: number }[]>;
}

export function publicationOf(slices: readonly EndpointSlice[]): Publication {
  const byHostname = new Map<string, Address[]>();
  const all: Address[] = [];
  const targets = new Map<string, { hostname: string; port: number }[]>();
  for (const { endpoints, ports } of slices) {
    const hostnames = new Set<string>();
    for (const { addresses, conditions, hostname } of endpoints ?? []) {
      // An unknown condition counts as ready (`endpointsliceReady`, CoreDNS).
      if (conditions?.ready === false) continue;
      for (const address of (addresses ?? []).flatMap((text) => parseAddress(text) ?? [])) {
        all.push(address);
        if (hostname) add(byHostname, hostname.toLowerCase(), address);
        hostnames.add(hostname ? hostname.toLowerCase() : hostnameOf(address));
      }
    }
    for (const { name, protocol = 'TCP', port } of ports ?? []) {
      if (!name || port === undefined) continue;
      for (const hostname of hostnames) add(targets, portKey(name, protocol), { hostname, port });
    }
  }
  return { byHostname, all: inOrder(all), targets };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function portKey(name: string, protocol: string): string {
  return `${name}/${protocol}`.toLowerCase();
}

/** The label that CoreDNS gives to an endpoint without a hostname (`endpointHostname`). */
function hostnameOf({ address }: Address): string {
  const dashed = address.replaceAll(/[.:]/g, '-');
  return address.includes(':') && dashed.endsWith('-') ? `${dashed}0` : dashed;
}
