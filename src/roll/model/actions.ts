/** What a step of a roll asks for, and what its answers make of the roll. */
import type { UnknownLeader } from '#src/statefulset/leadership.ts';
import { phaseAfter } from './advance.ts';
import { askedNoLonger, ledBy } from './leading.ts';
import {
  type CheckKind,
  interruptRoll,
  nobodyAsked,
  type Phase,
  type RollState,
  type RollStep,
  stopped,
} from './state.ts';

export type Action =
  /** Read the set, its pods and its claims now. */
  | { kind: 'read' }
  | { kind: 'evict'; pod: string; uid: string }
  | { kind: 'confirm' | CheckKind; pod: string; uid: string }
  /** Ask all pods which of them leads, before anything is done to this one. */
  | { kind: 'leader'; pod: string; uid: string }
  /** Look again at this time, even if the cluster has not changed. */
  | { kind: 'wake'; at: number };

/** How an action went. */
export type Answer =
  | { kind: 'evicted'; pod: string }
  /** The pod is gone or was replaced, or nobody knows whether the request arrived. */
  | { kind: 'look again'; pod: string }
  /** No eviction was sent, because something came up before. */
  | { kind: 'not sent'; pod: string }
  | { kind: 'blocked'; pod: string; why: string; retryAt: number }
  | { kind: 'refused'; pod: string; message: string }
  /** What the person said. To decline is to stop before this pod. */
  | { kind: 'confirmed' | 'declined'; pod: string }
  | { kind: 'passed' | 'failed'; which: CheckKind; pod: string; uid: string; message: string }
  /** Which pod leads, by an asking that began at `askedAt` (milliseconds). */
  | { kind: 'led'; pod: string; leader: string; askedAt: number }
  /** Nobody knows, and the pods are asked again. */
  | { kind: 'not led'; pod: string; unknown: UnknownLeader }
  /** The same, after so many milliseconds. */
  | { kind: 'never led'; pod: string; unknown: UnknownLeader; timeout: number };

/** @param now milliseconds */
export function answered(state: RollState, answer: Answer, now: number): RollState {
  const step = state.steps.find(({ pod }) => pod === answer.pod);
  // After the end only one thing still counts: that a pod was not even touched.
  const isUntouched = answer.kind === 'not sent' || answer.kind === 'blocked';
  if (step === undefined || (state.end && !isUntouched)) return state;
  const { phase } = step;
  const acted: RollState = { ...state, acted: now };
  /** The pod's next phase, if it is still in the phase that the answer is about. */
  const moved = (from: Phase['kind'], to: Phase): RollState =>
    phase.kind === from ? inPhase(acted, answer.pod, to) : acted;
  switch (answer.kind) {
    case 'evicted':
      return moved('evicting', { kind: 'ending', since: now });
    case 'look again':
      return phase.kind === 'evicting' ? inPhase(acted, answer.pod, { kind: 'may go' }, { sentAt: now }) : acted;
    case 'not sent':
      return moved('evicting', { kind: 'may go' });
    case 'blocked':
      return moved('evicting', { kind: 'blocked', until: answer.retryAt, why: answer.why });
    case 'refused':
      return stopped(acted, answer.pod, { kind: 'refused', message: answer.message });
    case 'confirmed':
      return moved('confirm', { kind: 'confirmed' });
    case 'declined':
      return interruptRoll(moved('confirm', { kind: 'waits' }));
    case 'passed':
    case 'failed': {
      // The answer of a pod that has been replaced meanwhile does not count.
      if (phase.kind !== answer.which || ('uid' in phase ? phase.uid : step.uid) !== answer.uid) return state;
      if (answer.kind === 'failed') {
        return stopped(acted, answer.pod, { kind: 'check failed', which: answer.which, message: answer.message });
      }
      if (answer.which === 'pre-check') return askedNoLonger(inPhase(state, answer.pod, { kind: 'may go' }), now);
      return inPhase(acted, answer.pod, phaseAfter(answer.which, state.settings, answer.uid, now));
    }
    case 'led':
      return ledBy(state, answer.leader, answer.askedAt, now);
    case 'not led':
      return { ...state, leading: { ...state.leading, askedAt: nobodyAsked.askedAt, unknown: answer.unknown } };
    case 'never led': {
      const { unknown, timeout } = answer;
      return stopped(state, answer.pod, { kind: 'leader unknown', unknown, timeout });
    }
  }
}

function inPhase(state: RollState, name: string, phase: Phase, more: Partial<RollStep> = {}): RollState {
  return { ...state, steps: state.steps.map((step) => (step.pod === name ? { ...step, phase, ...more } : step)) };
}
