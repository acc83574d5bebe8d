/** The first rounds of reading one set: in a crowded namespace without the pods that do not matter to it. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import { type Needs, notGiven, type Part } from '#src/objects/snapshot.ts';
import type { Claim, Pod, Service } from '#src/objects/types.ts';
import { readAll, refused, secondRound, unread } from '#src/sources/parts.ts';
import { readPodsOf } from '#src/sources/setpods.ts';
import { treeNeeds } from '../model/needs.ts';
import { othersMatter, othersMatterBeside, podsOfServices } from '../model/otherpods.ts';
import { type Topology, topologies } from '../model/topology.ts';
import type { Asking, FirstRound } from './reading.ts';

/** So many pods of a namespace are read, whosesoever they are. Where there are more, those of the set are asked for. */
export const crowd = 50;

export async function readOne(asking: Asking): Promise<FirstRound> {
  const { client, namespace, choosing } = asking;
  const others = Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    readAll<Claim>(client, resources.claims, namespace),
    client.firstPage<Pod>(resources.pods, namespace, crowd),
  ]);
  // Where several requests fail, the one for the sets is reported.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [services, claims, page] = await others;
  const first = { statefulSets, services, pods: notGiven, claims, ...unread };
  const [before] = topologies({ ...first, time: client.serverTime() }, sets);
  const isCrowded = !(page instanceof StatusError) && page.others > 0 && before !== undefined;
  const { pods, early } = isCrowded
    ? await readCrowded(asking, before, services)
    : { pods: partOf(page), early: undefined };
  return { snapshot: { ...first, pods, time: client.serverTime() }, sets, failures, early };
}

function partOf(page: StatusError | { items: readonly Pod[] }): Part<Pod> {
  return page instanceof StatusError ? refused(page, 'list', resources.pods) : { items: page.items, others: 'missing' };
}

/** @param before what is known before any pod is read */
async function readCrowded(
  { client, namespace, needsOf }: Asking,
  before: Topology,
  services: Part<Service>,
): Promise<Pick<FirstRound, 'early'> & { pods: Part<Pod> }> {
  const [pods, early] = await Promise.all([
    othersMatter(before, services.items) ? undefined : readPodsAround(client, before),
    // Only a tree shows the volumes of all claims.
    needsOf === treeNeeds ? readEarly(client, treeNeeds([before])) : undefined,
  ]);
  return { pods: pods ?? (await readAll<Pod>(client, resources.pods, namespace)), early };
}

/** The volumes and classes of the claims that are known without any pod: those of most sets. */
async function readEarly(client: Client, needs: Needs): Promise<FirstRound['early']> {
  const [volumes, classes] = await Promise.all([
    secondRound.volumes(client, undefined, needs),
    secondRound.classes(client, undefined, needs),
  ]);
  return {
    volumes: { part: volumes, names: needs.volumes },
    classes: { part: classes, names: needs.classes },
  };
}

/** @returns undefined where other pods may matter */
async function readPodsAround(client: Client, before: Topology): Promise<Part<Pod> | undefined> {
  const pods = await readPodsOf(client, before.set, podsOfServices(before));
  return pods && !othersMatterBeside(before, pods.items) ? pods : undefined;
}
