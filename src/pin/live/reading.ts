/** What `pin` and `unpin` read from a cluster before they write. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { EndpointSlice, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import type { SetsAndPods } from '../model/addressing.ts';
import type { PinSnapshot } from '../model/request.ts';

export interface PinReading {
  snapshot: PinSnapshot;
  slices: Part<EndpointSlice>;
  /** The person's name to the API server; undefined when it does not tell. */
  user: string | undefined;
}

/**
 * Everything that plans to pin Services need, in one round of requests.
 *
 * @throws {StatusError} when the Services cannot be listed
 */
export async function readForPin(client: Client, namespace: string): Promise<PinReading> {
  const [snapshot, slices, user] = await Promise.all([
    readPins(client, namespace),
    readAll<EndpointSlice>(client, resources.slices, namespace),
    userName(client),
  ]);
  return { snapshot, slices, user };
}

/**
 * The Services, and what tells whether their pins are well.
 *
 * @param namespace undefined for all namespaces
 * @throws {StatusError} when the Services cannot be listed
 */
export async function readPins(client: Client, namespace: string | undefined): Promise<PinSnapshot> {
  const [services, setsAndPods] = await Promise.all([
    readServices(client, namespace),
    readSetsAndPods(client, namespace),
  ]);
  return { services: { items: services, others: 'missing' }, ...setsAndPods, time: client.serverTime() };
}

/** @param namespace undefined for all namespaces */
export async function readSetsAndPods(client: Client, namespace: string | undefined): Promise<SetsAndPods> {
  const [pods, statefulSets] = await Promise.all([
    readAll<Pod>(client, resources.pods, namespace),
    readAll<StatefulSet>(client, resources.statefulSets, namespace),
  ]);
  return { pods, statefulSets };
}

/** @throws {StatusError} when the Services cannot be listed */
export async function readServices(client: Client, namespace: string | undefined): Promise<readonly Service[]> {
  const services = await client.list<Service>(resources.managedServices, namespace);
  if (services instanceof StatusError) throw services;
  return services;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review */
async function userName(client: Client): Promise<string | undefined> {
  const review = await client.create(resources.userReviews, undefined, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'SelfSubjectReview',
  });
  if (review instanceof StatusError) return undefined;
  const { status } = review as { status?: { userInfo?: { username?: unknown } } };
  return typeof status?.userInfo?.username === 'string' ? status.userInfo.username : undefined;
}
