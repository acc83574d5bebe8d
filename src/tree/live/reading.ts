/** A Snapshot of a live cluster, read with as few requests as the question needs. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, Service, StatefulSet, Volume } from '#src/objects/types.ts';
import { isFew, readAll, secondRound, unread } from '#src/sources/parts.ts';
import { type Chosen, readSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { needsOf } from '../model/needs.ts';
import { topologies } from '../model/topology.ts';
import { readUsage } from './usage.ts';

export interface Reading {
  snapshot: Snapshot;
  /** The sets that were asked for, of those in the snapshot. */
  sets: StatefulSet[];
  /** What is to be said of those that were asked for by name and are not there. */
  failures: Error[];
}

/**
 * Reads what a tree of StatefulSets shows, in two rounds: the objects of the namespace side by side; then what the
 * first round left open, such as the volumes that the claims name. The number of requests grows with the pods only by
 * the pages of the lists.
 *
 * @param namespace undefined for all of them
 * @throws {StatusError} when the sets cannot be read, as kubectl would say it
 */
export async function readCluster(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
): Promise<Reading> {
  const choosing = readSets(client, namespace, selection);
  const claiming = readAll<Claim>(client, resources.claims, namespace);
  const others = Promise.all([
    readAll<Service>(client, resources.services, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    claiming,
    readVolumesEarly(client, choosing, claiming),
  ]);
  // Of all that fails, the sets are what was asked for.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [services, pods, claims, early] = await others;
  const first: Snapshot = { statefulSets, services, pods, claims, ...unread };
  const needs = needsOf(topologies(first, sets));
  const [volumes, classes, nodes, events] = await Promise.all([
    early ?? secondRound.volumes(client, namespace, needs),
    secondRound.classes(client, namespace, needs),
    secondRound.nodes(client, namespace, needs),
    secondRound.events(client, namespace, needs),
  ]);
  return { snapshot: { ...first, volumes, classes, nodes, events }, sets, failures };
}

/**
 * All volumes, while the pods are still being read, where the claims of the sets alone are bound to so many that the
 * second round would list them all.
 */
async function readVolumesEarly(
  client: Client,
  choosing: Promise<Chosen>,
  claiming: Promise<Part<Claim>>,
): Promise<Part<Volume> | undefined> {
  const [{ statefulSets, sets }, claims] = await Promise.all([choosing, claiming]);
  if (isFew(claims.items.length)) return undefined;
  const { volumes } = needsOf(
    topologies({ statefulSets, services: notGiven, pods: notGiven, claims, ...unread }, sets),
  );
  return isFew(volumes.length) ? undefined : readAll<Volume>(client, resources.volumes, undefined);
}

/** The same reading with the usage of the volumes that the pods of its sets mount. */
export async function withUsage(client: Client, { snapshot, sets, failures }: Reading): Promise<Reading> {
  const pods = topologies(snapshot, sets).flatMap(({ members }) =>
    members.flatMap((member) => (member.state === 'found' && member.storage.length > 0 ? member.pod : [])),
  );
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))];
  return { snapshot: { ...snapshot, usage: await readUsage(client, nodes) }, sets, failures };
}
