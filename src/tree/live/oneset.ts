/** Reads what stands around one set: in a crowded namespace without the pods that do not matter to it. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { notGiven, type Part } from '#src/objects/snapshot.ts';
import type { Claim, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { readAll, refused, unread } from '#src/sources/parts.ts';
import { readPodsOf } from '#src/sources/setpods.ts';
import { othersMatter, othersMatterBeside, podsOfServices } from '../model/otherpods.ts';
import { type Topology, topologies } from '../model/topology.ts';
import type { Around, Asking } from './reading.ts';

/** So many pods of a namespace are read, whosesoever they are. Where there are more, those of the set are asked for. */
export const crowd = 50;

export async function readAroundOne(asking: Asking): Promise<Around> {
  const { client, namespace } = asking;
  // Pods are most of what there is to read, and lead to nothing else. They are asked for when it is known which.
  const [services, count, { sets }] = await Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    client.count(resources.pods, namespace),
    asking.choosing,
  ]);
  if (count instanceof StatusError) return { services, pods: refused(count, 'list', resources.pods) };
  const own = count <= crowd || fillsNamespace(sets, count) ? undefined : await readPodsApart(asking, services);
  return { services, pods: own ?? (await readAll<Pod>(client, resources.pods, namespace)) };
}

/** Whether most pods of the namespace are the set's: then nothing is won by leaving out the others. */
function fillsNamespace([set]: readonly StatefulSet[], count: number): boolean {
  return (set?.status?.replicas ?? 0) > count / 2;
}

/** @returns undefined where other pods may matter */
async function readPodsApart(
  { client, choosing, claiming }: Asking,
  services: Part<Service>,
): Promise<Part<Pod> | undefined> {
  const [{ statefulSets, sets }, claims] = await Promise.all([choosing, claiming]);
  const time = client.serverTime();
  const [before] = topologies({ statefulSets, services, pods: notGiven, claims, ...unread, time }, sets);
  return before && !othersMatter(before, services.items) ? readPodsAround(client, before, claims.items) : undefined;
}

/**
 * @param before what is known before any pod is read
 * @returns undefined where other pods may matter
 */
async function readPodsAround(
  client: Client,
  before: Topology,
  claims: readonly Claim[],
): Promise<Part<Pod> | undefined> {
  const pods = await readPodsOf(client, before.set, podsOfServices(before));
  return pods && !othersMatterBeside(before, pods.items, claims) ? pods : undefined;
}
