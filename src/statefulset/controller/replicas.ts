/** What the StatefulSet controller does with each pod that the set wants: `processReplica`, stateful_set_control.go. */
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { claimName, ordinalOf, podName, podNameLabel, wantedOrdinals } from '../identity.ts';
import { isRefusedLabel } from '../namelimits.ts';
import { templateNames } from '../storage.ts';
import type { Outcome, SyncError } from './acts.ts';
import { type ClaimContext, createMissingClaims, fixClaimOwners, type Owned, staleClaim } from './claims.ts';
import { isAvailable, isEnded, isReady, isTerminating, unavailability } from './pods.ts';
import { revisionAt } from './revisions.ts';

export interface SyncContext extends ClaimContext {
  now: number;
  ordered: boolean;
  minReadySeconds: number;
  /** All pods of the namespace by name. */
  pods: ReadonlyMap<string, Pod>;
}

/** A wanted ordinal, and the pod at it. */
export interface Replica {
  ordinal: number;
  name: string;
  /** Undefined where the controller has none, and creates one. */
  pod: Pod | undefined;
}

export function existingPod({ pod }: Replica): Pod[] {
  return pod === undefined ? [] : [pod];
}

/** So many pods are created in one sync, at most, as far as this port tells: a set may want two billion. */
const mostCreated = 10_000;

/**
 * By ordinal. Of the missing pods of an ordered set, the first alone: the sync goes no further.
 *
 * @param members the set's pods
 */
export function replicasOf({ set, ordered }: SyncContext, members: readonly Pod[]): Replica[] {
  const { start, end } = wantedOrdinals(set);
  const pods = new Map(members.map((pod) => [ordinalOf(pod.metadata.name), pod]));
  const replica = (ordinal: number): Replica => {
    return { ordinal, name: podName(set.metadata.name, ordinal), pod: pods.get(ordinal) };
  };
  const replicas: Replica[] = [];
  let missing = ordered ? 1 : mostCreated;
  let ordinal = start;
  for (; ordinal < end && missing > 0; ordinal++) {
    replicas.push(replica(ordinal));
    if (!pods.has(ordinal)) missing--;
  }
  const behind = [...pods.keys()].filter((each) => each >= ordinal && each < end).sort((a, b) => a - b);
  return [...replicas, ...behind.map(replica)];
}

export function processReplica(context: SyncContext, replica: Replica): Outcome {
  const { pod } = replica;
  if (pod === undefined) return createPod(context, replica);
  const { name } = pod.metadata;
  if (isEnded(pod)) {
    if (isTerminating(pod)) return { exits: true, waits: [unavailability(context, pod)] };
    return { exits: true, acts: [{ act: 'delete pod', pod: name, why: 'ended' }] };
  }
  const missing = pod.status?.phase === 'Pending' ? pendingClaims(context, pod) : {};
  if (missing.errors?.length) return missing;
  const { acts = [] } = missing;
  // The controller of a Parallel set goes on, but it can make a successor only once the pod is gone.
  const isBlocking = isTerminating(pod) || !isReady(pod) || !isAvailable(context, pod);
  if (isBlocking && context.ordered) return { exits: true, acts, waits: [unavailability(context, pod)] };
  const waits = isTerminating(pod) ? [unavailability(context, pod)] : [];
  const created = acts.flatMap((act) => (act.act === 'create claim' ? act.claim : []));
  if (created.length > 0 && !claimsFit(context.set, pod)) {
    return { acts, waits, errors: created.map((claim) => ({ kind: 'created a moment ago', pod: name, claim })) };
  }
  const fitted = fitPod(context, pod);
  return { acts: [...acts, ...(fitted.acts ?? [])], waits, errors: fitted.errors ?? [] };
}

/** `createMissingPersistentVolumeClaims` */
function pendingClaims(context: SyncContext, pod: Owned): Outcome {
  const { acts, errors } = createMissingClaims(context, pod);
  return { acts: errors.length > 0 ? acts : [...acts, ...fixClaimOwners(context, pod)], errors };
}

/** `CreateStatefulPod` */
function createPod(context: SyncContext, { ordinal, name }: Replica): Outcome {
  const { set, pods, ordered } = context;
  const pod: Owned = { metadata: { name, ...(set.metadata.namespace && { namespace: set.metadata.namespace }) } };
  const stale = staleClaim(context, pod);
  if (stale !== undefined)
    return { exits: true, waits: [{ pod: name, why: { kind: 'claim is stale', claim: stale } }] };
  const { acts, errors } = createMissingClaims(context, pod);
  if (errors.length > 0) return { acts, errors };
  const revision = revisionAt(set, ordinal);
  const fixed = fixClaimOwners(context, pod);
  const tooLong = labelTooLong(name, revision);
  if (tooLong) return { acts: [...acts, ...fixed], errors: [tooLong] };
  if (pods.has(name)) return { acts, errors: [{ kind: 'name taken', pod: name }] };
  acts.push({ act: 'create pod', pod: name, ordinal, revision }, ...fixed);
  // The controller sees its claims as they were before the sync, and takes them for wrong still.
  if (!ordered && fixed.length > 0) return { acts, errors: [{ kind: 'created a moment ago', pod: name }] };
  return { acts, exits: ordered };
}

/** The label of the revision is longer than those that hold the pod's name. */
function labelTooLong(pod: string, revision: string | undefined): SyncError | undefined {
  const labels = { 'controller-revision-hash': revision ?? '', [podNameLabel]: pod };
  const [label, value] = Object.entries(labels).find(([, text]) => isRefusedLabel(text)) ?? [];
  return label === undefined || value === undefined ? undefined : { kind: 'label too long', pod, label, value };
}

/**
 * `UpdateStatefulPod`: brings a pod's labels and its claims' owners up to date. The API server lets nobody change a
 * pod's name or volumes, so that a pod which does not fit ends every sync.
 */
function fitPod(context: SyncContext, pod: Pod): Outcome {
  const { set } = context;
  const { name } = pod.metadata;
  const expected = podName(set.metadata.name, ordinalOf(name));
  const isNamed = name === expected;
  const isLabelled = pod.metadata.labels?.[podNameLabel] === name;
  const fits = claimsFit(set, pod);
  // The controller has named the pod anew before it looks at the claims: it takes web-00 for web-0.
  const owners = fixClaimOwners(context, { metadata: { ...pod.metadata, name: expected } }).map((act) => {
    return { ...act, pod: name };
  });
  if (isNamed && isLabelled && fits && owners.length === 0) return {};
  const { acts, errors } = fits ? { acts: [], errors: [] } : createMissingClaims(context, pod);
  if (errors.length > 0) return { acts, errors };
  acts.push(...owners);
  if (!isNamed) return { acts, errors: [{ kind: 'identity does not fit', pod: name }] };
  if (!fits) return { acts, errors: [{ kind: 'claims do not fit', pod: name }] };
  return { acts: [...acts, { act: 'update pod', pod: name }] };
}

/** `storageMatches`: each claim template is among the pod's volumes. Volumes that no template gives do not matter. */
export function claimsFit(set: StatefulSet, { metadata, spec }: Pod): boolean {
  const ordinal = ordinalOf(metadata.name);
  return templateNames(set).every((template) => {
    const volume = spec?.volumes?.findLast(({ name }) => name === template);
    return volume?.persistentVolumeClaim?.claimName === claimName(template, set.metadata.name, ordinal);
  });
}
