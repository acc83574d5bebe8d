/** The parts of a Snapshot, each as one or a few requests to a cluster give it. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import type { Selectors } from '#src/kube/listing.ts';
import { qualifiedName, type Resource, resources } from '#src/kube/resources.ts';
import type { Needs } from '#src/objects/snapshot.ts';
import { notGiven, type Part, type Snapshot } from '#src/objects/snapshot.ts';
import type { Class, Event, Named, Node, Volume } from '#src/objects/types.ts';

export async function readAll<T extends Named>(
  client: Client,
  resource: Resource,
  namespace: string | undefined,
  selectors?: Selectors,
): Promise<Part<T>> {
  const answer = await client.list<T>(resource, namespace, selectors);
  return answer instanceof StatusError ? refused(answer, 'list', resource) : { items: answer, others: 'missing' };
}

/** Up to this many objects are read one by one, whatever else the cluster holds; more of them in one list of all. */
const few = 5;

export function isFew(count: number): boolean {
  return count <= few;
}

/** @param namespace undefined for what is in none */
export async function readNamed<T extends Named>(
  client: Client,
  resource: Resource,
  names: readonly string[],
  namespace?: string,
): Promise<Part<T>> {
  if (!isFew(names.length)) return readAll<T>(client, resource, namespace);
  const answers = await Promise.all(names.map((name) => client.get<T>(resource, namespace, name)));
  const items: T[] = [];
  for (const answer of answers) {
    if (!(answer instanceof StatusError)) items.push(answer);
    else if (answer.reason !== 'NotFound') return refused(answer, 'get', resource);
  }
  return { items, others: 'missing' };
}

async function readEvents(client: Client, namespace: string | undefined, { events }: Needs): Promise<Part<Event>> {
  if (events.length === 0) return notGiven;
  const selectors = isFew(events.length) ? events.map((uid) => ({ fields: `involvedObject.uid=${uid}` })) : [undefined];
  const items: Event[] = [];
  for (const answer of await Promise.all(
    selectors.map((selector) => client.list<Event>(resources.events, namespace, selector)),
  )) {
    if (answer instanceof StatusError) return refused(answer, 'list', resources.events);
    items.push(...answer);
  }
  return { items, others: 'missing' };
}

/** What is read in the second round: what the first one left open. */
export type SecondRound = Pick<Snapshot, 'volumes' | 'classes' | 'nodes' | 'events'>;

export const unread: SecondRound = { volumes: notGiven, classes: notGiven, nodes: notGiven, events: notGiven };

/** How each part of the second round is read. */
export const secondRound: {
  [Name in keyof SecondRound]: (
    client: Client,
    namespace: string | undefined,
    needs: Needs,
  ) => Promise<SecondRound[Name]>;
} = {
  volumes: (client, _namespace, { volumes }) => readNamed<Volume>(client, resources.volumes, volumes),
  classes: (client, _namespace, { classes }) => readNamed<Class>(client, resources.classes, classes),
  nodes: async (client, _namespace, { nodes }) =>
    nodes ? readAll<Node>(client, resources.nodes, undefined) : notGiven,
  events: readEvents,
};

/** Missing rights take nothing but their own part away; anything else that the server refuses is unexpected. */
export function refused<T>(error: StatusError, verb: string, resource: Resource): Part<T> {
  if (error.reason !== 'Forbidden') throw error;
  return {
    items: [],
    others: 'forbidden',
    refusal: { verb, resource: qualifiedName(resource), message: error.detail },
  };
}
