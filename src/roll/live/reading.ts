/** Reads what a plan needs before its roll begins, and which rights are missing. */
import type { Client } from '#src/kube/client.ts';
import { resources } from '#src/kube/resources.ts';
import { missingRights, type Right, streamRights } from '#src/kube/rights.ts';
import { selectorText } from '#src/objects/labelselector.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Budget, Claim, Node, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import { readAll, readNamed, unread } from '#src/sources/parts.ts';
import { isMember, wantedOrdinals } from '#src/statefulset/identity.ts';
import { mountsAt, mountsOf } from '#src/statefulset/storage.ts';
import type { RollSnapshot } from '../model/plan.ts';

/** Reads one set's pods with their claims and volumes, the budgets of the namespace, and the nodes. */
export async function lookAtSet(client: Client, set: StatefulSet): Promise<RollSnapshot> {
  const { namespace } = set.metadata;
  const labels = selectorText(set.spec?.selector ?? {});
  const [pods, claims, budgets, nodes] = await Promise.all([
    readAll<Pod>(client, resources.pods, namespace, labels ? { labels } : undefined),
    readAll<Claim>(client, resources.claims, namespace),
    readAll<Budget>(client, resources.budgets, namespace),
    readAll<Node>(client, resources.nodes, undefined),
  ]);
  const volumes = await readVolumes(client, set, pods, claims);
  const statefulSets = { items: [set], others: 'not given' } as const;
  const services = { items: [], others: 'not given' } as const;
  return { ...unread, statefulSets, services, pods, claims, volumes, nodes, budgets, time: client.serverTime() };
}

async function readVolumes(
  client: Client,
  set: StatefulSet,
  pods: Part<Pod>,
  claims: Part<Claim>,
): Promise<Part<Volume>> {
  const members = pods.items.filter((pod) => isMember(set, pod));
  const mounted = new Set(members.flatMap((pod) => mountsOf(set, pod).map(({ claim }) => claim)));
  const bound = claims.items.filter(({ metadata }) => mounted.has(metadata.name));
  const names = [...new Set(bound.flatMap(({ spec }) => spec?.volumeName || []))];
  return readNamed<Volume>(client, resources.volumes, names);
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
