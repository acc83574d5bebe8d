/** For which pods a StatefulSet's controller waits, why, and since when. */
import { deletedSince } from '#src/objects/deletion.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { Sync, WaitReason } from './controller/acts.ts';
import { isTerminating, readyCondition, revisionOf } from './controller/pods.ts';
import { isOutdated, revisionAt } from './controller/revisions.ts';
import { isMember, isOfEarlierSet, ordinalOf } from './identity.ts';

export interface Waiting {
  pod: string;
  why: WaitReason | { kind: 'claim is being deleted'; claim: string } | { kind: 'name taken' };
  /** Undefined where the pod does not exist. */
  object: Pod | undefined;
  /** It has an older revision, and a new pod of its name would not: a mended template alone does not reach it. */
  outdated: boolean;
  /** Milliseconds since the epoch; undefined where the objects do not tell. */
  since: number | undefined;
  /** Milliseconds from then until now. */
  lasted: number | undefined;
  /** Milliseconds until the pod is available, if it only has to stay ready. */
  rest: number | undefined;
}

/** Milliseconds after which a wait is long: its duration is told. */
export const longWait = 5 * 60_000;

/** What tells since when. */
export interface WaitContext {
  set: StatefulSet;
  claims: readonly Claim[] | undefined;
  /** Milliseconds since the epoch; `latest` by which durations are told. */
  now: number;
  latest: number;
}

/**
 * The waits of a sync. Some of its errors are waits too: a claim that is being deleted goes, and so does a foreign pod
 * of the name that is being deleted, or that an earlier set left behind.
 */
export function waitingOf(context: WaitContext, pods: readonly Pod[], { waits, errors }: Sync): Waiting[] {
  const byName = new Map(pods.map((pod) => [pod.metadata.name, pod]));
  const waiting = (pod: string, why: Waiting['why'], since: number | undefined): Waiting => ({
    pod,
    why,
    object: byName.get(pod),
    outdated: isBehind(context.set, byName.get(pod)),
    since,
    lasted: since === undefined ? undefined : context.latest - since,
    rest: why.kind === 'not available' && why.at !== undefined ? why.at - context.now : undefined,
  });
  const ofErrors = errors.flatMap((error): Waiting[] => {
    if (error.kind === 'claim is being deleted') {
      const { pod, claim } = error;
      const holder = byName.get(pod);
      // A pod on a node keeps its claim (`kubernetes.io/pvc-protection`): the claim goes after the pod, not before.
      if (holder && mounts(holder, claim)) return [waiting(pod, { kind: 'not ready' }, unreadySince(holder))];
      return [waiting(pod, { kind: 'claim is being deleted', claim }, claimDeletedSince(context, claim))];
    }
    const taker = error.kind === 'name taken' ? byName.get(error.pod) : undefined;
    if (taker === undefined || !(isTerminating(taker) || isOfEarlierSet(context.set, taker))) return [];
    const since = deletedSince(taker) ?? timeOf(context.set.metadata.creationTimestamp);
    return [waiting(taker.metadata.name, { kind: 'name taken' }, since)];
  });
  return [
    ...waits.map(({ pod, why }) => waiting(pod, why, sinceOf(byName.get(pod), why))),
    // Two claims of one pod may be on their way.
    ...ofErrors.filter(({ pod }, place) => ofErrors.findIndex((other) => other.pod === pod) === place),
  ];
}

function isBehind(set: StatefulSet, pod: Pod | undefined): boolean {
  if (pod === undefined || !isMember(set, pod) || !isOutdated(set, pod)) return false;
  return revisionAt(set, ordinalOf(pod.metadata.name)) !== revisionOf(pod);
}

function mounts({ spec }: Pod, claim: string): boolean {
  return (
    Boolean(spec?.nodeName) &&
    spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim) === true
  );
}

function sinceOf(pod: Pod | undefined, why: WaitReason): number | undefined {
  if (pod === undefined) return undefined;
  switch (why.kind) {
    case 'terminating':
      return deletedSince(pod);
    case 'not ready':
      return unreadySince(pod);
    case 'not available':
      return timeOf(readyCondition(pod)?.lastTransitionTime);
    case 'claim is stale':
      return undefined;
  }
}

/** Since when a pod is not ready: since its condition says so, or since it was created. */
export function unreadySince(pod: Pod): number | undefined {
  const condition = readyCondition(pod);
  const changed = condition?.status === 'True' ? undefined : timeOf(condition?.lastTransitionTime);
  return changed ?? timeOf(pod.metadata.creationTimestamp);
}

function claimDeletedSince({ claims }: WaitContext, name: string): number | undefined {
  const claim = claims?.find(({ metadata }) => metadata.name === name);
  return claim && deletedSince(claim);
}
