/** What a person should know before a Service is pinned, though nothing forbids it. */
import { notGiven, type Refusal } from '#src/objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import { setNameOf } from '#src/statefulset/identity.ts';
import { type Rollout, rollout } from '#src/statefulset/rollout.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';
import type { Drift } from './drift.ts';
import { pinsOf } from './leading.ts';
import { type Owner, ownersOf } from './owner.ts';
import { selectorOf } from './pinning.ts';
import type { PinRecord } from './record.ts';
import { whyNotReady } from './refusal.ts';
import { inNamespace, type PinRequest, type PinSnapshot } from './request.ts';
import type { TargetPod } from './targetpod.ts';

interface WarnedOf {
  'being deleted': { pod: string };
  /** `word` is kubectl's word for the pod's state. */
  'not ready': { pod: string; word: string };
  /** The plan is made from manifests, which do not tell whether the pod exists and is ready. */
  'pod not seen': { pod: string };
  /** Only the pod's node takes the traffic; `node` is undefined when the pod has none or was not seen. */
  'local traffic': { traffic: 'external' | 'internal'; node: string | undefined };
  /** Clients stay with the pod that they had until `seconds` after their last connection. */
  'session affinity': { seconds: number };
  owner: { owner: Owner };
  rollout: { set: string; rollout: Rollout };
  'pinned elsewhere': { service: string; pod: string };
  /** Other Services of the set may be pinned elsewhere: the plan cannot tell. */
  'services unknown': { refusal: Refusal };
  /** Somebody changed the selector after the first pin, so that unpin refuses to guess. */
  drift: { drift: Drift };
}

export type PinWarningKind = keyof WarnedOf;

export type PinWarning<Kind extends PinWarningKind = PinWarningKind> = {
  [K in Kind]: { kind: K } & WarnedOf[K];
}[Kind];

/** @param first the record of the pin that is moved; undefined for a first pin */
export function warningsOf(
  { service, snapshot }: PinRequest,
  target: TargetPod,
  first: PinRecord | undefined,
  drift: Drift | undefined,
): PinWarning[] {
  return [
    ...ofPod(target),
    ...ofTraffic(service, target.pod),
    ...ofOwners(service, target, first),
    ...ofRollout(target.set, snapshot),
    ...ofOtherPins(service, snapshot, target),
    ...(drift ? [{ kind: 'drift', drift } as const] : []),
  ];
}

function ofPod({ name, pod }: TargetPod): PinWarning[] {
  if (!pod) return [{ kind: 'pod not seen', pod: name }];
  const notReady = whyNotReady(pod);
  return notReady ? [notReady] : [];
}

/** `DefaultClientIPServiceAffinitySeconds`, k8s.io/api/core/v1 */
const defaultAffinitySeconds = 10_800;

function ofTraffic({ spec }: Service, pod: Pod | undefined): PinWarning[] {
  const warnings: PinWarning[] = [];
  const node = pod?.spec?.nodeName || undefined;
  if (spec?.externalTrafficPolicy === 'Local') warnings.push({ kind: 'local traffic', traffic: 'external', node });
  if (spec?.internalTrafficPolicy === 'Local') warnings.push({ kind: 'local traffic', traffic: 'internal', node });
  if (spec?.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
    warnings.push({ kind: 'session affinity', seconds });
  }
  return warnings;
}

/** Whether the controller is about to delete pods, or waits to. */
const isUnderWay: Readonly<Record<Rollout['state'], boolean>> = {
  'no status': false,
  deleting: true,
  unseen: true,
  scaling: true,
  updating: true,
  'waits for deletion': false,
  'not ready': false,
  done: false,
};

function ofRollout(set: StatefulSet, snapshot: PinSnapshot): PinWarning[] {
  const standing = rollout(
    rolloutContexts({ ...snapshot, claims: notGiven, volumes: notGiven, nodes: notGiven, events: notGiven })(set),
  );
  return isUnderWay[standing.state] ? [{ kind: 'rollout', set: set.metadata.name, rollout: standing }] : [];
}

function ofOwners(service: Service, { name }: TargetPod, first: PinRecord | undefined): PinWarning[] {
  const planned = { original: first?.selector ?? selectorOf(service), owners: first?.owners, pod: name };
  return ownersOf(service, planned).map((owner) => ({ kind: 'owner', owner }));
}

function ofOtherPins(service: Service, snapshot: PinSnapshot, { name, set }: TargetPod): PinWarning[] {
  const { services } = snapshot;
  const others = inNamespace(services, service.metadata.namespace).filter(
    ({ metadata }) => metadata.name !== service.metadata.name,
  );
  const pins = pinsOf(others, snapshot).pins.flatMap(({ kind, service: other, pod }): PinWarning[] => {
    const isElsewhere = pod !== undefined && pod !== name && setNameOf(pod) === set.metadata.name;
    return kind !== 'undone' && isElsewhere ? [{ kind: 'pinned elsewhere', service: other.metadata.name, pod }] : [];
  });
  return services.others === 'forbidden' ? [...pins, { kind: 'services unknown', refusal: services.refusal }] : pins;
}
