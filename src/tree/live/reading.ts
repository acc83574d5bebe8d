/** Reads a Snapshot of a live cluster with as few requests as possible. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { type Needs, notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Class, Pod, Service } from '#src/objects/types.ts';
import { readAll, readNamed, readVolumes, secondRound, unread } from '#src/sources/parts.ts';
import { type Chosen, readSets, type SelectedSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { claimedNeeds, type NeedsOf, treeNeeds } from '../model/needs.ts';
import { type Topology, topologies } from '../model/topology.ts';
import { readAroundOne } from './oneset.ts';
import { readUsage } from './usage.ts';

export interface Reading extends SelectedSets {
  snapshot: Snapshot;
  /** What the snapshot tells of the sets, where that is known already: nothing had to be read for it once more. */
  told?: readonly Topology[];
}

/**
 * Reads the objects of a tree of StatefulSets in few rounds: those of the namespace side by side, then those that the
 * first round names, such as the volumes of the claims. The number of requests grows with the pods only by the pages of
 * the lists, and by the volumes of some dozens of claims.
 *
 * @param namespace undefined for all namespaces
 * @param needsOf which objects the last round reads
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
  const asking = { client, namespace, choosing, claiming };
  const isOne = namespace !== undefined && selection.names.length === 1;
  const others = Promise.all([
    isOne ? readAroundOne(asking) : readAround(asking),
    // Only a tree shows the volumes and classes of all claims.
    needsOf === treeNeeds ? readClaimed(asking) : undefined,
    claiming,
  ]);
  // Where several requests fail, the one for the sets is reported.
  others.catch(() => {});
  const { statefulSets, sets, failures } = await choosing;
  const [around, early, claims] = await others;
  const time = client.serverTime();
  const first: Snapshot = { statefulSets, ...around, claims, ...unread, ...early?.parts, time };
  const told = topologies(first, sets);
  const needs = stillNeeded(needsOf(told), early);
  // To look at a thousand sets takes some tenths of a second.
  if (needs === undefined) return { snapshot: first, sets, failures, told };
  const rest = await Promise.all([
    needs.volumes.length > 0 ? secondRound.volumes(client, namespace, needs) : first.volumes,
    needs.classes.length > 0 ? secondRound.classes(client, namespace, needs) : first.classes,
    secondRound.nodes(client, namespace, needs),
    secondRound.events(client, namespace, needs),
  ]);
  const [volumes, classes, nodes, events] = rest;
  return { snapshot: { ...first, volumes, classes, nodes, events, time: client.serverTime() }, sets, failures };
}

export interface Asking {
  client: Client;
  namespace: string | undefined;
  choosing: Promise<Chosen>;
  claiming: Promise<Part<Claim>>;
}

/** The Services and the pods. */
export type Around = Pick<Snapshot, 'services' | 'pods'>;

async function readAround({ client, namespace }: Asking): Promise<Around> {
  const [services, pods] = await Promise.all([
    readAll<Service>(client, resources.managedServices, namespace),
    readAll<Pod>(client, resources.pods, namespace),
  ]);
  return { services, pods };
}

/** Parts of the second round that are read while pods are still being read. */
interface Early {
  parts: Pick<Snapshot, 'volumes' | 'classes'>;
  asked: Pick<Needs, 'volumes' | 'classes'>;
}

async function readClaimed({ client, choosing, claiming }: Asking): Promise<Early> {
  const [{ statefulSets, sets }, claims] = await Promise.all([choosing, claiming]);
  const asked = claimedNeeds({ statefulSets, claims }, sets);
  const [volumes, classes] = await Promise.all([
    asked.volumes.length > 0 ? readVolumes(client, asked.volumes) : notGiven,
    asked.classes.length > 0 ? readNamed<Class>(client, resources.classes, asked.classes) : notGiven,
  ]);
  return { parts: { volumes, classes }, asked };
}

/** @returns without what was read early, unless pods told of more of the kind; undefined where nothing is left */
function stillNeeded(needs: Needs, early: Early | undefined): Needs | undefined {
  const left = (kind: 'volumes' | 'classes') => {
    const asked = new Set(early?.asked[kind]);
    return needs[kind].every((name) => asked.has(name)) ? [] : needs[kind];
  };
  const rest = { ...needs, volumes: left('volumes'), classes: left('classes') };
  return Object.values(rest).every((names) => names.length === 0) ? undefined : rest;
}

/** Adds how full the volumes are that the pods of the reading's sets mount. */
export async function withUsage(client: Client, { snapshot, sets, failures, told }: Reading): Promise<Reading> {
  const pods = (told ?? topologies(snapshot, sets)).flatMap(({ members }) =>
    members.flatMap((member) => (member.state === 'found' && member.storage.length > 0 ? member.pod : [])),
  );
  const nodes = [...new Set(pods.flatMap(({ spec }) => spec?.nodeName || []))];
  return { snapshot: { ...snapshot, usage: await readUsage(client, nodes) }, sets, failures };
}
