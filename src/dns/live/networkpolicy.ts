/** The NetworkPolicies that may keep a pod from being reached. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { PodName } from '#src/kube/podstream.ts';
import { resources } from '#src/kube/resources.ts';
import { selects } from '#src/objects/labelselector.ts';
import type { NetworkPolicy, Pod } from '#src/objects/types.ts';

/**
 * The names of the NetworkPolicies that select a pod; none when they may not be read. A policy without a selector selects
 * all pods. Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export async function policiesOn(client: Client, { namespace, name }: PodName): Promise<string[]> {
  const [policies, pod] = await Promise.all([
    client.list<NetworkPolicy>(resources.networkPolicies, namespace),
    client.get<Pod>(resources.pods, namespace, name),
  ]);
  if (policies instanceof StatusError || pod instanceof StatusError) return [];
  return policies
    .filter(({ spec }) => selects(spec?.podSelector ?? {}, pod.metadata.labels))
    .map(({ metadata }) => metadata.name);
}
