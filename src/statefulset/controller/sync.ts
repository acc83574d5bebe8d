/**
 * What the StatefulSet controller does next. A port of one sync of the controller: what it would create, delete and
 * update now, or which pods it waits for, or the errors at which the sync ends.
 *
 * Everything that the plugin says about a rollout follows from `nextSync`. test/judge holds it against the controllers
 * themselves. Source: pkg/controller/statefulset, Kubernetes 1.34 to 1.37.
 */
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { isWanted, ordinalOf, wantedOrdinals } from '../identity.ts';
import type { Act, Controller, Outcome, Sync, SyncError, Wait } from './acts.ts';
import { inBatches } from './batches.ts';
import { fixClaimOwners } from './claims.ts';
import { membersOf } from './membership.ts';
import { isReady, isTerminating, isUnavailable, revisionOf, unavailability } from './pods.ts';
import { existingPod, processReplica, type Replica, replicasOf, type SyncContext } from './replicas.ts';
import { isSettled, updatePods } from './update.ts';

/**
 * @param pods the pods of the namespace: members of the set, orphans, and any others that may have its pods' names
 * @param claims the claims of the namespace; undefined where they are not known, and then nothing is said of them
 * @param now the server's time in milliseconds since the epoch, not the clock of this machine
 */
export function nextSync(
  set: StatefulSet,
  pods: readonly Pod[],
  claims: readonly Claim[] | undefined,
  now: number,
  controller: Controller,
): Sync {
  return nextSyncs(set, pods, claims, now)(controller);
}

/** The same for several controllers. Only their last step differs, so the others are made once. */
export function nextSyncs(
  set: StatefulSet,
  pods: readonly Pod[],
  claims: readonly Claim[] | undefined,
  now: number,
): (controller: Controller) => Sync {
  const { members, acts } = membersOf(set, pods);
  const context = syncContext(set, pods, claims, now);
  const common: MutableSync = { acts: [...acts], waits: [], errors: [] };
  const range = wantedOrdinals(set);
  const replicas = replicasOf(context, members);
  const condemned = members
    .filter((pod) => ordinalOf(pod.metadata.name) >= 0 && !isWanted(range, ordinalOf(pod.metadata.name)))
    .sort((a, b) => ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name));
  const comesToUpdate = !set.metadata.deletionTimestamp && run(context, replicas, condemned, common);
  const updates = comesToUpdate && !isSettled(context, replicas);
  return (controller) => {
    if (set.spec?.updateStrategy?.type === 'Recreate' && !controller.gates.recreate) {
      return { acts, waits: [], errors: [{ kind: 'strategy not enabled' }] };
    }
    const sync = { acts: [...common.acts], waits: [...common.waits], errors: [...common.errors] };
    if (updates) add(sync, updatePods(context, controller, replicas, common.acts));
    return sync;
  };
}

interface MutableSync extends Sync {
  acts: Act[];
  waits: Wait[];
  errors: SyncError[];
}

function syncContext(
  set: StatefulSet,
  pods: readonly Pod[],
  claims: readonly Claim[] | undefined,
  now: number,
): SyncContext {
  return {
    set,
    now,
    ordered: set.spec?.podManagementPolicy !== 'Parallel',
    minReadySeconds: set.spec?.minReadySeconds ?? 0,
    pods: new Map(pods.map((pod) => [pod.metadata.name, pod])),
    claims: claims && byName(claims),
  };
}

/** All sets of a namespace are given the same claims. To index them for each set takes seconds where there are many. */
const indexed = new WeakMap<readonly Claim[], ReadonlyMap<string, Claim>>();

function byName(claims: readonly Claim[]): ReadonlyMap<string, Claim> {
  const known = indexed.get(claims);
  if (known !== undefined) return known;
  const index = new Map(claims.map((claim) => [claim.metadata.name, claim]));
  indexed.set(claims, index);
  return index;
}

/**
 * `updateStatefulSet`, stateful_set_control.go, up to its last step.
 *
 * @returns whether it comes to the last step, the update of pods
 */
function run(
  context: SyncContext,
  replicas: readonly Replica[],
  condemned: readonly Pod[],
  sync: MutableSync,
): boolean {
  const { set, ordered } = context;
  const type = set.spec?.updateStrategy?.type ?? 'RollingUpdate';
  if (type === 'Recreate' && recreates(context, replicas, condemned, sync)) return false;
  if (forAll(ordered, replicas, (replica) => processReplica(context, replica), sync)) return false;
  if (forAll(ordered, condemned, (pod) => ({ acts: fixClaimOwners(context, pod) }), sync)) return false;
  if (forAll(ordered, condemned, (pod) => processCondemned(context, condemned, pod), sync)) return false;
  return type !== 'OnDelete' && type !== 'Recreate';
}

function add(sync: MutableSync, { acts = [], waits = [], errors = [] }: Outcome): void {
  sync.acts.push(...acts);
  sync.waits.push(...waits);
  sync.errors.push(...errors);
}

/**
 * `runForAll`: one after the other until one exits, or in batches of 1, 2, 4, … that stop at an error.
 *
 * @returns whether the sync goes no further
 */
function forAll<T>(ordered: boolean, items: readonly T[], process: (item: T) => Outcome, sync: MutableSync): boolean {
  for (const batch of ordered ? items.map((item) => [item]) : inBatches(items)) {
    const outcomes = batch.map(process);
    for (const outcome of outcomes) add(sync, outcome);
    if (sync.errors.length > 0 || (ordered && outcomes.some(({ exits }) => exits))) return true;
  }
  return false;
}

/**
 * `recreateDeleteAndWait`: all pods in an older revision go before any new one comes.
 *
 * @returns whether the sync goes no further
 */
function recreates(
  context: SyncContext,
  replicas: readonly Replica[],
  condemned: readonly Pod[],
  sync: MutableSync,
): boolean {
  const update = context.set.status?.updateRevision;
  const old = [...replicas.flatMap(existingPod), ...condemned].filter((pod) => revisionOf(pod) !== update);
  const going = old.filter((pod) => !isTerminating(pod));
  for (const { metadata } of going) sync.acts.push({ act: 'delete pod', pod: metadata.name, why: 'recreate' });
  if (going.length === 0) sync.waits.push(...old.map((pod) => unavailability(context, pod)));
  return old.length > 0;
}

/** `processCondemned`: an ordered set loses one pod at a time, the highest first, and only while the others are well. */
function processCondemned(context: SyncContext, condemned: readonly Pod[], pod: Pod): Outcome {
  const { ordered } = context;
  const { name } = pod.metadata;
  if (isTerminating(pod)) {
    return ordered ? { exits: true, waits: [{ pod: name, why: { kind: 'terminating' } }] } : {};
  }
  // All wanted pods are available here, or the sync had ended before.
  const lowest = condemned.findLast((each) => isUnavailable(context, each));
  const isWell = isReady(pod) && !isUnavailable(context, pod);
  if (ordered && !isWell && pod !== lowest) {
    const awaited = lowest === undefined ? [pod] : [pod, lowest];
    return { exits: true, waits: awaited.map((each) => unavailability(context, each)) };
  }
  return { exits: true, acts: [{ act: 'delete pod', pod: name, why: 'scale-down' }] };
}
