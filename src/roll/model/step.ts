/**
 * One step of a roll: what a view of the cluster makes of the roll's state, and what to do next.
 *
 * The step is pure. Its driver reads the cluster, does what the actions say, and reports the answers (actions.ts). The
 * driver may stop and go on anywhere, on another machine too. Whether a pod may go is decided in maygo.ts.
 */
import type { Action } from './actions.ts';
import { type Advanced, advance } from './advance.ts';
import { letPodsGo } from './maygo.ts';
import { isBeyondReturn, isToGo, isUnderWay, type RollState, stopped, type View } from './state.ts';
import { isAsPlanned, nextAvailability, type StepContext, stabilityOf, stepContext, uncounted } from './stepcontext.ts';
import { endOf, endOfUncounted, troubleIn } from './trouble.ts';

export interface Stepped {
  state: RollState;
  actions: readonly Action[];
}

/**
 * An action stands until it is answered. `read`, and the checks of a new pod, are named again meanwhile.
 *
 * @param now milliseconds, of the clock by which the view was read
 */
export function step(before: RollState, view: View, now: number): Stepped {
  if (before.end) return over(before);
  const { set } = view;
  if (set === undefined || set.metadata.deletionTimestamp) {
    return over(stopped(before, undefined, { kind: 'set is gone' }));
  }
  if (!isAsPlanned(set, before)) return over(stopped(before, undefined, { kind: 'set changed' }));
  const context = stepContext(before, view, set, now);
  const advanced = before.steps.map((one) => advance(one, context));
  const uncountedSince = uncounted(context) > 0 ? (before.uncountedSince ?? now) : undefined;
  const seen: RollState = { ...before, uncountedSince, steps: advanced.map(({ step: one }) => one) };
  const trouble = advanced.find(hasTrouble)?.trouble ?? troubleIn(seen, context);
  if (trouble) return over(stopped(seen, trouble.pod, trouble.reason));
  const decision = letPodsGo(seen, context);
  const { state } = decision;
  if (decision.trouble) return over(stopped(state, decision.trouble.pod, decision.trouble.reason));
  if (state.steps.every(({ phase }) => phase.kind === 'done')) return over({ ...state, end: { kind: 'done' } });
  if (state.interrupted && !state.steps.some(isBeyondReturn)) return over({ ...state, end: { kind: 'interrupted' } });
  const actions = [...advanced.flatMap((one) => one.actions), ...decision.actions].filter(isOfUse(state));
  return { state, actions: [...actions, { kind: 'wake', at: nextTime(state, context) }] };
}

function over(state: RollState): Stepped {
  return { state, actions: [] };
}

function hasTrouble({ trouble }: Advanced): boolean {
  return trouble !== undefined;
}

/** A reading that begins before an eviction is answered lets no other pod go. The reading after the answer does. */
function isOfUse({ steps }: RollState): (action: Action) => boolean {
  const isEvicting = steps.some(({ phase }) => phase.kind === 'evicting');
  return ({ kind }) => kind !== 'read' || !isEvicting;
}

/** When something is due, if nothing happens before. Milliseconds. */
function nextTime(state: RollState, context: StepContext): number {
  const { now } = context;
  const times = state.steps.filter(isUnderWay).flatMap((one) => {
    const { phase } = one;
    const due = [endOf(one, context)];
    // A retry that is due already waits for something else: a reading that is under way.
    if (phase.kind === 'blocked' && phase.until > now) due.push(phase.until);
    if (phase.kind === 'coming' && phase.readySince !== undefined) due.push(phase.readySince + stabilityOf(context));
    return due;
  });
  if (state.steps.some(isToGo)) times.push(nextAvailability(context), endOfUncounted(state));
  return Math.min(state.begun + state.settings.deadline, ...times);
}
