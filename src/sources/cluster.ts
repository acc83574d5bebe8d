/** A Snapshot of a live cluster, read with as few requests as the question needs. */
import type { Client } from '../kube/client.ts';
import { StatusError } from '../kube/errors.ts';
import { qualifiedName, type Resource, resources } from '../kube/resources.ts';
import type { Part, Snapshot } from '../objects/snapshot.ts';
import type { Claim, Class, Named, Pod, Service, StatefulSet, Volume } from '../objects/types.ts';
import { storageNames, topologies } from '../statefulset/topology.ts';

export interface Reading {
  snapshot: Snapshot;
  /** Why sets that were asked for by name are not among the snapshot's. */
  failures: StatusError[];
}

/**
 * Reads what a tree of StatefulSets of one namespace shows: first the namespace's objects side by side, then the
 * volumes and classes that the claims name.
 *
 * @param names the sets asked for; none means all of the namespace
 * @throws {StatusError} when the sets cannot be listed, as kubectl would say it
 */
export async function readCluster(client: Client, namespace: string, names: readonly string[]): Promise<Reading> {
  const [sets, services, pods, claims] = await Promise.all([
    readSets(client, namespace, names),
    readAll<Service>(client, resources.services, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    readAll<Claim>(client, resources.claims, namespace),
  ]);
  const statefulSets = { items: sets.items, others: 'missing' } as const;
  const first: Snapshot = { statefulSets, services, pods, claims, volumes: unread, classes: unread };
  const needed = storageNames(topologies(first, sets.items));
  const [volumes, classes] = await Promise.all([
    readNamed<Volume>(client, resources.volumes, needed.volumes),
    readNamed<Class>(client, resources.classes, needed.classes),
  ]);
  return { snapshot: { ...first, volumes, classes }, failures: sets.failures };
}

const unread = { items: [], others: 'not given' } as const;

async function readSets(
  client: Client,
  namespace: string,
  names: readonly string[],
): Promise<{ items: StatefulSet[]; failures: StatusError[] }> {
  if (names.length === 0) {
    const items = await client.list<StatefulSet>(resources.statefulSets, namespace);
    if (items instanceof StatusError) throw items;
    return { items, failures: [] };
  }
  const answers = await Promise.all(
    names.map((name) => client.get<StatefulSet>(resources.statefulSets, namespace, name)),
  );
  return {
    items: answers.filter((answer): answer is StatefulSet => !(answer instanceof StatusError)),
    failures: answers.filter((answer) => answer instanceof StatusError),
  };
}

async function readAll<T extends Named>(client: Client, resource: Resource, namespace?: string): Promise<Part<T>> {
  const answer = await client.list<T>(resource, namespace);
  return answer instanceof StatusError ? refused(answer, 'list', resource) : { items: answer, others: 'missing' };
}

/** Up to this many objects are read one by one, whatever else the cluster holds; more of them in one list of all. */
const few = 5;

async function readNamed<T extends Named>(client: Client, resource: Resource, names: string[]): Promise<Part<T>> {
  if (names.length > few) return readAll<T>(client, resource);
  const answers = await Promise.all(names.map((name) => client.get<T>(resource, undefined, name)));
  const items: T[] = [];
  for (const answer of answers) {
    if (!(answer instanceof StatusError)) items.push(answer);
    else if (answer.reason !== 'NotFound') return refused(answer, 'get', resource);
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
