/** The state of a roll: its settings, how far the restart of each pod has come, and how the roll ended. */
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import type { Blocker } from '#src/statefulset/blocker.ts';
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { mountsOf } from '#src/statefulset/storage.ts';
import type { PlannedPod } from './plan.ts';
import { membersOf } from './stepcontext.ts';

export interface RollSettings {
  /** How many pods may be away or unready at a time. */
  maxUnavailable: number;
  /**
   * Milliseconds that one pod may take, from the first try to evict it until it is back. A pod may always take its grace
   * period to end.
   */
  timeout: number;
  /** Milliseconds that the whole roll may take. */
  deadline: number;
  /** Milliseconds for which a new pod must have been ready without a break. */
  stable: number;
  /** Whether a person is asked before each pod. */
  confirm: boolean;
  /** Whether a command must succeed in the pod before it goes. */
  preCheck: boolean;
  /** Whether a command must succeed in the new pod. */
  check: boolean;
  /** Whether the DNS servers must give the new pod's address. */
  waitDns: boolean;
  /** Whether the pods are asked before each eviction which of them leads, so that this one goes last. */
  leaderCheck: boolean;
}

/** What the pods said of who leads. */
export interface Leading {
  /** The pod that was known to lead last; undefined before the first answer. */
  leader: string | undefined;
  /** When the asking began by which it is known; -Infinity before the first answer. Milliseconds. */
  askedAt: number;
  /** An asking counts only if it began at this time or later: an earlier one may still be under way. Milliseconds. */
  from: number;
  /** Why it is not known who leads, while the pods are asked again. */
  unknown: UnknownLeader | undefined;
}

/** A claim of a pod, as it was when the roll was planned. */
export interface Held {
  claim: string;
  uid: string | undefined;
  volume: string | undefined;
}

export type Phase =
  /** `awaits`: another pod, which is ready and not yet available. */
  | { kind: 'waits'; awaits?: string }
  /** A person is asked, and may take any time to answer. */
  | { kind: 'confirm' }
  | { kind: 'confirmed' }
  /** A command runs in the old pod. */
  | { kind: 'pre-check' }
  /** The pre-check has passed, and the eviction is next. */
  | { kind: 'may go' }
  | { kind: 'evicting' }
  /** A budget forbids the eviction, which is tried again at `until`. */
  | { kind: 'blocked'; until: number; why: string }
  /** The pod was evicted, and still exists. */
  | { kind: 'ending'; since: number }
  /** The old pod is gone. The new pod `uid` has been ready without a break since `readySince`. */
  | { kind: 'coming'; uid?: string; readySince?: number }
  /** A command runs in the new pod. */
  | { kind: 'check'; uid: string }
  /** The DNS servers are asked for the new pod's name. */
  | { kind: 'dns'; uid: string }
  /** The new pod has met every condition since then. A reading that began later must confirm that it still does. */
  | { kind: 'back'; uid: string; since: number }
  | { kind: 'done'; uid: string };

export interface RollStep {
  pod: string;
  ordinal: number;
  /** Of the pod that is to go. */
  uid: string;
  held: Held[];
  phase: Phase;
  /** When the first try was made; undefined before. Milliseconds. */
  begun: number | undefined;
  /**
   * When an eviction was sent that may still be carried out, since nobody heard how it went; undefined if there is none.
   * Milliseconds.
   */
  sentAt: number | undefined;
}

export interface RollState {
  settings: RollSettings;
  /** The set as it was planned. Any other generation means that somebody changed it. */
  set: { uid: string; generation: number };
  begun: number;
  /** In the order in which the pods go. */
  steps: RollStep[];
  leading: Leading;
  /**
   * When the roll last changed something, or heard how a change went. Only a reading that began later may lead to an
   * eviction. A pre-check in an old pod changes nothing.
   */
  acted: number;
  /** Since when the controller has counted fewer available pods than there are; undefined if it has counted all. */
  uncountedSince: number | undefined;
  /** Somebody asked to stop before the next eviction. */
  interrupted: boolean;
  end: RollEnd | undefined;
}

export type RollEnd =
  | { kind: 'done' }
  /** Somebody asked to stop, and it stopped between two pods. */
  | { kind: 'interrupted' }
  | Stop;

export interface Stop {
  kind: 'stopped';
  /** Undefined where the reason is about the set or other pods. */
  pod: string | undefined;
  reason: StopReason;
}

/** What is asked about a pod, besides the person's consent. */
export type CheckKind = 'pre-check' | 'check' | 'dns';

export type StopReason =
  | { kind: 'set is gone' }
  /** Somebody else changed, scaled or recreated the set. */
  | { kind: 'set changed' }
  /** More of the other pods are unready or missing than may be. */
  | { kind: 'others not ready'; pods: Blocker[] }
  /** For long, so many pods have been available that the set's controller does not count. */
  | { kind: 'not counted'; pods: number }
  | { kind: 'claim is being deleted'; claim: string }
  /** The newest reading does not show a claim of the pod, so nobody knows whether the pod's data would go with it. */
  | { kind: 'claim not seen'; claim: string }
  /** The new pod is not on the claims and volumes that the old one had. */
  | { kind: 'other storage'; claim: string }
  /** `why`: what last kept the pod from going on, where that is known. */
  | { kind: 'timed out'; phase: Phase; why?: string }
  | { kind: 'deadline' }
  | { kind: 'refused'; message: string }
  /** The cluster could not be read for too long. */
  | { kind: 'no reading'; message: string }
  /** Somebody else goes on with this roll, or has ended it: then nobody holds the Lease. */
  | { kind: 'lease lost'; holder: string | undefined }
  | { kind: 'check failed'; which: CheckKind; message: string }
  /** For so many milliseconds, the pods did not say which one leads. */
  | { kind: 'leader unknown'; unknown: UnknownLeader; timeout: number };

/** The cluster as a roll sees it. */
export interface View {
  /** When the reading began, by the roll's clock. Milliseconds. */
  readAt: number;
  /** The same moment by the server's clock. Milliseconds since the epoch. */
  time: number;
  set: StatefulSet | undefined;
  /** The set's pods, perhaps among others of the namespace. */
  pods: readonly Pod[];
  claims: readonly Claim[];
}

/** Before the pods were asked who leads. */
export const nobodyAsked: Leading = {
  leader: undefined,
  askedAt: Number.NEGATIVE_INFINITY,
  from: Number.NEGATIVE_INFINITY,
  unknown: undefined,
};

/** @param now milliseconds */
export function beginRoll(
  set: StatefulSet,
  planned: readonly PlannedPod[],
  view: Pick<View, 'pods' | 'claims'>,
  settings: RollSettings,
  now: number,
): RollState {
  const members = membersOf(set, view.pods);
  return {
    settings,
    set: { uid: set.metadata.uid ?? '', generation: set.metadata.generation ?? 0 },
    begun: now,
    steps: planned.map(({ name, ordinal, uid }) => ({
      pod: name,
      ordinal,
      uid,
      held: heldBy(set, members.get(name), view.claims),
      phase: { kind: 'waits' },
      begun: undefined,
      sentAt: undefined,
    })),
    leading: nobodyAsked,
    acted: now,
    uncountedSince: undefined,
    interrupted: false,
    end: undefined,
  };
}

/** The claims of a pod that outlive it, and the volumes that they are bound to. */
export function heldBy(set: StatefulSet, pod: Pod | undefined, claims: readonly Claim[]): Held[] {
  if (pod === undefined) return [];
  return mountsOf(set, pod)
    .filter(({ origin }) => origin !== 'ephemeral volume')
    .map(({ claim: name }) => {
      const claim = claims.find(({ metadata }) => metadata.name === name);
      return { claim: name, uid: claim?.metadata.uid, volume: claim?.spec?.volumeName };
    });
}

/** From the first try on, until the step is done. */
export function isUnderWay({ phase, begun }: RollStep): boolean {
  return begun !== undefined && phase.kind !== 'done';
}

/** Whether this roll has made the pod unavailable, or may do so at any moment. */
export function isAway({ phase }: RollStep): boolean {
  return phase.kind === 'evicting' || phase.kind === 'ending' || phase.kind === 'coming';
}

/** Whether the eviction was sent, and the new pod is not done yet. */
export function isBeyondReturn(step: RollStep): boolean {
  const { kind } = step.phase;
  return isAway(step) || kind === 'check' || kind === 'dns' || kind === 'back';
}

/** Whether the eviction is still to come. */
export function isToGo(step: RollStep): boolean {
  return step.phase.kind !== 'done' && !isBeyondReturn(step);
}

/** The pods that may go at any moment, by this run or by a request of an earlier run. */
export function nextOf({ settings, steps }: RollState): RollStep[] {
  return steps.filter(isToGo).slice(0, settings.maxUnavailable);
}

/** The claims that a reading must show: those of the pods that are under way, and of the pods that are next. */
export function claimsToRead(state: RollState): string[] {
  const claims = [...state.steps.filter(isBeyondReturn), ...nextOf(state)].flatMap(({ held }) =>
    held.map(({ claim }) => claim),
  );
  return [...new Set(claims)];
}

export function stopped(state: RollState, pod: string | undefined, reason: StopReason): RollState {
  return { ...state, end: { kind: 'stopped', pod, reason } };
}

/** Stops at once, for a reason that no view of the cluster shows. */
export function stopRoll(state: RollState, reason: StopReason): RollState {
  return state.end ? state : stopped(state, undefined, reason);
}

/** Stops before the next eviction. */
export function interruptRoll(state: RollState): RollState {
  return { ...state, interrupted: true };
}
