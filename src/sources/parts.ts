/** Reads the parts of a Snapshot from a cluster, each with one or a few requests. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { Selectors } from '#src/kube/listing.ts';
import { qualifiedName, type Resource, resources } from '#src/kube/resources.ts';
import { type Needs, notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Class, Event, Named, Node, Volume } from '#src/objects/types.ts';

/**
 * @param namespace undefined for all namespaces, and for objects that have none
 * @throws {StatusError} for any refusal but a missing right
 */
export async function readAll<T extends Named>(
  client: Client,
  resource: Resource,
  namespace: string | undefined,
  selectors?: Selectors,
): Promise<Part<T>> {
  const answer = await client.list<T>(resource, namespace, selectors);
  return answer instanceof StatusError ? refused(answer, 'list', resource) : { items: answer, others: 'missing' };
}

/** Up to so many objects of a namespace are read one by one. For more, one list of all is quicker. */
const few = 5;

/** Up to so many volumes are read one by one, whatever the cluster holds besides. */
const dozens = 40;

/** A list brings so many volumes in the time in which one is read by its name, side by side with others. */
const listedMeanwhile = 8;

export function isFew(count: number): boolean {
  return count <= few;
}

/** @param namespace undefined for objects that have none */
export async function readNamed<T extends Named>(
  client: Client,
  resource: Resource,
  names: readonly string[],
  namespace?: string,
): Promise<Part<T>> {
  return isFew(names.length)
    ? readEach<T>(client, resource, names, namespace)
    : readAll<T>(client, resource, namespace);
}

async function readEach<T extends Named>(
  client: Client,
  resource: Resource,
  names: readonly string[],
  namespace?: string,
): Promise<Part<T>> {
  const answers = await Promise.all(names.map((name) => client.get<T>(resource, namespace, name)));
  const items: T[] = [];
  for (const answer of answers) {
    if (!(answer instanceof StatusError)) items.push(answer);
    else if (answer.reason !== 'NotFound') return refused(answer, 'get', resource);
  }
  return { items, others: 'missing' };
}

/** Of the volumes of a whole cluster, a list is read only where those that are named are a sensible share of it. */
export async function readVolumes(client: Client, names: readonly string[]): Promise<Part<Volume>> {
  if (names.length <= dozens) return readEach<Volume>(client, resources.volumes, names);
  const all = await client.count(resources.volumes, undefined);
  const worthwhile = all instanceof StatusError || all <= listedMeanwhile * names.length;
  return worthwhile
    ? readAll<Volume>(client, resources.volumes, undefined)
    : readEach<Volume>(client, resources.volumes, names);
}

/**
 * The events of pending claims, and the warnings about pods and sets: one request for each object, or one list for more
 * of them.
 */
async function readEvents(
  client: Client,
  namespace: string | undefined,
  { events, warnings }: Needs,
): Promise<Part<Event>> {
  // Up to `few` pods, and the set.
  const selectors = [...eventSelectors(events, few), ...eventSelectors(warnings, few + 1, 'type=Warning')];
  if (selectors.length === 0) return notGiven;
  const items: Event[] = [];
  for (const answer of await Promise.all(
    selectors.map((fields) => client.list<Event>(resources.events, namespace, fields === '' ? undefined : { fields })),
  )) {
    if (answer instanceof StatusError) return refused(answer, 'list', resources.events);
    items.push(...answer);
  }
  return { items, others: 'missing' };
}

/**
 * @param most so many objects are asked about one by one
 * @param type a selector of all events that are wanted; empty for none
 */
function eventSelectors(uids: readonly string[], most: number, type = ''): string[] {
  if (uids.length === 0) return [];
  if (uids.length > most) return [type];
  return uids.map((uid) => [`involvedObject.uid=${uid}`, type].filter(Boolean).join(','));
}

/** The parts that are read in a second round, because the first one tells which of their objects are needed. */
export type SecondRound = Pick<Snapshot, 'volumes' | 'classes' | 'nodes' | 'events'>;

export const unread: SecondRound = { volumes: notGiven, classes: notGiven, nodes: notGiven, events: notGiven };

/** Reads each part of the second round. */
export const secondRound: {
  [Name in keyof SecondRound]: (
    client: Client,
    namespace: string | undefined,
    needs: Needs,
  ) => Promise<SecondRound[Name]>;
} = {
  volumes: (client, _namespace, { volumes }) => readVolumes(client, volumes),
  classes: (client, _namespace, { classes }) => readNamed<Class>(client, resources.classes, classes),
  nodes: async (client, _namespace, { nodes }) => {
    if (nodes === 'all') return readAll<Node>(client, resources.nodes, undefined);
    return nodes.length === 0 ? notGiven : readNamed<Node>(client, resources.nodes, nodes);
  },
  events: readEvents,
};

/**
 * The part that a missing right leaves.
 *
 * @throws {StatusError} the error itself, where it is no missing right
 */
export function refused<T>(error: StatusError, verb: string, resource: Resource): Part<T> {
  if (error.reason !== 'Forbidden') throw error;
  return {
    items: [],
    others: 'forbidden',
    refusal: { verb, resource: qualifiedName(resource), message: error.detail },
  };
}
