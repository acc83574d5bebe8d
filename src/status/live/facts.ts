/**
 * Reads what only a diagnosis needs: which node a volume is attached to, which CSI drivers a node knows, the pods on it that
 * may register one, and when a set was changed.
 */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Attachment, NodeDrivers, Pod, StatefulSet } from '#src/objects/types.ts';
import { readAll, refused } from '#src/sources/parts.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { asked, attachedIn, type Facts, knownDrivers } from '../model/nodefacts.ts';

/** Waits for a reading, or gives it up: undefined then. */
export type Patience = <T>(reading: Promise<T>) => Promise<T | undefined>;

/**
 * @param wait how each reading is waited for
 * @throws {StatusError} for any refusal but a missing right, unless `wait` gives the reading up
 */
export async function readFacts(client: Client, diagnoses: readonly Diagnosis[], wait: Patience): Promise<Facts> {
  const asks = asked(diagnoses.flatMap(({ causes }) => causes));
  const unseen = diagnoses.filter(({ causes }) => causes.some(({ what }) => what.kind === 'not observed'));
  const [attachments, drivers, pods, unobserved] = await Promise.all([
    asks.attachments ? wait(readAttachments(client)) : undefined,
    asks.drivers.length > 0 ? wait(readDrivers(client, asks.drivers)) : undefined,
    asks.drivers.length > 0 ? wait(readPods(client, asks.drivers)) : undefined,
    Promise.all(unseen.map(({ topology }) => wait(readManaged(client, topology.set)))),
  ]);
  return { attachments, drivers, pods, unobserved: unobserved.flatMap((sets) => sets ?? []) };
}

/** Drivers run in namespaces of their own. */
async function readPods(client: Client, nodes: readonly string[]): Promise<Part<Pod>> {
  const parts = await Promise.all(
    nodes.map((node) => readAll<Pod>(client, resources.pods, undefined, { fields: `spec.nodeName=${node}` })),
  );
  const refusal = parts.find(({ others }) => others === 'forbidden');
  return refusal ?? { items: parts.flatMap(({ items }) => items), others: 'missing' };
}

/** Whoever may list the sets of a namespace, may get them as a rule. Without the right nothing tells the time. */
async function readManaged(client: Client, { metadata }: StatefulSet): Promise<StatefulSet[]> {
  const set = await client.get<StatefulSet>(resources.managedStatefulSets, metadata.namespace, metadata.name);
  if (!(set instanceof StatusError)) return [set];
  if (set.reason !== 'Forbidden' && set.reason !== 'NotFound') throw set;
  return [];
}

async function readAttachments(client: Client): Promise<Facts['attachments']> {
  return attachedIn(await readAll<Attachment>(client, resources.attachments, undefined));
}

async function readDrivers(client: Client, nodes: readonly string[]): Promise<Facts['drivers']> {
  const answers = await Promise.all(
    nodes.map((node) => client.get<NodeDrivers>(resources.nodeDrivers, undefined, node)),
  );
  const refusal = answers.find((answer) => answer instanceof StatusError && answer.reason !== 'NotFound');
  if (refusal instanceof StatusError) return refused(refusal, 'get', resources.nodeDrivers);
  const items = answers.map((answer, nth) =>
    answer instanceof StatusError ? { node: nodes[nth] ?? '', drivers: [] } : knownDrivers(answer),
  );
  return { items, others: 'missing' };
}
