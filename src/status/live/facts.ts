/**
 * Reads what only a diagnosis needs: which node a volume is attached to, which CSI drivers a node knows, the pods on it that
 * may register one, and when a set was changed.
 */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Attachment, NodeDrivers, Pod, StatefulSet } from '#src/objects/types.ts';
import { isFew, readAll, readNamed, refused } from '#src/sources/parts.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { asked, attachedIn, type Facts, knownDrivers } from '../model/nodefacts.ts';

/** How much is done to read the facts. */
export interface Effort {
  /** Waits for a reading, or gives it up: undefined then. */
  wait: <T>(reading: Promise<T>) => Promise<T | undefined>;
  /** Of so many nodes at most: each takes two requests. */
  nodes: number;
}

/**
 * @param namespace that of the sets; undefined for all namespaces
 * @throws {StatusError} for any refusal but a missing right, unless `wait` gives the reading up
 */
export async function readFacts(
  client: Client,
  namespace: string | undefined,
  diagnoses: readonly Diagnosis[],
  { wait, nodes }: Effort,
): Promise<Facts> {
  const asks = asked(diagnoses.flatMap(({ causes }) => causes));
  const looked = asks.drivers.slice(0, nodes);
  const unseen = diagnoses.filter(({ causes }) => asked(causes).managed).map(({ topology }) => topology.set);
  const [attachments, drivers, pods, managed] = await Promise.all([
    asks.attachments ? wait(readAttachments(client)) : undefined,
    looked.length > 0 ? wait(readDrivers(client, looked)) : undefined,
    looked.length > 0 ? wait(readPods(client, looked)) : undefined,
    unseen.length > 0 ? wait(readManaged(client, namespace, unseen)) : undefined,
  ]);
  return { attachments, drivers, pods, managed, passedOver: asks.drivers.slice(nodes) };
}

/** Drivers run in namespaces of their own. */
async function readPods(client: Client, nodes: readonly string[]): Promise<Part<Pod>> {
  return together(
    await Promise.all(
      nodes.map((node) => readAll<Pod>(client, resources.pods, undefined, { fields: `spec.nodeName=${node}` })),
    ),
  );
}

/** Anyone who may list the sets of a namespace may usually get them too. */
async function readManaged(
  client: Client,
  namespace: string | undefined,
  sets: readonly StatefulSet[],
): Promise<Part<StatefulSet>> {
  const { managedStatefulSets } = resources;
  if (!isFew(sets.length)) return readAll<StatefulSet>(client, managedStatefulSets, namespace);
  return together(
    await Promise.all(
      sets.map(({ metadata }) =>
        readNamed<StatefulSet>(client, managedStatefulSets, [metadata.name], metadata.namespace),
      ),
    ),
  );
}

/** What several readings brought, or that the right to one of them is missing. */
function together<T>(parts: readonly Part<T>[]): Part<T> {
  const refusal = parts.find(({ others }) => others === 'forbidden');
  return refusal ?? { items: parts.flatMap(({ items }) => items), others: 'missing' };
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
