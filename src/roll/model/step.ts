/**
 * A roll while it goes on: what is known of each pod's restart, and what is to be done next. Pure: who drives it reads
 * the cluster, does what `step` says, tells it how that went, and may stop and go on anywhere, on another machine too.
 *
 * What it keeps to: a pod is evicted only when a reading that began after all that was done before shows enough of the
 * others ready and the set as it was; never one whose claim is being deleted; and none twice, for what is evicted is
 * known by its UID.
 */
import { isRunningAndReady } from '#src/objects/podstatus.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { isMember, isWanted, ordinalOf, podName, wantedOrdinals } from '#src/statefulset/identity.ts';
import { type Blocker, blockerOf } from '#src/statefulset/rollout.ts';
import { mountsOf } from '#src/statefulset/storage.ts';
import type { PlannedPod } from './plan.ts';

export interface RollSettings {
  /** How many pods may be away or unready at a time. */
  maxUnavailable: number;
  /** Milliseconds for one pod, from the first try to evict it until it is back; ending takes at least its grace period. */
  timeout: number;
  /** Milliseconds for all of them. */
  deadline: number;
  /** Milliseconds for which a new pod must have been ready without a break. */
  stable: number;
  /** Whether a person is asked before each pod. */
  confirm: boolean;
  /** Whether there is something to be asked in the pod before it goes, in the new one, and of the DNS servers. */
  preCheck: boolean;
  check: boolean;
  waitDns: boolean;
}

/** A claim that a pod has, as it was when the roll was planned. */
export interface Held {
  claim: string;
  uid: string | undefined;
  volume: string | undefined;
}

export type Phase =
  | { kind: 'waits' }
  /** A person is asked, who may take their time. */
  | { kind: 'confirm' }
  | { kind: 'confirmed' }
  /** Something is asked in the old pod. */
  | { kind: 'pre-check' }
  /** It has passed, and the eviction is next. */
  | { kind: 'may go' }
  | { kind: 'evicting' }
  /** A budget is in the way; tried again at `until`. */
  | { kind: 'blocked'; until: number; why: string }
  /** Evicted, and still there. */
  | { kind: 'ending'; since: number }
  /** The old one has gone; `readySince` is of the new pod `uid`, seen ready without a break. */
  | { kind: 'coming'; uid?: string; readySince?: number }
  /** Something is asked in the new pod. */
  | { kind: 'check'; uid: string }
  | { kind: 'dns'; uid: string }
  /** All that was asked of the new pod is met since then; a reading that began later is to confirm that it still is. */
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
}

export interface RollState {
  settings: RollSettings;
  /** The set as it was planned: any other generation is somebody's change. */
  set: { uid: string; generation: number };
  begun: number;
  /** In their order. */
  steps: RollStep[];
  /**
   * When something was last done, or answered: only a reading that began later may lead to an eviction. To ask something
   * in an old pod is to do nothing.
   */
  acted: number;
  /** Somebody asked to stop before the next eviction. */
  interrupted: boolean;
  end: RollEnd | undefined;
}

export type RollEnd =
  | { kind: 'done' }
  /** As asked, between two pods. */
  | { kind: 'interrupted' }
  | { kind: 'stopped'; pod: string | undefined; reason: StopReason };

export type StopReason =
  | { kind: 'set is gone' }
  /** Changed, scaled, or made anew by somebody else. */
  | { kind: 'set changed' }
  /** Other pods of the set that are not ready, or not there, more than may be. */
  | { kind: 'others not ready'; pods: Blocker[] }
  | { kind: 'claim is being deleted'; claim: string }
  /** The pod is on a claim that the newest reading does not show: whether its data would go is not known. */
  | { kind: 'claim not seen'; claim: string }
  /** The new pod is not on the claims and volumes that the old one had. */
  | { kind: 'other storage'; claim: string }
  /** `why`: what stood in its way last, where that is known. */
  | { kind: 'timed out'; phase: Phase; why?: string }
  | { kind: 'deadline' }
  | { kind: 'refused'; message: string }
  /** Nobody knows how the cluster is. */
  | { kind: 'no reading'; message: string }
  /** Somebody else goes on with this roll, or has ended it: undefined where nobody holds it. */
  | { kind: 'lease lost'; holder: string | undefined }
  | { kind: 'check failed'; which: 'pre-check' | 'check' | 'dns'; message: string };

export interface View {
  /** When the reading began, by the clock of `now`. */
  readAt: number;
  set: StatefulSet | undefined;
  /** Of the set's namespace, at least its own. */
  pods: readonly Pod[];
  claims: readonly Claim[];
}

export type Action =
  /** Read the set, its pods and its claims now. */
  | { kind: 'read' }
  | { kind: 'evict'; pod: string; uid: string }
  | { kind: 'confirm' | 'pre-check' | 'check' | 'dns'; pod: string; uid: string }
  /** Nothing happens before, unless the cluster changes: look again then. */
  | { kind: 'wake'; at: number };

/** How an action went. */
export type Answer =
  | { kind: 'evicted'; pod: string }
  /** It is gone, or is not the pod any more that was to go; or nobody knows whether the request arrived. */
  | { kind: 'look again'; pod: string }
  /** No eviction was asked for: something has come up before. */
  | { kind: 'not sent'; pod: string }
  | { kind: 'blocked'; pod: string; why: string; retryAt: number }
  | { kind: 'refused'; pod: string; message: string }
  /** What the person said: to decline is to stop before this pod. */
  | { kind: 'confirmed' | 'declined'; pod: string }
  | { kind: 'passed' | 'failed'; which: 'pre-check' | 'check' | 'dns'; pod: string; uid: string; message: string };

/** Milliseconds for which a reading is good enough to let a pod go: over a slow network it takes seconds by itself. */
export const freshness = 10_000;

/** @param now milliseconds */
export function beginRoll(
  set: StatefulSet,
  planned: readonly PlannedPod[],
  view: Pick<View, 'pods' | 'claims'>,
  settings: RollSettings,
  now: number,
): RollState {
  const members = byName(set, view.pods);
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
    })),
    acted: now,
    interrupted: false,
    end: undefined,
  };
}

/** The claims of a pod that outlive it, with what they are bound to. */
export function heldBy(set: StatefulSet, pod: Pod | undefined, claims: readonly Claim[]): Held[] {
  if (pod === undefined) return [];
  return mountsOf(set, pod)
    .filter(({ origin }) => origin !== 'ephemeral volume')
    .map(({ claim: name }) => {
      const claim = claims.find(({ metadata }) => metadata.name === name);
      return { claim: name, uid: claim?.metadata.uid, volume: claim?.spec?.volumeName };
    });
}

function byName(set: StatefulSet, pods: readonly Pod[]): Map<string, Pod> {
  return new Map(pods.filter((pod) => isMember(set, pod)).map((pod) => [pod.metadata.name, pod]));
}

/** The pods that may go at any moment, by this run or by a request of an earlier one. */
export function nextOf({ settings, steps }: RollState): RollStep[] {
  return steps.filter(isToGo).slice(0, settings.maxUnavailable);
}

/** The claims that a reading must hold: of the pods that are under way, and of those that are next. */
export function claimsToRead(state: RollState): string[] {
  const claims = [...state.steps.filter(isBeyondReturn), ...nextOf(state)].flatMap(({ held }) =>
    held.map(({ claim }) => claim),
  );
  return [...new Set(claims)];
}

/**
 * Whether a pod whose eviction `step` has asked for may still go, by what has been seen since: writing down that it goes
 * took its time. A reading that was under way before may have ended meanwhile, with news of claims.
 */
export function mayStillGo(state: RollState, view: View, name: string, now: number): boolean {
  const { set } = view;
  const one = state.steps.find(({ pod }) => pod === name);
  if (one?.phase.kind !== 'evicting' || state.end || state.interrupted || !isAsPlanned(set, state)) return false;
  if (!isFresh(view, now)) return false;
  const members = byName(set, view.pods);
  const pod = members.get(name);
  if (pod?.metadata.uid !== one.uid || pod.metadata.deletionTimestamp) return false;
  if (claimInDanger(one, pod, { set, view })) return false;
  const away = new Set(state.steps.filter(isAway).map((each) => each.pod));
  return unreadyBesides(away, { set, members }).length + away.size <= state.settings.maxUnavailable;
}

function isAsPlanned(set: StatefulSet | undefined, state: RollState): set is StatefulSet {
  if (set === undefined || set.metadata.deletionTimestamp) return false;
  return set.metadata.uid === state.set.uid && (set.metadata.generation ?? 0) === state.set.generation;
}

/** Stops at once, for a reason that no view of the cluster shows. */
export function stopRoll(state: RollState, reason: StopReason): RollState {
  return state.end ? state : stopped(state, undefined, reason);
}

/** Stops before the next eviction. */
export function interruptRoll(state: RollState): RollState {
  return { ...state, interrupted: true };
}

/** What became of an action. */
export function answered(state: RollState, answer: Answer, now: number): RollState {
  const steps = state.steps.map((each) => (each.pod === answer.pod ? { ...each, phase: { ...each.phase } } : each));
  const one = steps.find(({ pod }) => pod === answer.pod);
  // After the end it still counts what had not even begun.
  if (one === undefined || (state.end && answer.kind !== 'not sent')) return state;
  const next: RollState = { ...state, steps, acted: now };
  switch (answer.kind) {
    case 'evicted':
      if (one.phase.kind === 'evicting') one.phase = { kind: 'ending', since: now };
      return next;
    case 'look again':
    case 'not sent':
      if (one.phase.kind === 'evicting') one.phase = { kind: 'may go' };
      return next;
    case 'blocked':
      if (one.phase.kind === 'evicting') one.phase = { kind: 'blocked', until: answer.retryAt, why: answer.why };
      return next;
    case 'refused':
      return stopped(next, one.pod, { kind: 'refused', message: answer.message });
    case 'confirmed':
      if (one.phase.kind === 'confirm') one.phase = { kind: 'confirmed' };
      return next;
    case 'declined':
      if (one.phase.kind === 'confirm') one.phase = { kind: 'waits' };
      return interruptRoll(next);
    default: {
      // An answer of a pod that has been replaced meanwhile is none.
      const { phase } = one;
      if (phase.kind !== answer.which || ('uid' in phase ? phase.uid : one.uid) !== answer.uid) return state;
      if (answer.kind === 'failed') {
        return stopped(next, one.pod, { kind: 'check failed', which: answer.which, message: answer.message });
      }
      if (answer.which === 'pre-check') {
        one.phase = { kind: 'may go' };
        return { ...next, acted: state.acted };
      }
      one.phase = after(answer.which, state.settings, answer.uid, now);
      return next;
    }
  }
}

/** What comes after a new pod is stable, or has passed a check, `since` then. */
function after(
  passed: 'stable' | 'check' | 'dns',
  { check, waitDns }: RollSettings,
  uid: string,
  since: number,
): Phase {
  if (passed === 'stable' && check) return { kind: 'check', uid };
  if (passed !== 'dns' && waitDns) return { kind: 'dns', uid };
  return { kind: 'back', uid, since };
}

function stopped(state: RollState, pod: string | undefined, reason: StopReason): RollState {
  return { ...state, end: { kind: 'stopped', pod, reason } };
}

/**
 * What the cluster's state makes of the roll, and what is to be done. An action stands until it is answered; those of a
 * new pod, and `read`, are named again meanwhile.
 *
 * @param now milliseconds, of the clock by which the view was read
 */
export function step(before: RollState, view: View, now: number): { state: RollState; actions: Action[] } {
  const over = (state: RollState) => ({ state, actions: [] });
  if (before.end) return over(before);
  const { set } = view;
  if (set === undefined || set.metadata.deletionTimestamp)
    return over(stopped(before, undefined, { kind: 'set is gone' }));
  if (!isAsPlanned(set, before)) return over(stopped(before, undefined, { kind: 'set changed' }));
  const going: Going = {
    state: before,
    view,
    set,
    members: byName(set, view.pods),
    now,
    actions: [],
    trouble: undefined,
  };
  going.state = { ...before, steps: before.steps.map((each) => advanced(each, going)) };
  going.trouble ??= troubleIn(going);
  if (going.trouble === undefined) begin(going);
  const { state, trouble } = going;
  if (trouble) return over(stopped(state, trouble.pod, trouble.reason));
  if (state.steps.every(({ phase }) => phase.kind === 'done')) return over({ ...state, end: { kind: 'done' } });
  if (state.interrupted && !state.steps.some(isBeyondReturn)) return over({ ...state, end: { kind: 'interrupted' } });
  return { state, actions: [...going.actions.filter(isOfUse(state)), { kind: 'wake', at: nextTime(going) }] };
}

/** A reading that begins before an eviction is answered lets no other pod go: the one after it tells as much, and does. */
function isOfUse({ steps }: RollState): (action: Action) => boolean {
  const isEvicting = steps.some(({ phase }) => phase.kind === 'evicting');
  return ({ kind }) => kind !== 'read' || !isEvicting;
}

interface Trouble {
  pod: string | undefined;
  reason: StopReason;
}

/** One call of `step`. */
interface Going {
  state: RollState;
  view: View;
  set: StatefulSet;
  /** The set's pods, by name. */
  members: Map<string, Pod>;
  now: number;
  actions: Action[];
  trouble: Trouble | undefined;
}

/** From the first try on, and not done. */
function isUnderWay({ phase, begun }: RollStep): boolean {
  return begun !== undefined && phase.kind !== 'done';
}

/** Whether the pod is away, or may be at any moment, by this roll. */
function isAway({ phase }: RollStep): boolean {
  return phase.kind === 'evicting' || phase.kind === 'ending' || phase.kind === 'coming';
}

/** Whether the eviction was sent, and the pod is not back for good. */
export function isBeyondReturn(one: RollStep): boolean {
  const { kind } = one.phase;
  return isAway(one) || kind === 'check' || kind === 'dns' || kind === 'back';
}

/** Whether the eviction is still to come. */
function isToGo(one: RollStep): boolean {
  return one.phase.kind !== 'done' && !isBeyondReturn(one);
}

/** What the view shows of a pod that is on its way. */
function advanced(one: RollStep, going: Going): RollStep {
  const { view, members, now, actions, state } = going;
  const pod = members.get(one.pod);
  const isOld = pod?.metadata.uid === one.uid;
  const { phase } = one;
  const to = (next: Phase): RollStep => ({ ...one, phase: next });
  switch (phase.kind) {
    case 'ending':
      return isOld ? one : advanced(to({ kind: 'coming' }), going);
    case 'coming': {
      if (pod === undefined || isOld || !isRunningAndReady(pod)) return to({ kind: 'coming' });
      const uid = pod.metadata.uid ?? '';
      const readySince = phase.uid === uid && phase.readySince !== undefined ? phase.readySince : now;
      const stableAt = readySince + stability(going);
      if (now < stableAt) return to({ kind: 'coming', uid, readySince });
      return advanced(to(after('stable', state.settings, uid, stableAt)), going);
    }
    case 'check':
    case 'dns':
      // A pod that is not ready any more, or another one again, starts over.
      if (pod?.metadata.uid !== phase.uid || !isRunningAndReady(pod)) return advanced(to({ kind: 'coming' }), going);
      actions.push({ kind: phase.kind, pod: one.pod, uid: phase.uid });
      return one;
    case 'back': {
      if (pod?.metadata.uid !== phase.uid || !isRunningAndReady(pod)) return advanced(to({ kind: 'coming' }), going);
      // That it has been so is not known from an older reading, however much time has passed.
      if (view.readAt < phase.since) {
        actions.push({ kind: 'read' });
        return one;
      }
      const other = otherStorage(one, heldBy(going.set, pod, view.claims));
      if (other === undefined) return to({ kind: 'done', uid: phase.uid });
      going.trouble ??= { pod: one.pod, reason: { kind: 'other storage', claim: other } };
      return one;
    }
    default:
      return one;
  }
}

/** Whether a view may show what was done last. */
function isNews({ readAt }: View, { acted }: RollState): boolean {
  return readAt > acted;
}

/** Claims are not watched, and it may have waited for other pods or for the Lease since the reading, or slept. */
function isFresh({ readAt }: View, now: number): boolean {
  return now - readAt < freshness;
}

function stability({ set, state }: Going): number {
  return Math.max(state.settings.stable, (set.spec?.minReadySeconds ?? 0) * 1_000);
}

/** The first reason to go no further. */
function troubleIn(going: Going): Trouble | undefined {
  const { state, now } = going;
  const { maxUnavailable, deadline } = state.settings;
  const away = state.steps.filter(isAway);
  // Those that are next may be unready themselves.
  const next = state.steps.filter(isToGo).slice(0, Math.max(maxUnavailable - away.length, 0));
  const others = unreadyBesides(new Set([...away, ...next].map(({ pod }) => pod)), going);
  const isTooMany = others.length > 0 && others.length + Math.max(away.length, 1) > maxUnavailable;
  // A new pod that does not stay ready is trouble, however many may be away.
  const relapsed = state.steps.some(
    ({ pod, phase }) => phase.kind === 'done' && others.some((other) => other.pod === pod),
  );
  if (isTooMany || relapsed) return { pod: undefined, reason: { kind: 'others not ready', pods: others } };
  const late = state.steps.find((one) => isUnderWay(one) && now >= endOf(one, going));
  if (late) return { pod: late.pod, reason: { kind: 'timed out', phase: late.phase } };
  return now - state.begun >= deadline ? { pod: undefined, reason: { kind: 'deadline' } } : undefined;
}

/** The claim that is not what it was. */
function otherStorage({ held }: RollStep, now: readonly Held[]): string | undefined {
  return held.find(({ claim, uid, volume }) => {
    const same = now.find((each) => each.claim === claim);
    return same === undefined || same.uid !== uid || same.volume !== volume;
  })?.claim;
}

/** The wanted pods that are not ready or not there, but for `away`. */
function unreadyBesides(away: ReadonlySet<string>, { set, members }: Pick<Going, 'set' | 'members'>): Blocker[] {
  const { start, end } = wantedOrdinals(set);
  const unready: Blocker[] = [];
  for (const [name, pod] of members) {
    if (away.has(name) || !isWanted({ start, end }, ordinalOf(name)) || isRunningAndReady(pod)) continue;
    unready.push(blockerOf(pod));
  }
  for (let ordinal = start; ordinal < end; ordinal++) {
    const name = podName(set.metadata.name, ordinal);
    if (!members.has(name) && !away.has(name)) unready.push({ pod: name, word: 'missing', trouble: false });
  }
  return unready;
}

/** When a step has taken too long. */
function endOf({ pod, phase, begun = 0 }: RollStep, { state, members }: Going): number {
  const end = begun + state.settings.timeout;
  if (phase.kind !== 'ending') return end;
  const grace = members.get(pod)?.spec?.terminationGracePeriodSeconds ?? 30;
  return Math.max(end, phase.since + grace * 1_000);
}

/** Lets the next pods go, as many as may be away at a time. */
function begin(going: Going): void {
  const { view, members, now, actions } = going;
  for (const [at, one] of going.state.steps.entries()) {
    const { state } = going;
    const { settings, steps } = state;
    const { phase } = one;
    if (!isToGo(one) || phase.kind === 'pre-check') continue;
    if (phase.kind === 'confirm') return;
    if (state.interrupted || (phase.kind === 'blocked' && now < phase.until)) return;
    const before = steps.slice(0, at).filter(isUnderWay).length;
    if (before >= settings.maxUnavailable) return;
    if (!isNews(view, state)) {
      actions.push({ kind: 'read' });
      return;
    }
    const pod = members.get(one.pod);
    const begun = one.begun ?? now;
    const moved = (next: Phase): RollState => ({ ...state, steps: steps.with(at, { ...one, phase: next, begun }) });
    if (pod === undefined || pod.metadata.uid !== one.uid) {
      // Somebody else was faster: it is not evicted again, and what is asked of a new pod is asked of this one.
      const coming = advanced({ ...one, phase: { kind: 'coming' }, begun }, going);
      going.state = { ...state, steps: steps.with(at, coming), acted: now };
      return;
    }
    const claim = claimInDanger(one, pod, going);
    if (claim !== undefined) {
      going.trouble = { pod: one.pod, reason: claim };
      return;
    }
    if (pod.metadata.deletionTimestamp) {
      going.state = { ...moved({ kind: 'ending', since: now }), acted: now };
      return;
    }
    const away = new Set([...steps.filter(isAway).map((each) => each.pod), one.pod]);
    // With this one there would be too many.
    if (unreadyBesides(away, going).length + away.size > settings.maxUnavailable) return;
    if (!isFresh(view, now)) {
      actions.push({ kind: 'read' });
      return;
    }
    if (settings.confirm && phase.kind === 'waits') {
      actions.push({ kind: 'confirm', pod: one.pod, uid: one.uid });
      going.state = { ...state, steps: steps.with(at, { ...one, phase: { kind: 'confirm' } }) };
      return;
    }
    const isAsked = settings.preCheck && (phase.kind === 'waits' || phase.kind === 'confirmed');
    actions.push({ kind: isAsked ? 'pre-check' : 'evict', pod: one.pod, uid: one.uid });
    // To ask is to change nothing: the reading is still good after it, while it is fresh.
    going.state = isAsked ? moved({ kind: 'pre-check' }) : { ...moved({ kind: 'evicting' }), acted: now };
  }
}

/** The claim with which data could go when the pod does. */
function claimInDanger(
  { held }: RollStep,
  pod: Pod,
  { set, view }: Pick<Going, 'set' | 'view'>,
): StopReason | undefined {
  const mounted = new Set(mountsOf(set, pod).map(({ claim }) => claim));
  const going = view.claims.find(({ metadata }) => metadata.deletionTimestamp && mounted.has(metadata.name));
  if (going) return { kind: 'claim is being deleted', claim: going.metadata.name };
  const unseen = held.find(({ claim }) => !view.claims.some(({ metadata }) => metadata.name === claim));
  return unseen && { kind: 'claim not seen', claim: unseen.claim };
}

/** When something is due, if nothing happens before. */
function nextTime(going: Going): number {
  const { state, now } = going;
  const times = state.steps.filter(isUnderWay).flatMap((one) => {
    const { phase } = one;
    const due = [endOf(one, going)];
    // What is due already waits for something else: a reading that is under way.
    if (phase.kind === 'blocked' && phase.until > now) due.push(phase.until);
    if (phase.kind === 'coming' && phase.readySince !== undefined) due.push(phase.readySince + stability(going));
    return due;
  });
  return Math.min(state.begun + state.settings.deadline, ...times);
}
