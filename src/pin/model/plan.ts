/** Whether and how a Service can be pinned to one pod of a StatefulSet: a plan, or a refusal that says why. */
import { controllerOf } from '#src/objects/owners.ts';
import { isRunningAndReady, podStatus } from '#src/objects/podstatus.ts';
import { isEmpty, isHeadless, lackedPorts, type Selector, unmet } from '#src/objects/service.ts';
import { type Absence, index, type Lookup, type Part, type Refusal, type Snapshot } from '#src/objects/snapshot.ts';
import type { Pod, Service, StatefulSet } from '#src/objects/types.ts';
import {
  isMember,
  isWanted,
  type OrdinalRange,
  ordinalOf,
  podName,
  podNameLabel,
  setNameOf,
  wantedOrdinals,
} from '#src/statefulset/identity.ts';
import { type Rollout, rollout } from '#src/statefulset/rollout.ts';
import { type Owner, ownersOf, selectorOwners } from './owner.ts';
import {
  type Drift,
  driftOf,
  type Pinning,
  type PinRecord,
  patchOf,
  pinnedTo,
  pinningOf,
  type ServicePatch,
  selectorOf,
  withoutPod,
  writeRecord,
} from './pinning.ts';
import type { PinTarget } from './target.ts';

export type PinSnapshot = Pick<Snapshot, 'statefulSets' | 'pods' | 'services'>;

export interface PinWish {
  service: Service;
  target: PinTarget;
  /** Of the Service's namespace, at least. */
  snapshot: PinSnapshot;
  /** RFC 3339 */
  now: string;
  /** Who pins; undefined where that is not known. */
  user?: string | undefined;
  /** Pin to a pod too that is not ready, or ends. */
  allowNotReady: boolean;
}

export type PinPlan =
  | {
      kind: 'pin';
      service: Service;
      patch: ServicePatch;
      pod: TargetPod;
      /** The selector as it is, and as it will be. */
      before: Selector;
      after: Selector;
      /** The pod that it was pinned to until now. */
      movedFrom: string | undefined;
      /** What the annotation is to hold. */
      record: PinRecord;
      warnings: PinWarning[];
    }
  /** It is pinned to that pod: there is nothing to write. */
  | { kind: 'already'; service: Service; pod: TargetPod; pinning: Pinning }
  | { kind: 'refused'; service: Service; reason: PinRefusal };

export interface TargetPod {
  name: string;
  set: string;
  ordinal: number;
  /** Undefined where pods were not given. */
  pod: Pod | undefined;
}

export type PinRefusal =
  | { kind: 'ExternalName'; target: string }
  | { kind: 'headless' }
  | { kind: 'no selector' }
  /** What the selector was before somebody pinned it cannot be told. */
  | { kind: 'unreadable annotation'; why: string; text: string }
  /** The pods' stable names hang on it. */
  | { kind: 'governing Service'; sets: string[] }
  | { kind: 'selects no set'; selector: Selector }
  /** Its pods are of several: `sts/NAME:ORDINAL` tells which. */
  | { kind: 'several sets'; sets: string[]; ordinal: number }
  | { kind: 'set missing'; set: string }
  | { kind: 'ordinal outside the set'; set: string; ordinal: number; wanted: OrdinalRange }
  | { kind: 'pod missing'; pod: string }
  /** Another one's pod, or nobody's; `set` is whose it was to be. */
  | { kind: 'not of the set'; pod: string; set: string | undefined }
  | { kind: 'ends'; pod: string }
  /** `word` is kubectl's for its state. */
  | { kind: 'not ready'; pod: string; word: string }
  | { kind: 'labels miss the selector'; pod: string; missing: Selector }
  | { kind: 'lacks ports'; pod: string; ports: string[] }
  | Unknown;

/** Something that had to be looked at, and was not seen. */
interface Unknown {
  kind: 'unknown';
  part: 'statefulSets' | 'pods';
  why: Exclude<Absence, 'missing'>;
  refusal: Refusal | undefined;
}

export type PinWarning =
  /** Only nodes with the pod answer: its node, undefined where it has none or was not seen. */
  | { kind: 'local traffic'; traffic: 'external' | 'internal'; node: string | undefined }
  /** Clients stay with the pod that they were sent to, for `seconds` after they last called. */
  | { kind: 'session affinity'; seconds: number }
  | { kind: 'owner'; owner: Owner }
  | { kind: 'rollout'; set: string; rollout: Rollout }
  | { kind: 'pinned elsewhere'; service: string; pod: string }
  /** Whether another Service is pinned elsewhere is not known. */
  | { kind: 'services unknown'; refusal: Refusal }
  /** Somebody changed the selector since it was first pinned: `unpin` will ask. */
  | { kind: 'drift'; drift: Drift }
  | { kind: 'ends'; pod: string }
  | { kind: 'not ready'; pod: string; word: string }
  /** Planned from manifests: neither whether it is there nor whether it is ready is known. */
  | { kind: 'pod not seen'; pod: string };

export function planPin(wish: PinWish): PinPlan {
  const { service, now, user } = wish;
  const refuse = (reason: PinRefusal): PinPlan => ({ kind: 'refused', service, reason });

  const pinning = pinningOf(service);
  const unfit = whyUnfit(wish, pinning);
  if (unfit) return refuse(unfit);
  const aim = aimOf(wish);
  if (aim.state === 'refused') return refuse(aim.reason);
  const { set, pod } = aim;
  if (isPinnedTo(pinning, pod.name)) return { kind: 'already', service, pod, pinning };

  const before = selectorOf(service);
  const after = pinnedTo(before, pod.name);
  const obstacle = whyNot(after, wish, aim);
  if (obstacle) return refuse(obstacle);

  const first = pinning.kind === 'ours' ? pinning.record : undefined;
  const record: PinRecord = {
    selector: first?.selector ?? before,
    pod: pod.name,
    set: pod.set,
    since: now,
    user,
    owners: first?.owners ?? selectorOwners(service),
  };
  const from = before[podNameLabel];
  return {
    kind: 'pin',
    service,
    patch: patchOf(service, after, writeRecord(record)),
    pod,
    before,
    after,
    movedFrom: from === pod.name ? undefined : from,
    record,
    warnings: warningsOf(wish, set, pod, first, driftOf(pinnedTo(record.selector, pod.name), after)),
  };
}

function isPinnedTo(pinning: Pinning, pod: string): boolean {
  if (pinning.kind === 'ours') return pinning.pod === pod && pinning.record.pod === pod;
  return pinning.kind === 'by hand' && pinning.pod === pod;
}

/** Whether the Service can be pinned to any pod. */
function whyUnfit({ service, snapshot }: PinWish, pinning: Pinning): PinRefusal | undefined {
  const { metadata, spec } = service;
  if (spec?.type === 'ExternalName') return { kind: 'ExternalName', target: spec.externalName ?? '' };
  const governed = inNamespace(snapshot.statefulSets, metadata.namespace)
    .filter((set) => set.spec?.serviceName === metadata.name)
    .map((set) => set.metadata.name);
  if (governed.length > 0) return { kind: 'governing Service', sets: governed };
  if (isHeadless(service)) return { kind: 'headless' };
  if (isEmpty(selectorOf(service))) return { kind: 'no selector' };
  if (pinning.kind === 'unreadable') {
    return { kind: 'unreadable annotation', why: pinning.why, text: pinning.text };
  }
  // Of sets that nobody may list, any could be governed by the Service.
  return snapshot.statefulSets.others === 'forbidden' ? unknown(snapshot, 'statefulSets') : undefined;
}

type Found = { state: 'found'; set: StatefulSet } | Refused;
type Refused = { state: 'refused'; reason: PinRefusal };
type Aim = { state: 'found'; set: StatefulSet; pod: TargetPod } | Refused;

function refused(reason: PinRefusal): Refused {
  return { state: 'refused', reason };
}

/** The pod that is meant, and its set. */
function aimOf(wish: PinWish): Aim {
  const { service, target, snapshot } = wish;
  const found = setOf(wish);
  if (found.state === 'refused') return found;
  const { set } = found;
  const name = target.kind === 'pod' ? target.pod : podName(set.metadata.name, target.ordinal);
  const ordinal = ordinalOf(name);
  const wanted = wantedOrdinals(set);
  if (!isWanted(wanted, ordinal)) {
    return refused({ kind: 'ordinal outside the set', set: set.metadata.name, ordinal, wanted });
  }
  const pod = index(snapshot.pods)(service.metadata.namespace, name);
  if (pod.state === 'missing') return refused({ kind: 'pod missing', pod: name });
  if (pod.state === 'forbidden') return refused(unknown(snapshot, 'pods'));
  const object = pod.state === 'found' ? pod.object : undefined;
  if (object && !isMember(set, object)) {
    return refused({ kind: 'not of the set', pod: name, set: set.metadata.name });
  }
  return { state: 'found', set, pod: { name, set: set.metadata.name, ordinal, pod: object } };
}

function setOf(wish: PinWish): Found {
  const { service, target, snapshot } = wish;
  const { namespace } = service.metadata;
  if (target.kind === 'ordinal') return selectedSet(wish, target.ordinal);
  const named = index(snapshot.statefulSets);
  if (target.kind === 'set') {
    return asFound(snapshot, named(namespace, target.set), { kind: 'set missing', set: target.set });
  }
  const pod = index(snapshot.pods)(namespace, target.pod);
  if (pod.state === 'forbidden') return refused(unknown(snapshot, 'pods'));
  if (pod.state !== 'found') {
    return asFound(snapshot, named(namespace, setNameOf(target.pod)), { kind: 'pod missing', pod: target.pod });
  }
  const set = inNamespace(snapshot.statefulSets, namespace).find((each) => isMember(each, pod.object));
  if (set) return { state: 'found', set };
  const isUnseen = snapshot.statefulSets.others !== 'missing' && controllerOf(pod.object)?.kind === 'StatefulSet';
  return refused(
    isUnseen ? unknown(snapshot, 'statefulSets') : { kind: 'not of the set', pod: target.pod, set: undefined },
  );
}

function asFound(snapshot: PinSnapshot, set: Lookup<StatefulSet>, missing: PinRefusal): Found {
  if (set.state === 'found') return { state: 'found', set: set.object };
  return refused(set.state === 'missing' ? missing : unknown(snapshot, 'statefulSets'));
}

/** The one set whose pods the Service selects, or would select if it were not pinned. */
function selectedSet({ service, snapshot }: PinWish, ordinal: number): Found {
  const { namespace } = service.metadata;
  const whole = selectorOf(service);
  const selector = withoutPod(whole);
  if (isEmpty(selector)) {
    const set = index(snapshot.statefulSets)(namespace, setNameOf(whole[podNameLabel] ?? ''));
    return asFound(snapshot, set, { kind: 'selects no set', selector: whole });
  }
  const pods = inNamespace(snapshot.pods, namespace).filter((pod) => isEmpty(unmet(selector, pod.metadata.labels)));
  const isRead = snapshot.pods.others === 'missing';
  const sets = inNamespace(snapshot.statefulSets, namespace).filter(
    (set) => pods.some((pod) => isMember(set, pod)) || (!isRead && isEmpty(unmet(selector, labelsAt(set, ordinal)))),
  );
  const [set, ...others] = sets;
  if (others.length > 0) {
    return refused({ kind: 'several sets', sets: sets.map(({ metadata }) => metadata.name), ordinal });
  }
  if (set) return { state: 'found', set };
  if (snapshot.statefulSets.others !== 'missing') return refused(unknown(snapshot, 'statefulSets'));
  return refused(isRead ? { kind: 'selects no set', selector } : unknown(snapshot, 'pods'));
}

/** Of a pod that is not at hand: as its template and the controller give them (`initIdentity`, `updateIdentity`). */
function labelsAt(set: StatefulSet, ordinal: number): Selector {
  return {
    ...set.spec?.template?.metadata?.labels,
    [podNameLabel]: podName(set.metadata.name, ordinal),
    'apps.kubernetes.io/pod-index': String(ordinal),
  };
}

/** Whether the pod can take what the Service sends. */
function whyNot(after: Selector, { service, allowNotReady }: PinWish, { set, pod }: Aim & { state: 'found' }) {
  const missing = unmet(after, pod.pod ? pod.pod.metadata.labels : labelsAt(set, pod.ordinal));
  if (!isEmpty(missing)) return { kind: 'labels miss the selector', pod: pod.name, missing } as const;
  const ports = lackedPorts(service, (pod.pod ?? set.spec?.template)?.spec);
  if (ports.length > 0) return { kind: 'lacks ports', pod: pod.name, ports } as const;
  return allowNotReady || !pod.pod ? undefined : unready(pod.pod);
}

type Unready = { kind: 'ends'; pod: string } | { kind: 'not ready'; pod: string; word: string };

function unready(pod: Pod): Unready | undefined {
  const { name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp) return { kind: 'ends', pod: name };
  return isRunningAndReady(pod) ? undefined : { kind: 'not ready', pod: name, word: podStatus(pod).word };
}

/** `DefaultClientIPServiceAffinitySeconds`, k8s.io/api/core/v1 */
const affinitySeconds = 10_800;

function warningsOf(
  wish: PinWish,
  set: StatefulSet,
  { name, pod }: TargetPod,
  first: PinRecord | undefined,
  drift: Drift | undefined,
): PinWarning[] {
  const { service, snapshot } = wish;
  const { spec } = service;
  const warnings: PinWarning[] = [];
  const notReady = pod && unready(pod);
  if (notReady) warnings.push(notReady);
  if (!pod) warnings.push({ kind: 'pod not seen', pod: name });
  const node = pod?.spec?.nodeName || undefined;
  if (spec?.externalTrafficPolicy === 'Local') warnings.push({ kind: 'local traffic', traffic: 'external', node });
  if (spec?.internalTrafficPolicy === 'Local') warnings.push({ kind: 'local traffic', traffic: 'internal', node });
  if (spec?.sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? affinitySeconds;
    warnings.push({ kind: 'session affinity', seconds });
  }
  for (const owner of ownersOf(service, first?.owners)) warnings.push({ kind: 'owner', owner });
  const standing = rollout(set, membersOf(set, snapshot));
  if (underWay.has(standing.state)) warnings.push({ kind: 'rollout', set: set.metadata.name, rollout: standing });
  warnings.push(...pinnedElsewhere(wish, set, name));
  if (drift) warnings.push({ kind: 'drift', drift });
  return warnings;
}

/** Under these the controller is about to end pods. */
const underWay: ReadonlySet<Rollout['state']> = new Set(['deleting', 'unseen', 'stuck', 'scaling', 'updating']);

/** Undefined where not all are at hand. */
function membersOf(set: StatefulSet, { pods }: PinSnapshot): Pod[] | undefined {
  const own = inNamespace(pods, set.metadata.namespace).filter((pod) => isMember(set, pod));
  return pods.others === 'missing' || own.length === set.status?.replicas ? own : undefined;
}

function pinnedElsewhere({ service, snapshot }: PinWish, set: StatefulSet, pod: string): PinWarning[] {
  const { namespace, name } = service.metadata;
  const pins = inNamespace(snapshot.services, namespace).flatMap((other): PinWarning[] => {
    const its = selectorOf(other)[podNameLabel];
    const isElsewhere = its !== undefined && its !== pod && setNameOf(its) === set.metadata.name;
    if (other.metadata.name === name || !isElsewhere) return [];
    return [{ kind: 'pinned elsewhere', service: other.metadata.name, pod: its }];
  });
  const { services } = snapshot;
  return services.others === 'forbidden' ? [...pins, { kind: 'services unknown', refusal: services.refusal }] : pins;
}

function inNamespace<T extends StatefulSet | Pod | Service>(part: Part<T>, namespace: string | undefined): T[] {
  return part.items.filter(({ metadata }) => metadata.namespace === namespace);
}

function unknown(snapshot: PinSnapshot, name: 'statefulSets' | 'pods'): Unknown {
  const part: Part<unknown> = snapshot[name];
  return part.others === 'forbidden'
    ? { kind: 'unknown', part: name, why: 'forbidden', refusal: part.refusal }
    : { kind: 'unknown', part: name, why: 'not given', refusal: undefined };
}
