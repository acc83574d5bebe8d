/** Asks the pods of the set that a Service leads to which of them leads: once for all Services of one set that come soon. */
import type { Client } from '#src/kube/client.ts';
import type { Clock } from '#src/objects/clock.ts';
import { answerLimit, askWhoLeads, type LeaderCheck } from '#src/sources/leadership.ts';
import type { KnownLeader, UnknownLeader } from '#src/statefulset/leadership.ts';
import { type LedTarget, ledTarget } from '../model/leadertarget.ts';
import type { PinRefusal } from '../model/refusal.ts';
import type { PinRequest } from '../model/request.ts';
import { setToAsk } from '../model/settoask.ts';

export type FindLeader = (request: Pick<PinRequest, 'service' | 'snapshot'>) => Promise<LedTarget | Refused>;

interface Refused {
  kind: 'refused';
  reason: PinRefusal;
}

/** Milliseconds for which an answer is good enough: to pin one Service may take longer than that. */
const freshness = 10_000;

export function leaderFinder(client: Client, clock: Clock, check: LeaderCheck, signal: AbortSignal): FindLeader {
  const asked = new Map<string, { at: number; asking: Promise<KnownLeader | UnknownLeader> }>();
  return async (request) => {
    const found = setToAsk(request);
    if (found.kind === 'refused') return found;
    const { set } = found;
    const { name } = set.metadata;
    let last = asked.get(name);
    if (last === undefined || clock.now() - last.at > freshness) {
      last = { at: clock.now(), asking: askWhoLeads(client, clock, set, check, { limit: answerLimit, signal }) };
      asked.set(name, last);
    }
    const leadership = await last.asking;
    if (leadership.kind === 'known') return ledTarget(set, leadership, check.command);
    return { kind: 'refused', reason: { kind: 'leader unknown', unknown: leadership } };
  };
}
