/** The cluster domain in CoreDNS's own configuration, the Corefile. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ConfigMap } from '#src/objects/types.ts';
import type { ClusterDomain } from '../model/clusterdomain.ts';

/** As kubeadm and kind name the ConfigMap. */
const configMap = 'coredns';

/** Undefined when the ConfigMap is missing, may not be read, or names no domain. */
export async function domainOfCorefile(client: Client, namespace: string): Promise<ClusterDomain | undefined> {
  const found = await client.get<ConfigMap>(resources.configMaps, namespace, configMap);
  if (found instanceof StatusError) return undefined;
  const domain = domainIn(found.data?.['Corefile'] ?? '');
  return domain === undefined ? undefined : { domain, source: { kind: 'config map', namespace, name: configMap } };
}

/**
 * The first zone of the plugin `kubernetes` that is not a reverse zone; if it names none, that of its server block.
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
