/** Who answers the questions of pods: a DNS server, or NodeLocal DNSCache, the cache on each node. */
import { parseAddress } from '#src/objects/address.ts';
import type { DaemonSet } from '#src/objects/types.ts';
import type { ServiceName } from './namedservice.ts';

export type NodeCache =
  /** `addresses`: those that the cache listens at, as its `-localip` says; empty where it does not say. */
  { state: 'found'; daemonSet: ServiceName; addresses: string[] } | { state: 'missing' } | { state: 'forbidden' };

/** Who answers the questions of a pod. */
export interface PodsServer {
  /** The first nameserver in the pod's resolv.conf. */
  address: string;
  kind: 'node cache' | 'other' | 'unknown';
}

/** Where Kubernetes's manifest and its documents have the cache listen (cluster/addons/dns/nodelocaldns). */
const usualAddress = '169.254.20.10';

export function nodeCacheOf(daemonSets: readonly DaemonSet[]): NodeCache {
  const [first] = daemonSets;
  if (first === undefined) return { state: 'missing' };
  const { namespace = '', name } = first.metadata;
  const containers = first.spec?.template?.spec?.containers ?? [];
  const words = containers.flatMap(({ command = [], args = [] }) => [...command, ...args]);
  return { state: 'found', daemonSet: { namespace, name }, addresses: localAddresses(words) };
}

/** Of `-localip 169.254.20.10,10.96.0.10`: where kube-proxy uses iptables, the DNS Service's own address is among them. */
function localAddresses(words: readonly string[]): string[] {
  const given = words.flatMap((word, at) => {
    const [, joined] = /^--?localip(?:=(.*))?$/.exec(word) ?? [];
    return /^--?localip$/.test(word) ? [words[at + 1] ?? ''] : (joined ?? []);
  });
  return given.flatMap((list) => list.split(',').flatMap((text) => parseAddress(text.trim())?.address ?? []));
}

/** The nameservers in a resolv.conf. */
export function nameserversIn(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
}

/** @returns undefined where the pod's nameserver is not known */
export function podsServer(nameservers: readonly string[], cache: NodeCache): PodsServer | undefined {
  const [address] = nameservers;
  if (address === undefined) return undefined;
  return { address, kind: kindOf(parseAddress(address)?.address ?? address, cache) };
}

function kindOf(address: string, cache: NodeCache): PodsServer['kind'] {
  if (address === usualAddress) return 'node cache';
  if (cache.state === 'missing') return 'other';
  if (cache.state === 'forbidden' || cache.addresses.length === 0) return 'unknown';
  return cache.addresses.includes(address) ? 'node cache' : 'other';
}
