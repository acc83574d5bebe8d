/**
 * Whether a rollout is stuck. Which pods the controller waits for is a fact; that it will wait in vain is a judgement, and
 * needs a ground.
 */
import { controllerOf } from '#src/objects/owners.ts';
import { timeOf } from '#src/objects/time.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import type { SyncError } from './controller/acts.ts';
import { isReady, isTerminating } from './controller/pods.ts';
import { type RevisionStanding, revisionStanding } from './controller/revisions.ts';
import { firstSeen } from './events.ts';
import { type Evidence, type Failure, failureOf, recentWarningOfSet } from './failure.ts';
import { isMember, isOfEarlierSet, isWanted, ordinalOf, wantedOrdinals } from './identity.ts';
import { type PodAct, type ProgressState, type RolloutContext, usualPatience } from './rollout.ts';
import { type Stakes, stakesOf } from './stakes.ts';
import { lackedTemplates } from './storage.ts';
import type { Waiting } from './waiting.ts';

export type Judgement =
  /** Nothing says that it does not go on. */
  | { kind: 'goes on' }
  | { kind: 'stuck'; stuck: Stuck }
  /** The pod has been unready for long, and what would tell why could not be read. */
  | { kind: 'undetermined'; missing: ('events' | 'nodes' | 'pods')[] };

export interface Stuck extends Stakes {
  /**
   * `certain`: only a person can change it: no kubelet, scheduler, provisioner, quota or clock. `likely`: the same failure
   * has been seen for minutes. Crash loops heal, nodes return, and images arrive.
   */
  ground: 'certain' | 'likely';
  pod: string;
  cause: StuckCause;
  evidence: readonly Evidence[];
  /** Only a probe fails: the pod may still get well. */
  mayRecover: boolean;
  /** Since when the failure is seen, in milliseconds since the epoch. */
  since: number | undefined;
  /** The other pods that lack volumes, if that is the cause: each has to be deleted in its turn. */
  others: readonly string[];
}

export type StuckCause =
  /** An error at which every sync of the controller ends. */
  | Extract<
      SyncError['kind'],
      'name taken' | 'identity does not fit' | 'claims do not fit' | 'label too long' | 'strategy not enabled'
    >
  | 'cannot be created'
  /** It is being deleted, and does not go. Nothing else comes before it is gone. */
  | 'does not end'
  /** In an older revision, a mended template alone does not help: an ordered set's controller replaces no broken pod. */
  | 'broken in an older revision'
  | 'broken in the update revision';

export interface Question {
  context: RolloutContext;
  pods: readonly Pod[];
  state: ProgressState;
  /** What the controller does with pods. */
  next: readonly PodAct[];
  /** Whether it does nothing with any pod, whatever its feature gates. */
  isIdle: boolean;
  errors: readonly SyncError[];
  waitsFor: readonly Waiting[];
  /** The wanted pods that are not available. */
  unavailable: readonly Pod[];
}

export function judge(question: Question): Judgement {
  const ended = byErrors(question);
  if (ended) return { kind: 'stuck', stuck: ended };
  const { isIdle, context } = question;
  const failed = failedCreation(question);
  if (failed) return { kind: 'stuck', stuck: failed };
  if (!isIdle) return goesOn;
  const failures = suspects(question).map((suspect) => ({ suspect, failure: failing(question, suspect) }));
  for (const { suspect, failure } of failures) {
    if (failure === undefined || failure.evidence.length === 0) continue;
    return { kind: 'stuck', stuck: likely(context, suspect, failure) };
  }
  const missing = new Set(failures.flatMap(({ failure }) => failure?.missing ?? []));
  return missing.size > 0 ? { kind: 'undetermined', missing: [...missing] } : goesOn;
}

type Suspect = Pick<Waiting, 'pod' | 'why'>;

/** The pods that may keep the set from what was asked for: a pod that nobody waits for too, where no other work is left. */
function suspects({ state, waitsFor, unavailable, context: { set } }: Question): readonly Suspect[] {
  const broken = unavailable.filter((pod) => isTerminating(pod) || !isReady(pod));
  switch (state) {
    case 'done':
      return [];
    case 'scaling':
    case 'updating':
      return waitsFor;
    case 'not ready': {
      const others = broken.filter(({ metadata }) => !waitsFor.some(({ pod }) => pod === metadata.name));
      return [...waitsFor, ...others.map(suspectOf)];
    }
    case 'waits for deletion':
      // Each pod that a person deletes comes back in the update revision. In an older one, to delete it is the way on.
      return broken.filter((pod) => !isTerminating(pod) && revisionStanding(set, pod) === 'update').map(suspectOf);
  }
}

function suspectOf(pod: Pod): Suspect {
  return { pod: pod.metadata.name, why: { kind: isTerminating(pod) ? 'terminating' : 'not ready' } };
}

const goesOn: Judgement = { kind: 'goes on' };

/** By the errors at which each sync ends. */
function byErrors({ errors, pods, context }: Question): Stuck | undefined {
  const { set } = context;
  for (const error of errors) {
    if (error.kind === 'claim is being deleted' || error.kind === 'created a moment ago') continue;
    const name = 'pod' in error ? error.pod : set.metadata.name;
    const pod = pods.find(({ metadata }) => metadata.name === name);
    // It changes by itself once the pod is gone.
    if (pod && isTerminating(pod)) continue;
    const isLeaving = pod !== undefined && isOfEarlierSet(set, pod);
    const since = isLeaving ? timeOf(set.metadata.creationTimestamp) : undefined;
    if (isLeaving && (since === undefined || lastedFor(since, context) < context.patience)) continue;
    const others = error.kind === 'claims do not fit' ? lacking(set, pods).filter((each) => each !== name) : [];
    const evidence = error.kind === 'name taken' && pod ? [holderOf(pod)] : [];
    return {
      ground: isLeaving ? 'likely' : 'certain',
      pod: name,
      cause: error.kind,
      evidence,
      since,
      mayRecover: false,
      ...stakesOf(context, pod),
      others,
    };
  }
  return undefined;
}

/** The wanted pods that lack a volume of the claim templates, the lowest ordinal first. */
function lacking(set: StatefulSet, pods: readonly Pod[]): string[] {
  const range = wantedOrdinals(set);
  return pods
    .filter((pod) => isMember(set, pod) && isWanted(range, ordinalOf(pod.metadata.name)))
    .filter((pod) => !isTerminating(pod) && lackedTemplates(set, pod).length > 0)
    .map(({ metadata }) => metadata.name)
    .sort((a, b) => ordinalOf(a) - ordinalOf(b));
}

/** Who has the name that one of the set's pods should get. */
function holderOf(pod: Pod): Evidence {
  return { kind: 'holder', controller: controllerOf(pod) };
}

/**
 * A pod that the controller tries to create, and the API server refuses again and again: by a quota, by admission. Only
 * the set's newest event tells: `create Pod web-2 in StatefulSet web failed error: …`.
 */
function failedCreation({ context, next }: Question): Stuck | undefined {
  const { set } = context;
  const event = recentWarningOfSet(set, context);
  if (event?.reason !== 'FailedCreate') return undefined;
  const { message = '' } = event;
  const act = next.find(({ act, pod }) => act === 'create pod' && message.split(/[\s"]/).includes(pod));
  const since = firstSeen(event);
  if (act === undefined || lastedFor(since, context) < context.patience) return undefined;
  const evidence: Evidence[] = [{ kind: 'warning', reason: event.reason, message }];
  const stakes = stakesOf(context, undefined);
  return {
    ground: 'likely',
    pod: act.pod,
    cause: 'cannot be created',
    evidence,
    since,
    mayRecover: false,
    ...stakes,
    others: [],
  };
}

/** What fails about a pod, if it has for long enough. */
function failing({ context, pods }: Question, { pod: name, why }: Suspect): Failure | undefined {
  const pod = pods.find(({ metadata }) => metadata.name === name);
  if (pod === undefined || (why.kind !== 'not ready' && why.kind !== 'terminating')) return undefined;
  const failure = failureOf(pod, context);
  const { isRepeated, backsOff } = failure;
  const since = provenSince(failure, context);
  // Nobody knows how long after its newest time a file was written. That the kubelet has tried to pull again, shows that
  // some time went.
  const lasted = since === undefined ? 0 : lastedFor(since, context, backsOff);
  const patience = failure.isSlowStep ? Math.max(context.patience, usualPatience) : context.patience;
  const isLong = lasted >= patience || (isRepeated && context.watchedSince === undefined);
  return isLong || failure.isFinal ? failure : undefined;
}

/** @param isOn whether something shows that time went since the newest time of a file */
function lastedFor(since: number, { now, latest, watchedSince = since }: RolloutContext, isOn = false): number {
  return (isOn ? latest : now) - Math.max(since, watchedSince);
}

/** Since when the pod fails: by who has watched it, or else as far as the objects prove it. */
function provenSince({ pod, failingSince }: Failure, { failingFrom }: RolloutContext): number | undefined {
  return failingFrom?.get(pod.metadata.uid ?? '') ?? failingSince;
}

function likely(context: RolloutContext, { pod, why }: Suspect, failure: Failure): Stuck {
  const { evidence, isFinal, mayRecover } = failure;
  const since = context.failingFrom?.get(failure.pod.metadata.uid ?? '') ?? failure.since;
  const cause = why.kind === 'terminating' ? 'does not end' : causeOf(revisionStanding(context.set, failure.pod));
  const ground = isFinal ? 'certain' : 'likely';
  const stakes = stakesOf(context, failure.pod);
  return { ground, pod, cause, evidence, since, mayRecover, ...stakes, others: [] };
}

function causeOf(standing: RevisionStanding): StuckCause {
  return standing === 'update' || standing === 'unknown'
    ? 'broken in the update revision'
    : 'broken in an older revision';
}

/** On a lost node a deletion does not end. Where it is forced, two pods may write to one volume. */
export function isOnLostNode({ evidence }: Stuck): boolean {
  return evidence.some(({ kind }) => kind === 'node');
}
