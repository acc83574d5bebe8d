/** The records that a DNS server makes from the EndpointSlices of a Service. */
import { type Address, inOrder, parseAddress } from '#src/objects/address.ts';
import type { EndpointSlice } from '#src/objects/types.ts';

export interface Publication {
  /** Addresses by hostname, in lower case. */
  byHostname: ReadonlyMap<string, readonly Address[]>;
  /**
   * The addresses without a hostname. The DNS specification leaves their names to the server: CoreDNS makes one from the
   * address or, with `endpoint_pod_names`, takes the pod's.
   */
  unnamed: readonly UnnamedAddress[];
  all: Address[];
  /** Targets of SRV records, by `portKey`. */
  targets: ReadonlyMap<string, readonly EndpointTarget[]>;
}

interface UnnamedAddress {
  address: Address;
  /** The pod that it is of, if the slice says. */
  pod: string | undefined;
}

interface EndpointTarget {
  /** In lower case; undefined where the server chooses the name. */
  hostname: string | undefined;
  address: Address;
  port: number;
}

export function publicationOf(slices: readonly EndpointSlice[]): Publication {
  const byHostname = new Map<string, Address[]>();
  const unnamed: UnnamedAddress[] = [];
  const all: Address[] = [];
  const targets = new Map<string, EndpointTarget[]>();
  for (const { endpoints, ports } of slices) {
    const published: Omit<EndpointTarget, 'port'>[] = [];
    for (const { addresses, conditions, hostname, targetRef } of endpoints ?? []) {
      // An unknown condition counts as ready (`endpointsliceReady`, CoreDNS).
      if (conditions?.ready === false) continue;
      const pod = targetRef?.kind === 'Pod' ? targetRef.name : undefined;
      for (const address of (addresses ?? []).flatMap((text) => parseAddress(text) ?? [])) {
        all.push(address);
        if (hostname) add(byHostname, hostname.toLowerCase(), address);
        else unnamed.push({ address, pod });
        published.push({ hostname: hostname ? hostname.toLowerCase() : undefined, address });
      }
    }
    for (const { name, protocol = 'TCP', port } of ports ?? []) {
      if (!name || port === undefined) continue;
      for (const endpoint of published) add(targets, portKey(name, protocol), { ...endpoint, port });
    }
  }
  return { byHostname, unnamed, all: inOrder(all), targets };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function portKey(name: string, protocol: string): string {
  return `${name}/${protocol}`.toLowerCase();
}
