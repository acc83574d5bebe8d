/** Asks the pods of a set who leads, again and again until it is known. */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { answerLimit, askWhoLeads, type LeaderCheck } from '#src/sources/leadership.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';

/** Milliseconds between two tries. */
const interval = 1_000;

export type LeaderAnswer =
  /** `askedAt`: when the asking began that gave the leader, by the clock. Milliseconds. */
  | { kind: 'found'; leader: string; askedAt: number }
  /** It was not known for the time of `timeout`, in milliseconds. */
  | { kind: 'not found'; unknown: UnknownLeader; timeout: number };

/**
 * @param timeout milliseconds in which the leader must become known
 * @param tell is called with why it is not known, each time before the pods are asked again
 */
export async function findLeader(
  client: Client,
  clock: Clock,
  set: StatefulSet,
  { timeout, ...check }: LeaderCheck & { timeout: number },
  { signal, tell }: { signal: AbortSignal; tell: (unknown: UnknownLeader) => void },
): Promise<LeaderAnswer> {
  const end = clock.now() + timeout;
  let last: UnknownLeader | undefined;
  for (;;) {
    const askedAt = clock.now();
    const limit = Math.min(answerLimit, Math.max(end - askedAt, 1));
    const leadership = await askWhoLeads(client, clock, set, check, { limit, signal });
    if (leadership.kind === 'known') return { kind: 'found', leader: leadership.leader, askedAt };
    // What the pods said before tells more than that the last asking was broken off.
    const isCut = limit < answerLimit && leadership.answers.some(({ answer }) => answer.kind === 'did not end');
    if (last === undefined || !isCut) last = leadership;
    if (signal.aborted || clock.now() + interval >= end) return { kind: 'not found', unknown: last, timeout };
    tell(last);
    await clock.sleep(interval, signal);
  }
}
