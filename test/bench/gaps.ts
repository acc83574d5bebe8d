/** How long a roll lets the set wait: from the readiness of a new pod to the eviction of the next. */
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';

type Reference = { resource?: string; subresource?: string; namespace?: string; name?: string };

interface Logged {
  verb: string;
  userAgent?: string;
  objectRef?: Reference;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** Milliseconds. */
export interface Gap {
  all: number;
  /** How long the last reading before the eviction took, from the first request to the last answer; within `all`. */
  reading: number;
}

/**
 * By the API server's own clock: from its answer to the last write of a pod's status, which made it ready, to its
 * receiving the next eviction.
 *
 * @param start of the part of the log to look at, in bytes
 */
export async function gapsBetween(auditLog: string, start: number, namespace: string): Promise<Gap[]> {
  const lines = (await text(createReadStream(auditLog, { start }))).split('\n').slice(0, -1);
  const events = lines
    .filter((line) => line.includes(`"${namespace}"`))
    .map((line) => JSON.parse(line) as Logged)
    .filter(({ objectRef }) => objectRef?.namespace === namespace)
    .sort((a, b) => received(a) - received(b));
  const gaps: Gap[] = [];
  let ready: Logged | undefined;
  let reads: Logged[] = [];
  for (const event of events) {
    const { verb, objectRef, userAgent } = event;
    if (objectRef?.resource === 'pods' && objectRef.subresource === 'status') [ready, reads] = [event, []];
    // The first eviction of a roll follows its Lease.
    else if (verb === 'create' && objectRef?.resource === 'leases') ready = undefined;
    else if (objectRef?.subresource === 'eviction') {
      if (ready && ready.objectRef?.name !== objectRef.name) {
        gaps.push({ all: received(event) - answered(ready), reading: lengthOf(reads) });
      }
      ready = undefined;
    } else if (isReading(verb, userAgent)) reads.push(event);
  }
  return gaps;
}

/** A watch is answered at its end alone. */
function isReading(verb: string, userAgent = ''): boolean {
  return ['get', 'list'].includes(verb) && userAgent.startsWith('kubectl-sts/');
}

/** The gaps between readings are no part of one. */
function lengthOf(reads: readonly Logged[]): number {
  return reads.length === 0 ? 0 : Math.max(...reads.map(answered)) - Math.min(...reads.map(received));
}

function received({ requestReceivedTimestamp }: Logged): number {
  return Date.parse(requestReceivedTimestamp);
}

function answered({ stageTimestamp }: Logged): number {
  return Date.parse(stageTimestamp);
}
