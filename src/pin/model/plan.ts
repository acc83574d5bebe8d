/** Whether and how a Service can be pinned to one pod of a StatefulSet: a plan, or a refusal that says why. */
import type { Selector } from '#src/objects/service.ts';
import type { Service } from '#src/objects/types.ts';
import { driftOf } from './drift.ts';
import { selectorOwners } from './ownership.ts';
import { patchOf, type ServicePatch } from './patch.ts';
import { type Pinning, pinnedTo, pinningOf, recordOf, selectorOf } from './pinning.ts';
import { type LeaderRecord, type PinRecord, writeRecord } from './record.ts';
import { type PinRefusal, whyNotTo, whyUnfit } from './refusal.ts';
import type { PinRequest } from './request.ts';
import { type TargetPod, targetPodOf } from './targetpod.ts';
import { type PinWarning, warningsOf } from './warning.ts';

export type PinPlan =
  | PlannedPin
  /** The Service leads to that pod alone: there is nothing to write. */
  | { kind: 'already'; service: Service; pod: string; by: 'pin' | 'per-pod Service' }
  | { kind: 'refused'; service: Service; reason: PinRefusal };

export interface PlannedPin {
  kind: 'pin';
  service: Service;
  patch: ServicePatch;
  target: TargetPod;
  /** Undefined where the person named the pod. */
  led: LeaderRecord | undefined;
  /** The selector before and after the write. */
  before: Selector;
  after: Selector;
  /** The pod that the Service led to; undefined when it led to no other one alone. */
  movedFrom: string | undefined;
  warnings: PinWarning[];
}

export function planPin(request: PinRequest): PinPlan {
  const { service, now, user, led } = request;
  const refuse = (reason: PinRefusal): PinPlan => ({ kind: 'refused', service, reason });

  const pinning = pinningOf(service, request.snapshot);
  const unfit = whyUnfit(request, pinning);
  if (unfit) return refuse(unfit);
  const target = targetPodOf(request);
  if (target.kind === 'refused') return refuse(target.reason);
  if (isPinnedTo(pinning, target.name)) {
    const by = pinning.kind === 'per-pod' ? 'per-pod Service' : 'pin';
    return { kind: 'already', service, pod: target.name, by };
  }

  const before = selectorOf(service);
  const after = pinnedTo(before, target.name);
  const obstacle = whyNotTo(target, after, request);
  if (obstacle) return refuse(obstacle);

  const first = recordOf(pinning);
  const record: PinRecord = {
    selector: first?.selector ?? before,
    pod: target.name,
    set: target.set.metadata.name,
    since: now,
    user,
    ...(led && { leader: led }),
    owners: first?.owners ?? selectorOwners(service),
  };
  const from = pinning.kind === 'not pinned' ? undefined : pinning.pod;
  return {
    kind: 'pin',
    service,
    patch: patchOf(service, after, writeRecord(record)),
    target,
    led,
    before,
    after,
    movedFrom: from === target.name ? undefined : from,
    warnings: warningsOf(request, target, first, driftOf(pinnedTo(record.selector, target.name), after)),
  };
}

/** Whether the selector, and the annotation if there is one, name the pod. */
function isPinnedTo(pinning: Pinning, pod: string): boolean {
  switch (pinning.kind) {
    case 'not pinned':
    case 'undone':
    case 'unreadable':
      return false;
    case 'per-pod':
    case 'pinned':
      return pinning.pod === pod;
  }
}
