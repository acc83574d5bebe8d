/** A Snapshot of a live cluster, read with as few requests as the question needs. */
import type { Client } from '../kube/client.ts';
import { StatusError } from '../kube/errors.ts';
import { qualifiedName, resources } from '../kube/resources.ts';
import { notGiven, type Part, type Snapshot } from '../objects/snapshot.ts';
import type { Claim, Pod, Service, StatefulSet, Volume } from '../objects/types.ts';
import { type Selection, select } from '../statefulset/selection.ts';
import { needsOf, topologies } from '../statefulset/topology.ts';
import { isFew, readAll, refused, secondRound, unread } from './parts.ts';
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

export type Chosen = Pick<Reading, 'sets' | 'failures'> & { statefulSets: Part<StatefulSet> };

/** All sets of the namespace, since one may want a claim that another left over; or those asked for, where no more may be read. */
export async function readSets(client: Client, namespace: string | undefined, selection: Selection): Promise<Chosen> {
  const all = await client.list<StatefulSet>(resources.statefulSets, namespace);
  return all instanceof StatusError ? readSetsByName(client, namespace, selection, all) : choose(all, selection);
}

export function choose(all: readonly StatefulSet[], selection: Selection): Chosen {
  const { sets, unknown } = select(all, selection);
  return { statefulSets: { items: all, others: 'missing' }, sets, failures: unknown.map(notFound) };
}

/**
 * @param refusal why they may not be listed
 * @throws {StatusError} the refusal, where no names can help
 */
export async function readSetsByName(
  client: Client,
  namespace: string | undefined,
  selection: Selection,
  refusal: StatusError,
): Promise<Chosen> {
  const { names } = selection;
  if (names.length === 0 || refusal.reason !== 'Forbidden') throw refusal;
  const answers = await Promise.all(
    names.map((name) => client.get<StatefulSet>(resources.statefulSets, namespace, name)),
  );
  const items = answers.filter((answer): answer is StatefulSet => !(answer instanceof StatusError));
  return {
    statefulSets: { ...refused(refusal, 'list', resources.statefulSets), items },
    sets: select(items, { ...selection, names: [] }).sets,
    failures: answers.filter((answer) => answer instanceof StatusError),
  };
}

/** As the server would say it of a set that is not in its list. */
function notFound(name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(resources.statefulSets)} "${name}" not found`);
}
