/** Reads a Snapshot of a live cluster with as few requests as possible. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { type Needs, notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Class, Pod, Service, Volume } from '#src/objects/types.ts';
import { isByName, readAll, readVolumes, secondRound, unread } from '#src/sources/parts.ts';
import { type Chosen, readSets, type SelectedSets } from '#src/sources/sets.ts';
import type { Selection } from '#src/statefulset/selection.ts';
import { type NeedsOf, treeNeeds } from '../model/needs.ts';
import { type Topology, topologies } from '../model/topology.ts';
import { readOne } from './oneset.ts';
import { readUsage } from './usage.ts';

export interface Reading extends SelectedSets {
  snapshot: Snapshot;
  /** What the snapshot tells of the sets, where that is known already: the first round needed no second one. */
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
  const asking = { client, namespace, choosing: readSets(client, namespace, selection), needsOf };
  const isOne = namespace !== undefined && selection.names.length === 1;
  const { snapshot: first, early, sets, failures } = await (isOne ? readOne(asking) : readSeveral(asking));
  const told = topologies(first, sets);
  const needs = needsOf(told);
  // To look at a thousand sets takes some tenths of a second.
  if (early === undefined && isNothing(needs)) return { snapshot: first, sets, failures, told };
  const [volumes, classes, nodes, events] = await Promise.all([
    covered(early?.volumes, needs.volumes) ?? secondRound.volumes(client, namespace, needs),
    covered(early?.classes, needs.classes) ?? secondRound.classes(client, namespace, needs),
    secondRound.nodes(client, namespace, needs),
    secondRound.events(client, namespace, needs),
  ]);
  return { snapshot: { ...first, volumes, classes, nodes, events, time: client.serverTime() }, sets, failures };
}

function isNothing(needs: Needs): boolean {
  return Object.values(needs).every((names) => names.length === 0);
}

export interface Asking {
  client: Client;
  namespace: string | undefined;
  choosing: Promise<Chosen>;
  needsOf: NeedsOf;
}

export interface FirstRound extends SelectedSets {
  snapshot: Snapshot;
  early: Early | undefined;
}

/** Parts of the last round that were read before it, while pods were still being read. */
interface Early {
  volumes: EarlyPart<Volume>;
  classes: EarlyPart<Class> | undefined;
}

/** `names`: of the objects that were asked for; undefined where all were. */
interface EarlyPart<T> {
  part: Part<T>;
  names: readonly string[] | undefined;
}

/** The part, unless pods told of more objects than were asked for. */
function covered<T>(early: EarlyPart<T> | undefined, needed: readonly string[]): Part<T> | undefined {
  const { part, names } = early ?? {};
  return names === undefined || needed.every((name) => names.includes(name)) ? part : undefined;
}

async function readSeveral({ client, namespace, choosing, needsOf }: Asking): Promise<FirstRound> {
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
  const [services, pods, claims, volumes] = await others;
  const snapshot = { statefulSets, services, pods, claims, ...unread, time: client.serverTime() };
  return {
    snapshot,
    sets,
    failures,
    early: volumes && { volumes: { part: volumes, names: undefined }, classes: undefined },
  };
}

/**
 * Lists all volumes while the pods are still being read, if the claims alone name so many that the last round would list
 * all of them anyway. Otherwise undefined.
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
  if (isByName(claims.items.length)) return undefined;
  const { volumes } = needsOf(
    topologies(
      { statefulSets, services: notGiven, pods: notGiven, claims, ...unread, time: client.serverTime() },
      sets,
    ),
  );
  return isByName(volumes.length) ? undefined : readVolumes(client, volumes);
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
