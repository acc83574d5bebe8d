/** How long a roll lets the set wait: from the readiness of a new pod to the eviction of the next. */
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';

type Reference = { resource?: string; subresource?: string; namespace?: string; name?: string };

interface Logged {
  verb: string;
  objectRef?: Reference;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/**
 * Milliseconds, by the API server's own clock: from its answer to the last write of a pod's status, which made it ready,
 * to its receiving the next eviction.
 *
 * @param start of the part of the log to look at, in bytes
 */
export async function gapsBetween(auditLog: string, start: number, namespace: string): Promise<number[]> {
  const lines = (await text(createReadStream(auditLog, { start }))).split('\n').slice(0, -1);
  const writes = lines
    .filter((line) => line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as Logged)
    .filter(({ objectRef }) => objectRef?.namespace === namespace)
    .filter(({ verb, objectRef }) => isOfPod(objectRef) || (verb === 'create' && objectRef?.resource === 'leases'))
    .sort((a, b) => Date.parse(a.requestReceivedTimestamp) - Date.parse(b.requestReceivedTimestamp));
  const gaps: number[] = [];
  for (const [at, { objectRef, requestReceivedTimestamp }] of writes.entries()) {
    const before = writes[at - 1];
    // The first of a roll follows its Lease.
    if (objectRef?.subresource !== 'eviction' || before?.objectRef?.subresource !== 'status') continue;
    if (before.objectRef.name === objectRef.name) continue;
    gaps.push(Date.parse(requestReceivedTimestamp) - Date.parse(before.stageTimestamp));
  }
  return gaps;
}

function isOfPod(reference?: Reference): boolean {
  return reference?.resource === 'pods' && ['eviction', 'status'].includes(reference.subresource ?? '');
}
