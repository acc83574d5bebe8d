/** Reads what stands around one set: in a crowded namespace without the pods that do not matter to it. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { FirstPage } from '#src/kube/listing.ts';
import { resources } from '#src/kube/resources.ts';
import { notGiven, type Part } from '#src/objects/snapshot.ts';
import type { Claim, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { readAll, refused, unread } from '#src/sources/parts.ts';
import { listPodsOf, withNamed } from '#src/sources/setpods.ts';
import { othersMatter, othersMatterBeside, podsOfServices } from '../model/otherpods.ts';
import { type Topology, topologies } from '../model/topology.ts';
import type { Around, Asking } from './reading.ts';

/** So many pods of a namespace are read, whosesoever they are. Where there are more, those of the set are asked for. */
export const crowd = 50;

/** Up to so many pods of a set are read twice where that saves a round trip. */
const handful = 10;

/** Milliseconds until the first answer began, with its connection: a server that takes longer is far away. */
export const far = 100;

export async function readAroundOne(asking: Asking): Promise<Around> {
  const { client, namespace, choosing } = asking;
  // The set and its claims lead to the volumes, and pods and Services to nothing. A new connection brings some 15 kB in
  // the first round trip: with all of it at once, the claims come one round trip later, and so do the volumes.
  const { sets } = await choosing;
  // Whether there is a crowd, the page tells a round trip later. Near, that is less than the server needs for a list.
  const early = client.quickestAnswer() > far ? listHandful(client, sets) : undefined;
  early?.catch(() => {});
  const [services, page] = await Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    client.firstPage<Pod>(resources.pods, namespace, crowd),
  ]);
  if (page instanceof StatusError) return { services, pods: refused(page, 'list', resources.pods) };
  if (page.others === 0) return { services, pods: { items: page.items, others: 'missing' } };
  const own = fillsNamespace(sets, page) ? undefined : await readPodsApart(asking, services, early);
  return { services, pods: own ?? (await readAll<Pod>(client, resources.pods, namespace)) };
}

/** Whether most pods of the namespace are the set's: then nothing is won by leaving out the others. */
function fillsNamespace([set]: readonly StatefulSet[], { items, others }: FirstPage<Pod>): boolean {
  return (set?.status?.replicas ?? 0) > (items.length + others) / 2;
}

function listHandful(client: Client, [set]: readonly StatefulSet[]): Promise<Part<Pod> | undefined> | undefined {
  return set && (set.status?.replicas ?? 0) <= handful ? listPodsOf(client, set) : undefined;
}

/**
 * @param early the pods that the set's selector picks, where they have been asked for already
 * @returns undefined where other pods may matter
 */
async function readPodsApart(
  { client, choosing, claiming }: Asking,
  services: Part<Service>,
  early: Promise<Part<Pod> | undefined> | undefined,
): Promise<Part<Pod> | undefined> {
  const [{ statefulSets, sets }, claims] = await Promise.all([choosing, claiming]);
  const time = client.serverTime();
  const [before] = topologies({ statefulSets, services, pods: notGiven, claims, ...unread, time }, sets);
  return before && !othersMatter(before, services.items)
    ? readPodsAround(client, before, claims.items, early)
    : undefined;
}

/**
 * @param before what is known before any pod is read
 * @returns undefined where other pods may matter
 */
async function readPodsAround(
  client: Client,
  before: Topology,
  claims: readonly Claim[],
  early: Promise<Part<Pod> | undefined> | undefined,
): Promise<Part<Pod> | undefined> {
  const listed = await (early ?? listPodsOf(client, before.set));
  const pods = listed && (await withNamed(client, before.set, listed, podsOfServices(before)));
  return pods && !othersMatterBeside(before, pods.items, claims) ? pods : undefined;
}
