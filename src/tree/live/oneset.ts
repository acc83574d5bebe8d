/** Reads what stands around one set: in a crowded namespace without the pods that do not matter to it. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { FirstPage } from '#src/kube/listing.ts';
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
  const { client, namespace, choosing } = asking;
  // The set and its claims lead to the volumes, and pods and Services to nothing. A new connection brings some 15 kB in
  // the first round trip: with all of it at once, the claims come one round trip later, and so do the volumes.
  const { sets } = await choosing;
  const [services, page] = await Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    client.firstPage<Pod>(resources.pods, namespace, crowd),
  ]);
  if (page instanceof StatusError) return { services, pods: refused(page, 'list', resources.pods) };
  if (page.others === 0) return { services, pods: { items: page.items, others: 'missing' } };
  const own = fillsNamespace(sets, page) ? undefined : await readPodsApart(asking, services);
  return { services, pods: own ?? (await readAll<Pod>(client, resources.pods, namespace)) };
}

/** Whether most pods of the namespace are the set's: then nothing is won by leaving out the others. */
function fillsNamespace([set]: readonly StatefulSet[], { items, others }: FirstPage<Pod>): boolean {
  return (set?.status?.replicas ?? 0) > (items.length + others) / 2;
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
