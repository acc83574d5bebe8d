/** The reasons for a roll to go no further that a view of the cluster, or the time, shows. */
import { isAway, isToGo, isUnderWay, type RollState, type RollStep, type StopReason } from './state.ts';
import { type StepContext, uncounted, unreadyBesides } from './stepcontext.ts';

export interface Trouble {
  /** The pod at which the roll stops; undefined where the reason is about the set or other pods. */
  pod: string | undefined;
  reason: StopReason;
}

/** The first reason to go no further. */
export function troubleIn(state: RollState, context: StepContext): Trouble | undefined {
  const { now } = context;
  const { maxUnavailable, deadline } = state.settings;
  const away = state.steps.filter(isAway);
  // The pods that are next may be unready themselves.
  const next = state.steps.filter(isToGo).slice(0, Math.max(maxUnavailable - away.length, 0));
  const others = unreadyBesides(new Set([...away, ...next].map(({ pod }) => pod)), context);
  const isTooMany = others.length > 0 && others.length + Math.max(away.length, 1) > maxUnavailable;
  // A new pod that does not stay ready is trouble, however many pods may be away.
  const relapsed = state.steps.some(
    ({ pod, phase }) => phase.kind === 'done' && others.some((other) => other.pod === pod),
  );
  if (isTooMany || relapsed) return { pod: undefined, reason: { kind: 'others not ready', pods: others } };
  const late = state.steps.find((step) => isUnderWay(step) && now >= endOf(step, context));
  if (late) return { pod: late.pod, reason: { kind: 'timed out', phase: late.phase } };
  if (now >= endOfUncounted(state) && state.steps.some(isToGo)) {
    return { pod: undefined, reason: { kind: 'not counted', pods: uncounted(context) } };
  }
  return now - state.begun >= deadline ? { pod: undefined, reason: { kind: 'deadline' } } : undefined;
}

/** When the controller has not counted the available pods for too long. Milliseconds; Infinity if it has counted all. */
export function endOfUncounted({ uncountedSince, settings }: RollState): number {
  return uncountedSince === undefined ? Number.POSITIVE_INFINITY : uncountedSince + settings.timeout;
}

/** When a step has taken too long. Milliseconds. */
export function endOf({ pod, phase, begun = 0 }: RollStep, { settings, members }: StepContext): number {
  const end = begun + settings.timeout;
  if (phase.kind !== 'ending') return end;
  const grace = members.get(pod)?.spec?.terminationGracePeriodSeconds ?? 30;
  return Math.max(end, phase.since + grace * 1_000);
}
