/**
 * The leader of a set goes last. All pods are asked who leads before anything is done to the next one, and directly before
 * its eviction: leadership may have moved at any moment.
 */
import { isToGo, type RollState, type RollStep } from './state.ts';

/**
 * Milliseconds for which the answers of pods, and a reading, are good enough to let a pod go: over a slow network a reading
 * alone takes seconds.
 */
export const freshness = 10_000;

/**
 * Milliseconds for which an eviction without an answer may still be carried out. The API server gives a request up after a
 * minute (`--request-timeout`, kube-apiserver).
 */
const lostFor = 60_000;

/** Whether the pods said who leads after all that the roll has done, and lately. */
export function knowsLeader(state: RollState, now: number): boolean {
  const { settings, leading, acted } = state;
  const isNews = leading.askedAt > acted && leading.askedAt >= leading.from;
  return !settings.leaderCheck || (isNews && isLedLately(state, now));
}

/** Whether the pods said lately who leads. */
export function isLedLately({ settings, leading }: RollState, now: number): boolean {
  return !settings.leaderCheck || now - leading.askedAt < freshness;
}

/** Whether the pod leads, and others are to go before it. */
export function leadsOthers({ leading, steps }: RollState, pod: string): boolean {
  return leading.leader === pod && steps.some((step) => step.pod !== pod && isToGo(step));
}

/**
 * The roll once the pods have said who leads. A leader that is to go moves behind all others, and keeps nothing of what
 * was asked about it; unless its eviction may be under way, since then no other pod may go.
 *
 * @param askedAt when the asking began. Milliseconds
 * @param now milliseconds
 */
export function ledBy(state: RollState, leader: string, askedAt: number, now: number): RollState {
  const known: RollState = { ...state, leading: { ...state.leading, leader, askedAt, unknown: undefined } };
  const step = state.steps.find(({ pod }) => pod === leader);
  if (step === undefined || !isToGo(step) || mayBeGoing(step, askedAt)) return known;
  const others = state.steps.filter((other) => other !== step);
  if (!others.slice(state.steps.indexOf(step)).some(isToGo)) return known;
  const last: RollStep = { ...step, phase: { kind: 'waits' }, begun: undefined, sentAt: undefined };
  // The newest reading was made for another pod that was next. Only the next one shows the claims of this one.
  return { ...known, steps: [...others, last], acted: now };
}

function mayBeGoing({ sentAt }: RollStep, now: number): boolean {
  return sentAt !== undefined && now - sentAt < lostFor;
}

/** When the eviction of a pod that leads cannot be carried out any more. Milliseconds. */
export function lostAt({ sentAt }: RollStep): number {
  return (sentAt ?? Number.NEGATIVE_INFINITY) + lostFor;
}

/** Something was done that takes time: the pods must be asked anew, and an asking that is under way does not count. */
export function askedNoLonger(state: RollState, now: number): RollState {
  return { ...state, leading: { ...state.leading, from: now } };
}
