/** Reads what only a diagnosis needs: which node a volume is attached to, and which CSI drivers a node knows. */
import type { Client } from '#src/kube/client.ts';
import { StatusError } from '#src/kube/errors.ts';
import { resources } from '#src/kube/resources.ts';
import type { Attachment, NodeDrivers } from '#src/objects/types.ts';
import { readAll, refused } from '#src/sources/parts.ts';
import type { Diagnosis, NodeFacts } from '../model/diagnosis.ts';
import { asked, attachedIn, knownDrivers } from '../model/nodefacts.ts';

/**
 * @returns undefined where no cause asks for more
 * @throws {StatusError} for any refusal but a missing right
 */
export async function readFacts(client: Client, diagnoses: readonly Diagnosis[]): Promise<NodeFacts | undefined> {
  const asks = asked(diagnoses);
  if (!asks.attachments && asks.drivers.length === 0) return undefined;
  const [attachments, drivers] = await Promise.all([
    asks.attachments ? readAttachments(client) : undefined,
    asks.drivers.length > 0 ? readDrivers(client, asks.drivers) : undefined,
  ]);
  return { attachments, drivers };
}

async function readAttachments(client: Client): Promise<NodeFacts['attachments']> {
  return attachedIn(await readAll<Attachment>(client, resources.attachments, undefined));
}

async function readDrivers(client: Client, nodes: readonly string[]): Promise<NodeFacts['drivers']> {
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
