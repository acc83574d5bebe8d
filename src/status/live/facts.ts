/**
 * Reads what only a diagnosis needs: which node a volume is attached to, which CSI drivers a node knows, and the pods on it
 * that may register one.
 */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Part } from '#src/objects/snapshot.ts';
import type { Attachment, NodeDrivers, Pod } from '#src/objects/types.ts';
import { readAll, refused } from '#src/sources/parts.ts';
import type { Diagnosis, NodeFacts } from '../model/diagnosis.ts';

/**
 * @returns undefined where no cause asks for more
 * @throws {StatusError} for any refusal but a missing right
 */
export async function readFacts(client: Client, diagnoses: readonly Diagnosis[]): Promise<NodeFacts | undefined> {
  const troubles = diagnoses.flatMap(({ causes }) => causes.map(({ what }) => what));
  const isAttached = troubles.some(({ kind }) => kind === 'attach');
  const nodes = new Set(troubles.flatMap((what) => (what.kind === 'mount' ? (what.driver?.node ?? []) : [])));
  if (!isAttached && nodes.size === 0) return undefined;
  const [attachments, drivers, pods] = await Promise.all([
    isAttached ? readAttachments(client) : undefined,
    nodes.size > 0 ? readDrivers(client, [...nodes]) : undefined,
    nodes.size > 0 ? readPods(client, [...nodes]) : undefined,
  ]);
  return { attachments, drivers, pods };
}

/** Drivers run in namespaces of their own. */
async function readPods(client: Client, nodes: readonly string[]): Promise<Part<Pod>> {
  const parts = await Promise.all(
    nodes.map((node) => readAll<Pod>(client, resources.pods, undefined, { fields: `spec.nodeName=${node}` })),
  );
  const refusal = parts.find(({ others }) => others === 'forbidden');
  return refusal ?? { items: parts.flatMap(({ items }) => items), others: 'missing' };
}

async function readAttachments(client: Client): Promise<NodeFacts['attachments']> {
  const part = await readAll<Attachment>(client, resources.attachments, undefined);
  const items = part.items.flatMap(({ spec, status }) => {
    const volume = spec?.source?.persistentVolumeName;
    return volume && spec?.nodeName && status?.attached ? { volume, node: spec.nodeName } : [];
  });
  return { ...part, items };
}

async function readDrivers(client: Client, nodes: readonly string[]): Promise<NodeFacts['drivers']> {
  const answers = await Promise.all(
    nodes.map((node) => client.get<NodeDrivers>(resources.nodeDrivers, undefined, node)),
  );
  const refusal = answers.find((answer) => answer instanceof StatusError && answer.reason !== 'NotFound');
  if (refusal instanceof StatusError) return refused(refusal, 'get', resources.nodeDrivers);
  const items = answers.map((answer, nth) => ({
    node: nodes[nth] ?? '',
    drivers: answer instanceof StatusError ? [] : (answer.spec?.drivers ?? []).map(({ name }) => name),
  }));
  return { items, others: 'missing' };
}
