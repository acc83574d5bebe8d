/** A Snapshot of a live cluster, read with as few requests as the question needs. */
import type { Client } from '../kube/client.ts';
import { StatusError } from '../kube/errors.ts';
import { qualifiedName, type Resource, resources } from '../kube/resources.ts';
import { notGiven, type Part, type Snapshot } from '../objects/snapshot.ts';
import type { Claim, Class, Event, Named, Node, Pod, Service, StatefulSet, Volume } from '../objects/types.ts';
import { type Selection, select } from '../statefulset/selection.ts';
import { type Needs, needsOf, topologies } from '../statefulset/topology.ts';

export interface Reading {
  snapshot: Snapshot;
  /** The sets that were asked for, of those in the snapshot. */
  sets: StatefulSet[];
  /** What the server said of those that were asked for by name and are not there. */
  failures: StatusError[];
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
  const [chosen, services, pods, claims] = await Promise.all([
    readSets(client, namespace, selection),
    readAll<Service>(client, resources.services, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    readAll<Claim>(client, resources.claims, namespace),
  ]);
  const { statefulSets, sets, failures } = chosen;
  const later = { volumes: notGiven, classes: notGiven, nodes: notGiven, events: notGiven };
  const first: Snapshot = { statefulSets, services, pods, claims, ...later };
  const needs = needsOf(topologies(first, sets));
  const [volumes, classes, nodes, events] = await Promise.all([
    readNamed<Volume>(client, resources.volumes, needs.volumes),
    readNamed<Class>(client, resources.classes, needs.classes),
    needs.nodes ? readAll<Node>(client, resources.nodes, undefined) : notGiven,
    readEvents(client, namespace, needs),
  ]);
  return { snapshot: { ...first, volumes, classes, nodes, events }, sets, failures };
}

type Chosen = Pick<Reading, 'sets' | 'failures'> & { statefulSets: Part<StatefulSet> };

/** All sets of the namespace, since one may want a claim that another left over; or those asked for, where no more may be read. */
async function readSets(client: Client, namespace: string | undefined, selection: Selection): Promise<Chosen> {
  const { names } = selection;
  const all = await client.list<StatefulSet>(resources.statefulSets, namespace);
  if (!(all instanceof StatusError)) {
    const { sets, unknown } = select(all, selection);
    return { statefulSets: { items: all, others: 'missing' }, sets, failures: unknown.map(notFound) };
  }
  if (names.length === 0 || all.reason !== 'Forbidden') throw all;
  const answers = await Promise.all(
    names.map((name) => client.get<StatefulSet>(resources.statefulSets, namespace, name)),
  );
  const items = answers.filter((answer): answer is StatefulSet => !(answer instanceof StatusError));
  return {
    statefulSets: { ...refused(all, 'list', resources.statefulSets), items },
    sets: select(items, { ...selection, names: [] }).sets,
    failures: answers.filter((answer) => answer instanceof StatusError),
  };
}

/** As the server would say it of a set that is not in its list. */
function notFound(name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualifiedName(resources.statefulSets)} "${name}" not found`);
}

async function readAll<T extends Named>(
  client: Client,
  resource: Resource,
  namespace: string | undefined,
): Promise<Part<T>> {
  const answer = await client.list<T>(resource, namespace);
  return answer instanceof StatusError ? refused(answer, 'list', resource) : { items: answer, others: 'missing' };
}

/** Up to this many objects are read one by one, whatever else the cluster holds; more of them in one list of all. */
const few = 5;

async function readNamed<T extends Named>(client: Client, resource: Resource, names: string[]): Promise<Part<T>> {
  if (names.length > few) return readAll<T>(client, resource, undefined);
  const answers = await Promise.all(names.map((name) => client.get<T>(resource, undefined, name)));
  const items: T[] = [];
  for (const answer of answers) {
    if (!(answer instanceof StatusError)) items.push(answer);
    else if (answer.reason !== 'NotFound') return refused(answer, 'get', resource);
  }
  return { items, others: 'missing' };
}

async function readEvents(client: Client, namespace: string | undefined, { events }: Needs): Promise<Part<Event>> {
  if (events.length === 0) return notGiven;
  const selectors = events.length > few ? [undefined] : events.map((uid) => `involvedObject.uid=${uid}`);
  const items: Event[] = [];
  for (const answer of await Promise.all(
    selectors.map((selector) => client.list<Event>(resources.events, namespace, selector)),
  )) {
    if (answer instanceof StatusError) return refused(answer, 'list', resources.events);
    items.push(...answer);
  }
  return { items, others: 'missing' };
}

/** Missing rights take nothing but their own part away; anything else that the server refuses is unexpected. */
function refused<T>(error: StatusError, verb: string, resource: Resource): Part<T> {
  if (error.reason !== 'Forbidden') throw error;
  return {
    items: [],
    others: 'forbidden',
    refusal: { verb, resource: qualifiedName(resource), message: error.detail },
  };
}
