/**
 * Whether a rollout is stuck. Which pods the controller waits for is a fact; that it will wait in vain is a judgement, and
 * needs a ground.
 */
import type { Pod } from '#src/objects/types.ts';
import type { SyncError } from './controller/acts.ts';
import { isTerminating } from './controller/pods.ts';
import { type RevisionStanding, revisionStanding } from './controller/revisions.ts';
import { firstSeen, lastSeen } from './events.ts';
import { type Evidence, type Failure, failureOf, recent } from './failure.ts';
import type { PodAct, ProgressState, RolloutContext } from './rollout.ts';
import { mountsOf } from './storage.ts';
import type { Waiting } from './waiting.ts';

export type Judgement =
  /** Nothing says that it does not go on. */
  | { kind: 'goes on' }
  | { kind: 'stuck'; stuck: Stuck }
  /** The pod has been unready for long, and what would tell why could not be read. */
  | { kind: 'undetermined'; missing: ('events' | 'nodes' | 'pods')[] };

export interface Stuck {
  /**
   * `certain`: only a person can change it: no kubelet, scheduler, provisioner, quota or clock. `likely`: the same failure
   * has been seen for minutes. Crash loops heal, nodes return, and images arrive.
   */
  ground: 'certain' | 'likely';
  pod: string;
  cause: StuckCause;
  evidence: readonly Evidence[];
  /** Since when the failure is seen, in milliseconds since the epoch. */
  since: number | undefined;
  /** A claim of the pod that is being deleted: its data would be lost with the pod. */
  endangered: string | undefined;
}

export type StuckCause =
  /** An error at which every sync of the controller ends. */
  | Extract<
      SyncError['kind'],
      'name taken' | 'identity does not fit' | 'claims do not fit' | 'label too long' | 'strategy not enabled'
    >
  | 'cannot be created'
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
}

/** Milliseconds for which a failure must have been seen. */
const longEnough = 5 * 60_000;

export function judge(question: Question): Judgement {
  const certain = certainly(question);
  if (certain) return { kind: 'stuck', stuck: certain };
  const { state, isIdle, waitsFor, context } = question;
  const failed = failedCreation(question);
  if (failed) return { kind: 'stuck', stuck: failed };
  // Nothing is left to be done but that the pod gets well.
  if (!isIdle || (state !== 'scaling' && state !== 'updating')) return goesOn;
  const failures = waitsFor.map((waiting) => ({ waiting, failure: failing(question, waiting) }));
  for (const { waiting, failure } of failures) {
    if (failure === undefined || failure.evidence.length === 0) continue;
    return { kind: 'stuck', stuck: likely(context, waiting, failure) };
  }
  const missing = new Set(failures.flatMap(({ failure }) => failure?.missing ?? []));
  return missing.size > 0 ? { kind: 'undetermined', missing: [...missing] } : goesOn;
}

const goesOn: Judgement = { kind: 'goes on' };

function certainly({ errors, pods, context: { set } }: Question): Stuck | undefined {
  for (const error of errors) {
    if (error.kind === 'claim is being deleted' || error.kind === 'created a moment ago') continue;
    const name = 'pod' in error ? error.pod : set.metadata.name;
    const pod = pods.find(({ metadata }) => metadata.name === name);
    // It changes by itself once the pod is gone.
    if (pod && isTerminating(pod)) continue;
    return { ground: 'certain', pod: name, cause: error.kind, evidence: [], since: undefined, endangered: undefined };
  }
  return undefined;
}

/**
 * A pod that the controller tries to create, and the API server refuses again and again: by a quota, by admission. Only
 * the set's newest event tells: `create Pod web-2 in StatefulSet web failed error: …`.
 */
function failedCreation({ context: { set, warnings, now }, next }: Question): Stuck | undefined {
  const event = warnings.get(set.metadata.uid ?? '');
  if (event?.reason !== 'FailedCreate' || now - lastSeen(event) >= recent) return undefined;
  const { message = '' } = event;
  const act = next.find(({ act, pod }) => act === 'create pod' && message.split(/[\s"]/).includes(pod));
  const since = firstSeen(event);
  if (act === undefined || now - since < longEnough) return undefined;
  const evidence: Evidence[] = [{ kind: 'warning', reason: event.reason, message }];
  return { ground: 'likely', pod: act.pod, cause: 'cannot be created', evidence, since, endangered: undefined };
}

/** What fails about a pod that is waited for, if it has for long enough. */
function failing({ context, pods }: Question, { pod: name, why }: Waiting): Failure | undefined {
  const pod = pods.find(({ metadata }) => metadata.name === name);
  if (pod === undefined || (why.kind !== 'not ready' && why.kind !== 'terminating')) return undefined;
  const failure = failureOf(pod, context);
  const { since, isRepeated, backsOff } = failure;
  // Nobody knows how long after its newest time a file was written. That a kubelet backs off, shows that some time went.
  const lasted = since === undefined ? 0 : (backsOff ? context.latest : context.now) - since;
  return isRepeated || failure.isFinal || lasted >= longEnough ? failure : undefined;
}

function likely({ set, claims }: RolloutContext, { pod }: Waiting, failure: Failure): Stuck {
  const { evidence, since, isFinal } = failure;
  const cause = causeOf(revisionStanding(set, failure.pod));
  const mounted = new Set(mountsOf(set, failure.pod).map(({ claim }) => claim));
  const endangered = claims?.find(({ metadata }) => metadata.deletionTimestamp && mounted.has(metadata.name));
  return {
    ground: isFinal ? 'certain' : 'likely',
    pod,
    cause,
    evidence,
    since,
    endangered: endangered?.metadata.name,
  };
}

function causeOf(standing: RevisionStanding): StuckCause {
  return standing === 'update' || standing === 'unknown'
    ? 'broken in the update revision'
    : 'broken in an older revision';
}
