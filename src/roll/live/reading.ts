/** Reads what a plan needs before its roll begins, and which rights are missing. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { missingRights, type Right, streamRights } from '#src/kube/rights.ts';
import { selectorText } from '#src/objects/labelselector.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Budget, Claim, ControllerRevision, Event, Node, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import { readAll, readNamed, readVolumes, secondRound, unread } from '#src/sources/parts.ts';
import { readNamesakes } from '#src/sources/setpods.ts';
import { isReady, isTerminating } from '#src/statefulset/controller/pods.ts';
import { olderRevisions } from '#src/statefulset/controller/successor.ts';
import { isMember, isWanted, ordinalOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { mountsAt, mountsOf } from '#src/statefulset/storage.ts';
import type { RollSnapshot } from '../model/plan.ts';

/**
 * Reads one set's pods with their claims and volumes, the budgets of the namespace, and the nodes; and what tells why the
 * controller waits: who has the name of a missing pod, and the warnings about pods that are not ready.
 */
export async function lookAtSet(client: Client, set: StatefulSet): Promise<RollSnapshot> {
  const { namespace } = set.metadata;
  const labels = selectorText(set.spec?.selector ?? {});
  const [listed, claims, budgets, nodes] = await Promise.all([
    readAll<Pod>(client, resources.pods, namespace, labels ? { labels } : undefined),
    readAll<Claim>(client, resources.claims, namespace),
    readAll<Budget>(client, resources.budgets, namespace),
    readAll<Node>(client, resources.nodes, undefined),
  ]);
  const members = listed.items.filter((pod) => isMember(set, pod));
  const [volumes, namesakes, revisions, events] = await Promise.all([
    readMountedVolumes(client, set, members, claims),
    readNamesakes(client, set, listed),
    readRevisions(client, set, members),
    readWarnings(client, set, members),
  ]);
  const pods = { ...listed, items: [...listed.items, ...namesakes] };
  const statefulSets = { items: [set], others: 'not given' } as const;
  const services = { items: [], others: 'not given' } as const;
  const round = { ...unread, pods, claims, volumes, nodes, events };
  return { ...round, statefulSets, services, budgets, revisions, time: client.serverTime() };
}

/** The templates of older revisions in which pods would come back, where those matter for their claims. */
async function readRevisions(
  client: Client,
  set: StatefulSet,
  members: readonly Pod[],
): Promise<Part<ControllerRevision>> {
  const wanted = members.filter(({ metadata }) => isWanted(wantedOrdinals(set), ordinalOf(metadata.name)));
  return readNamed<ControllerRevision>(
    client,
    resources.revisions,
    olderRevisions(set, wanted),
    set.metadata.namespace,
  );
}

async function readWarnings(client: Client, set: StatefulSet, members: readonly Pod[]): Promise<Part<Event>> {
  const { start, end } = wantedOrdinals(set);
  const failing = members.filter((pod) => !isReady(pod) || isTerminating(pod));
  if (failing.length === 0 && members.length === end - start) return { items: [], others: 'missing' };
  const warnings = [set, ...failing].flatMap(({ metadata }) => metadata.uid ?? []);
  const needs = { volumes: [], classes: [], nodes: [], events: [], warnings };
  return secondRound.events(client, set.metadata.namespace, needs);
}

async function readMountedVolumes(
  client: Client,
  set: StatefulSet,
  members: readonly Pod[],
  claims: Part<Claim>,
): Promise<Part<Volume>> {
  const mounted = new Set(members.flatMap((pod) => mountsOf(set, pod).map(({ claim }) => claim)));
  const bound = claims.items.filter(({ metadata }) => mounted.has(metadata.name));
  const names = [...new Set(bound.flatMap(({ spec }) => spec?.volumeName || []))];
  return readVolumes(client, names);
}

export interface RollNeeds {
  evicts: boolean;
  /** Whether the roll writes a Lease. */
  lease: boolean;
  /** Whether the roll runs commands in pods. */
  exec: boolean;
}

/** The rights that the roll needs, and the person does not have. */
export async function missingForRoll(
  client: Client,
  set: StatefulSet,
  { evicts, lease, exec }: RollNeeds,
): Promise<Right[]> {
  const { namespace = '' } = set.metadata;
  const going: Right = evicts
    ? { verb: 'create', resource: resources.pods, subresource: 'eviction', namespace }
    : { verb: 'delete', resource: resources.pods, namespace };
  const leases = lease
    ? ['get', 'create', 'update', 'delete'].map((verb): Right => ({ verb, resource: resources.leases, namespace }))
    : [];
  const commands = exec ? streamRights('exec', { namespace, name: '' }).map(({ name: _, ...right }) => right) : [];
  // The plan lists the claims, but the roll may get them by name.
  const claims: Right[] =
    mountsAt(set, wantedOrdinals(set).start).length > 0 ? [{ verb: 'get', resource: resources.claims, namespace }] : [];
  return missingRights(client, [going, ...claims, ...leases, ...commands]);
}
