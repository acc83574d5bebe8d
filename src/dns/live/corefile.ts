/** What names end with in this cluster. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ConfigMap } from '#src/objects/types.ts';

export interface ClusterDomain {
  domain: string;
  /** Where it was learnt: `--cluster-domain`, `ConfigMap kube-system/coredns`, … */
  from: string;
}

export const usualDomain: ClusterDomain = { domain: 'cluster.local', from: 'the default' };

/** The domain in CoreDNS's own configuration; undefined when that may not be read, is not there, or names none. */
export async function domainOfCorefile(client: Client, namespace: string): Promise<ClusterDomain | undefined> {
  const found = await client.get<ConfigMap>(resources.configMaps, namespace, 'coredns');
  if (found instanceof StatusError) return undefined;
  const domain = domainIn(found.data?.['Corefile'] ?? '');
  return domain === undefined ? undefined : { domain, from: `ConfigMap ${namespace}/coredns` };
}

/**
 * The first zone of the plugin `kubernetes` that is no reverse zone, or else of the server block that it stands in.
 * Sources: https://coredns.io/manual/configuration/, https://coredns.io/plugins/kubernetes/
 */
export function domainIn(corefile: string): string | undefined {
  let block: string[] = [];
  for (const line of corefile.split('\n')) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const zones = words.filter((word) => word !== '{');
    if (words[0] === 'kubernetes') return zoneAmong(zones.slice(1)) ?? zoneAmong(block);
    if (words.at(-1) === '{' && !/^\s/.test(line)) block = zones;
  }
  return undefined;
}

function zoneAmong(words: readonly string[]): string | undefined {
  return words
    .map((word) =>
      word
        .replace(/^dns:\/\//, '')
        .replace(/:\d+$/, '')
        .replace(/\.$/, '')
        .toLowerCase(),
    )
    .find((zone) => /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(zone) && !zone.endsWith('.arpa'));
}

/** The domain in the name that a server gives for its own Service: `kube-dns.kube-system.svc.DOMAIN`. */
export function domainInName(name: string, service: { namespace: string; name: string }): string | undefined {
  const start = `${service.name}.${service.namespace}.svc.`;
  return name.startsWith(start) && name.length > start.length ? name.slice(start.length) : undefined;
}
