/**
 * Decides whether a pod may go, which is whether a roll may evict it.
 *
 * A pod may go only when a reading that began after the roll's last change shows the pod with its planned UID, none of
 * its claims being deleted, and enough of the other pods available; and where the leader goes last, when it does not lead.
 * Then the person and the pre-check are asked, and the same is decided once more with what was read and said meanwhile.
 * `letPodsGo` does this for a step of the roll, which stops before it when the set is not as it was planned; `mayStillGo`
 * decides directly before the eviction is sent.
 */
import type { Pod } from '#src/objects/types.ts';
import { mountsOf } from '#src/statefulset/storage.ts';
import type { Action } from './actions.ts';
import { advance } from './advance.ts';
import { freshness, isLedLately, knowsLeader, leadsOthers, lostAt } from './leading.ts';
import {
  isAway,
  isToGo,
  isUnderWay,
  type Phase,
  type RollState,
  type RollStep,
  type StopReason,
  type View,
} from './state.ts';
import { awaitedBesides, isAsPlanned, type StepContext, stepContext, unavailableBesides } from './stepcontext.ts';
import type { Trouble } from './trouble.ts';

/** The roll after a look at the pods that are next. */
export interface Decision {
  state: RollState;
  actions: readonly Action[];
  trouble?: Trouble;
}

/** Lets the next pods go, as many as may be away at a time. */
export function letPodsGo(before: RollState, context: StepContext): Decision {
  let state = before;
  let actions: readonly Action[] = [];
  for (const at of before.steps.keys()) {
    const decision = decide(state, at, context);
    state = decision.state;
    actions = [...actions, ...decision.actions];
    if (!decision.nextToo) return { ...decision, actions };
  }
  return { state, actions };
}

/** The roll after a look at one pod, and whether the pods behind that one are looked at too. */
interface PodDecision extends Decision {
  nextToo: boolean;
}

function decide(state: RollState, at: number, context: StepContext): PodDecision {
  const { settings, steps } = state;
  const { view, members, now } = context;
  const step = steps[at];
  const hold = (...actions: Action[]): PodDecision => ({ state, actions, nextToo: false });
  if (step === undefined || !isToGo(step) || step.phase.kind === 'pre-check') return { ...hold(), nextToo: true };
  const { phase } = step;
  if (phase.kind === 'confirm') return hold();
  if (state.interrupted || (phase.kind === 'blocked' && now < phase.until)) return hold();
  const before = steps.slice(0, at).filter(isUnderWay).length;
  if (before >= settings.maxUnavailable) return hold();
  if (!isNews(view, state)) return hold({ kind: 'read' });

  const pod = members.get(step.pod);
  if (pod === undefined || pod.metadata.uid !== step.uid) return replaced(state, at, step, context);
  const danger = claimInDanger(step, pod, context);
  if (danger !== undefined) return { ...hold(), trouble: { pod: step.pod, reason: danger } };
  if (pod.metadata.deletionTimestamp) {
    const ending = inPhase(state, at, { kind: 'ending', since: now }, now);
    return { ...hold(), state: { ...ending, acted: now } };
  }
  const away = new Set([...steps.filter(isAway).map((other) => other.pod), step.pod]);
  // With this pod too many would be away.
  if (unavailableBesides(away, context) + away.size > settings.maxUnavailable) {
    return { ...hold(), state: held(state, at, step, awaitedBesides(away, context)) };
  }
  const askAgain: Action = { kind: 'leader', pod: step.pod, uid: step.uid };
  const isLed = knowsLeader(state, now);
  if (!isFresh(view, now)) return hold({ kind: 'read' }, ...(isLed ? [] : [askAgain]));
  if (!isLed) return hold(askAgain);
  // Its eviction may be under way, so that no other pod may go in its place.
  if (leadsOthers(state, step.pod)) {
    return hold(now < lostAt(step) ? { kind: 'wake', at: lostAt(step) } : askAgain);
  }
  return asked(state, at, step, now);
}

/** Notes for which pod the next one waits. */
function held(state: RollState, at: number, { phase }: RollStep, [awaited]: readonly Pod[]): RollState {
  const awaits = awaited?.metadata.name;
  if (awaits === undefined || phase.kind !== 'waits' || phase.awaits === awaits) return state;
  const steps = state.steps.map(
    (one, place): RollStep => (place === at ? { ...one, phase: { kind: 'waits', awaits } } : one),
  );
  return { ...state, steps };
}

/** Somebody else has replaced the pod. It is not evicted again, and the new pod must meet the same conditions. */
function replaced(state: RollState, at: number, step: RollStep, context: StepContext): PodDecision {
  const { now } = context;
  const coming: RollStep = { ...step, phase: { kind: 'coming' }, begun: step.begun ?? now };
  const { step: advanced, actions, ...trouble } = advance(coming, context);
  return {
    state: { ...state, steps: state.steps.with(at, advanced), acted: now },
    actions,
    ...trouble,
    nextToo: false,
  };
}

/** Nothing speaks against the eviction any more. Asks the person, runs the pre-check, or evicts the pod. */
function asked(state: RollState, at: number, { pod, uid, phase }: RollStep, now: number): PodDecision {
  const { settings, steps } = state;
  if (settings.confirm && phase.kind === 'waits') {
    const asking = steps.map(
      (step, place): RollStep => (place === at ? { ...step, phase: { kind: 'confirm' } } : step),
    );
    return { state: { ...state, steps: asking }, actions: [{ kind: 'confirm', pod, uid }], nextToo: false };
  }
  const isAsked = settings.preCheck && (phase.kind === 'waits' || phase.kind === 'confirmed');
  // A pre-check changes nothing, so the reading is still good after it, for as long as it is fresh.
  if (isAsked) {
    const checking = inPhase(state, at, { kind: 'pre-check' }, now);
    return { state: checking, actions: [{ kind: 'pre-check', pod, uid }], nextToo: true };
  }
  const evicting = inPhase(state, at, { kind: 'evicting' }, now);
  return { state: { ...evicting, acted: now }, actions: [{ kind: 'evict', pod, uid }], nextToo: true };
}

function inPhase(state: RollState, at: number, phase: Phase, now: number): RollState {
  const steps = state.steps.map((step, place) => (place === at ? { ...step, phase, begun: step.begun ?? now } : step));
  return { ...state, steps };
}

/**
 * Whether a pod may still go whose eviction `step` has asked for. The Lease was written in between, and a reading that was
 * under way may have brought news of claims.
 */
export function mayStillGo(state: RollState, view: View, name: string, now: number): boolean {
  const { set } = view;
  const step = state.steps.find(({ pod }) => pod === name);
  if (step?.phase.kind !== 'evicting' || state.end || state.interrupted || !isAsPlanned(set, state)) return false;
  if (!isFresh(view, now) || !isLedLately(state, now)) return false;
  const context = stepContext(state, view, set, now);
  const pod = context.members.get(name);
  if (pod?.metadata.uid !== step.uid || pod.metadata.deletionTimestamp) return false;
  if (claimInDanger(step, pod, context)) return false;
  const away = new Set(state.steps.filter(isAway).map((other) => other.pod));
  return unavailableBesides(away, context) + away.size <= state.settings.maxUnavailable;
}

/** Whether a view shows what the roll changed last. */
function isNews({ readAt }: View, { acted }: RollState): boolean {
  return readAt > acted;
}

/** Claims are not watched, and since the reading the roll may have waited for other pods or the Lease, or slept. */
function isFresh({ readAt }: View, now: number): boolean {
  return now - readAt < freshness;
}

/** Why data could go with the pod, by its claims. */
function claimInDanger({ held }: RollStep, pod: Pod, { set, view }: StepContext): StopReason | undefined {
  const mounted = new Set(mountsOf(set, pod).map(({ claim }) => claim));
  const deleted = view.claims.find(({ metadata }) => metadata.deletionTimestamp && mounted.has(metadata.name));
  if (deleted) return { kind: 'claim is being deleted', claim: deleted.metadata.name };
  const unseen = held.find(({ claim }) => !view.claims.some(({ metadata }) => metadata.name === claim));
  return unseen && { kind: 'claim not seen', claim: unseen.claim };
}
