/** Pins Services to pods and unpins them: one look, one write, and then waiting for the endpoints. */

import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Clock } from '#src/objects/clock.ts';
import { type Selector, serviceNameLabel } from '#src/objects/service.ts';
import type { Part } from '#src/objects/snapshot.ts';
import { formatTime } from '#src/objects/time.ts';
import type { EndpointSlice, Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { readAll } from '#src/sources/parts.ts';
import { ownManagedFields } from '../model/owner.ts';
import {
  isSame,
  patched,
  pinAnnotation,
  reached,
  type SelectorOwner,
  type ServicePatch,
  selectorOf,
} from '../model/pinning.ts';
import { type PinPlan, type PinSnapshot, planPin } from '../model/plan.ts';
import { planUnpin, type UnpinPlan, type UnpinWish } from '../model/restoreplan.ts';
import type { PinTarget } from '../model/target.ts';

export interface PinMeans {
  client: Client;
  clock: Clock;
  signal: AbortSignal;
  fieldManager: string;
  dryRun: 'none' | 'client' | 'server';
}

/** What is known before anything is written. */
export interface Look {
  snapshot: PinSnapshot;
  slices: Part<EndpointSlice>;
  /** As the API server knows the person; undefined where it does not tell. */
  user: string | undefined;
}

/**
 * All that a plan needs, in one round.
 *
 * @param namespace undefined for all of them
 * @throws {StatusError} when the Services may not be read
 */
export async function lookAtServices(client: Client, namespace: string | undefined): Promise<Look> {
  const [services, pods, statefulSets, slices, user] = await Promise.all([
    client.list<Service>(resources.managedServices, namespace),
    readAll<Pod>(client, resources.pods, namespace),
    readAll<StatefulSet>(client, resources.statefulSets, namespace),
    readAll<EndpointSlice>(client, resources.slices, namespace),
    userName(client),
  ]);
  if (services instanceof StatusError) throw services;
  return {
    snapshot: { services: { items: services, others: 'missing' }, pods, statefulSets },
    slices,
    user,
  };
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

/** What became of one Service. */
export type Pinned =
  /** Written; in a dry run only planned, or admitted and not stored. */
  | { kind: 'written'; plan: PinPlan & { kind: 'pin' }; service: Service; endpoints: Endpoints | undefined }
  | { kind: 'unwritten'; plan: Exclude<PinPlan, { kind: 'pin' }> }
  | Unwritable;

export type Unpinned =
  | { kind: 'written'; plan: Extract<UnpinPlan, { kind: 'unpin' | 'by hand' }>; service: Service; coOwned: boolean }
  | { kind: 'unwritten'; plan: Exclude<UnpinPlan, { kind: 'unpin' | 'by hand' }> }
  | Unwritable;

export type Unwritable =
  | { kind: 'failed'; service: string; error: StatusError }
  /** Somebody else changed it at the same time: what it is now. */
  | { kind: 'overtaken'; service: Service };

/** Whom the Service sends new connections to, and how long that took. */
export interface Endpoints {
  before: number;
  reached: boolean;
  /** Names of what is there besides, or instead. */
  others: string[];
  has: boolean;
  seconds: number;
}

export interface PinWishes {
  target: PinTarget;
  allowNotReady: boolean;
  /** Milliseconds to wait for the endpoints; undefined not to wait. */
  wait: number | undefined;
}

export async function pinService(
  { client, clock, signal, fieldManager, dryRun }: PinMeans,
  service: Service,
  look: Look,
  { target, allowNotReady, wait }: PinWishes,
): Promise<Pinned> {
  const now = formatTime(clock.now());
  const planFor = (one: Service) =>
    planPin({ service: one, target, snapshot: look.snapshot, now, user: look.user, allowNotReady });
  const plan = planFor(service);
  if (plan.kind !== 'pin') return { kind: 'unwritten', plan };
  if (dryRun === 'client')
    return { kind: 'written', plan, service: patched(service, plan.patch), endpoints: undefined };
  const begun = clock.now();
  const written = await write(client, service, plan.patch, { fieldManager, dryRun: dryRun === 'server' }, (again) => {
    const next = planFor(again);
    return next.kind === 'pin' ? next.patch : undefined;
  });
  if (written.kind !== 'written') return written;
  if (dryRun === 'server' || wait === undefined) {
    return { kind: 'written', plan, service: written.service, endpoints: undefined };
  }
  const before = reached(look.slices.items, service, plan.pod.name);
  const count = before.others.length + (before.has ? 1 : 0);
  const endpoints = await settled(client, written.service, plan.pod.name, { clock, signal, begun, wait });
  return { kind: 'written', plan, service: written.service, endpoints: endpoints && { ...endpoints, before: count } };
}

export async function unpinService({ client, fieldManager, dryRun }: PinMeans, wish: UnpinWish): Promise<Unpinned> {
  const plan = planUnpin(wish);
  if (plan.kind !== 'unpin' && plan.kind !== 'by hand') return { kind: 'unwritten', plan };
  const { service } = wish;
  if (dryRun === 'client') return { kind: 'written', plan, service: patched(service, plan.patch), coOwned: false };
  const options = { fieldManager, dryRun: dryRun === 'server' };
  const restoring = (one: UnpinPlan): ServicePatch | undefined => {
    if (one.kind !== plan.kind) return undefined;
    // The annotation goes last: whoever is stopped in between finds in it what is still to be done.
    return plan.kind === 'unpin' && !options.dryRun ? withoutAnnotations(one.patch) : one.patch;
  };
  const written = await write(client, service, restoring(plan) ?? plan.patch, options, (again) =>
    restoring(planUnpin({ ...wish, service: again })),
  );
  if (written.kind !== 'written') return written;
  if (options.dryRun) return { kind: 'written', plan, service: written.service, coOwned: false };
  const note = service.metadata.annotations?.[pinAnnotation];
  const left = { note: plan.kind === 'unpin' ? note : undefined, selector: plan.after };
  // With somebody's changes kept, the selector is theirs.
  const owners = plan.kind === 'unpin' && !plan.kept ? plan.record.owners : [];
  const clean = await forget(client, written.service, left, { fieldManager, owners });
  return { kind: 'written', plan, service: clean ?? written.service, coOwned: clean === undefined };
}

function withoutAnnotations({ metadata: { annotations: _, ...metadata }, spec }: ServicePatch): ServicePatch {
  return { metadata: { ...metadata, annotations: {} }, spec };
}

/** Writes of one Service that others write to as well. */
const mostConflicts = 10;

/**
 * Writes on the version that was looked at. When somebody else's change to something else comes between, it is written
 * again on theirs; a change to the selector or the annotation is not written over.
 */
async function write(
  client: Client,
  looked: Service,
  patch: ServicePatch,
  options: { fieldManager: string; dryRun: boolean },
  again: (service: Service) => ServicePatch | undefined,
): Promise<{ kind: 'written'; service: Service } | Unwritable> {
  const { namespace, name } = looked.metadata;
  let next: ServicePatch | undefined = patch;
  for (let conflicts = 0; ; conflicts++) {
    const answer = await client.patch<Service>(resources.managedServices, namespace, name, next, options);
    if (!(answer instanceof StatusError)) return { kind: 'written', service: answer };
    if (answer.reason !== 'Conflict' || conflicts === mostConflicts) {
      return { kind: 'failed', service: name, error: answer };
    }
    const current = await client.get<Service>(resources.managedServices, namespace, name);
    if (current instanceof StatusError) return { kind: 'failed', service: name, error: current };
    if (!isUntouched(looked, current)) return { kind: 'overtaken', service: current };
    next = again(current);
    if (next === undefined) return { kind: 'overtaken', service: current };
  }
}

function isUntouched(looked: Service, current: Service): boolean {
  return (
    looked.metadata.uid === current.metadata.uid &&
    isSame(selectorOf(looked), selectorOf(current)) &&
    looked.metadata.annotations?.[pinAnnotation] === current.metadata.annotations?.[pinAnnotation]
  );
}

/**
 * Removes the annotation, and us from the owners of the selector, in one write. Whoever pins the Service anew in between
 * needs both: then it is theirs to undo.
 *
 * @param left how the Service was left: with which annotation, and with which selector
 * @returns the Service; undefined when that could not be written
 */
async function forget(
  client: Client,
  service: Service,
  left: { note: string | undefined; selector: Selector },
  { fieldManager, owners }: { fieldManager: string; owners: readonly SelectorOwner[] },
): Promise<Service | undefined> {
  const { namespace, name } = service.metadata;
  let current = service;
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    const isOurs = current.metadata.annotations?.[pinAnnotation] === left.note;
    if (!isOurs || !isSame(selectorOf(current), left.selector)) return current;
    const { owned, rest } = ownManagedFields(current, fieldManager, owners);
    if (owned.length === 0 && left.note === undefined) return current;
    const { resourceVersion } = current.metadata;
    const metadata = {
      resourceVersion,
      annotations: { [pinAnnotation]: null },
      ...(owned.length > 0 && { managedFields: rest }),
    };
    const answer = await client.patch<Service>(
      resources.managedServices,
      namespace,
      name,
      { metadata },
      { fieldManager },
    );
    if (!(answer instanceof StatusError)) return answer;
    if (answer.reason !== 'Conflict') return undefined;
    const read = await client.get<Service>(resources.managedServices, namespace, name);
    if (read instanceof StatusError) return undefined;
    current = read;
  }
  return undefined;
}

/** Milliseconds between two looks at the endpoints: the controller takes some hundred. */
const lookInterval = 100;

async function settled(
  client: Client,
  service: Service,
  pod: string,
  { clock, signal, begun, wait }: { clock: Clock; signal: AbortSignal; begun: number; wait: number },
): Promise<Omit<Endpoints, 'before'> | undefined> {
  const { namespace, name } = service.metadata;
  for (;;) {
    const slices = await client.list<EndpointSlice>(resources.slices, namespace, {
      labels: `${serviceNameLabel}=${name}`,
    });
    // Who may not see them has been told so by the plan's own reading.
    if (slices instanceof StatusError) return undefined;
    const { only, others, has } = reached(slices, service, pod);
    const seconds = (clock.now() - begun) / 1_000;
    if (only || seconds * 1_000 >= wait || signal.aborted) return { reached: only, others, has, seconds };
    await clock.sleep(lookInterval, signal);
  }
}
