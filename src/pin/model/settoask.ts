/** Finds the set whose pods are asked which of them leads, before a Service is pinned to that one. */
import type { StatefulSet } from '#src/objects/types.ts';
import { pinningOf } from './pinning.ts';
import { type PinRefusal, whyUnfit } from './refusal.ts';
import type { PinRequest } from './request.ts';
import { selectedSet } from './targetpod.ts';

/** A Service that cannot be pinned to any pod is refused before a pod is asked. */
export function setToAsk(
  request: Pick<PinRequest, 'service' | 'snapshot'>,
): { kind: 'found'; set: StatefulSet } | { kind: 'refused'; reason: PinRefusal } {
  const unfit = whyUnfit(request, pinningOf(request.service, request.snapshot));
  return unfit ? { kind: 'refused', reason: unfit } : selectedSet(request, undefined);
}
