/** Reads CoreDNS's own configuration, the Corefile. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { ConfigMap } from '#src/objects/types.ts';
import type { CorefileZones } from '../model/clusterdomain.ts';
import { zonesIn } from '../model/corefilezones.ts';

/** As kubeadm and kind name the ConfigMap. */
const name = 'coredns';

/** @throws {StatusError} when the API server fails */
export async function readCorefile(client: Client, namespace: string): Promise<CorefileZones> {
  const found = await client.get<ConfigMap>(resources.configMaps, namespace, name);
  const configMap = { namespace, name };
  if (!(found instanceof StatusError)) {
    return { state: 'read', configMap, zones: zonesIn(found.data?.['Corefile'] ?? '') };
  }
  if (found.reason === 'Forbidden') return { state: 'forbidden', configMap };
  if (found.reason === 'NotFound') return { state: 'missing', configMap };
  throw found;
}
