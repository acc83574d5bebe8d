/** Reads a Snapshot of a live cluster with as few requests as possible. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { type Needs, notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Pod, Service, Volume } from '#src/objects/types.ts';
import { isFew, readAll, secondRound, unread } from '#src/sources/parts.ts';
import { type Chosen, readSets, type SelectedSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type NeedsOf, treeNeeds } from '../model/needs.ts';
import { type Topology, topologies } from '../model/topology.ts';
import { readUsage } from './usage.ts';

export interface Reading extends SelectedSets {
  snapshot: Snapshot;
  /** What the snapshot tells of the sets, where that is known already: the first round needed no second one. */
  told?: readonly Topology[];
}

/**
 * Reads the objects of a tree of StatefulSets in two rounds: those of the namespace side by side, then those that the
 * first round names, such as the volumes of the claims. The number of requests grows with the pods only by the pages of
 * the lists.
 *
 * @param namespace undefined for all namespaces
 * @param needsOf which objects the second round reads
 * @throws {StatusError} when the sets cannot be read
 */
export async function readCluster(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  needsOf: NeedsOf = treeNeeds,
): Promise<Reading> {
  const choosing = readSets(client, namespace, selection);
  const claiming = readAll<Claim>(client, resources.claims, namespace);
  const others = Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    claiming,
    readVolumesEarly(client, choosing, claiming, needsOf),
  ]);
  // Where several requests fail, the one for the sets is reported.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [services, pods, claims, early] = await others;
  const first: Snapshot = { statefulSets, services, pods, claims, ...unread, time: client.serverTime() };
  const told = topologies(first, sets);
  const needs = needsOf(told);
  // To look at a thousand sets takes some tenths of a second.
  if (early === undefined && isNothing(needs)) return { snapshot: first, sets, failures, told };
  const [volumes, classes, nodes, events] = await Promise.all([
    early ?? secondRound.volumes(client, namespace, needs),
    secondRound.classes(client, namespace, needs),
    secondRound.nodes(client, namespace, needs),
    secondRound.events(client, namespace, needs),
  ]);
  return { snapshot: { ...first, volumes, classes, nodes, events, time: client.serverTime() }, sets, failures };
}

function isNothing(needs: Needs): boolean {
  return Object.values(needs).every((names) => names.length === 0);
}

/**
 * Lists all volumes while the pods are still being read, if the claims alone name so many that the second round would
 * list all of them anyway. Otherwise undefined.
 */
async function readVolumesEarly(
  client: Client,
  choosing: Promise<Chosen>,
  claiming: Promise<Part<Claim>>,
  needsOf: NeedsOf,
): Promise<Part<Volume> | undefined> {
  // Only a tree shows the volumes of all claims.
  if (needsOf !== treeNeeds) return undefined;
  const [{ statefulSets, sets }, claims] = await Promise.all([choosing, claiming]);
  if (isFew(claims.items.length)) return undefined;
  const { volumes } = needsOf(
    topologies(
      { statefulSets, services: notGiven, pods: notGiven, claims, ...unread, time: client.serverTime() },
      sets,
    ),
  );
  return isFew(volumes.length) ? undefined : readAll<Volume>(client, resources.volumes, undefined);
}

/** Adds how full the volumes are that the pods of the reading's sets mount. */
export async function withUsage(client: Client, reading: Reading): Promise<Reading> {
  const { snapshot, sets } = reading;
  const pods = topologies(snapshot, sets).flatMap(({ members }) =>
    members.flatMap((member) => (member.state === 'found' && member.storage.length > 0 ? member.pod : [])),
  );
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))];
  return { ...reading, snapshot: { ...snapshot, usage: await readUsage(client, nodes) } };
}
