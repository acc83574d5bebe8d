/**
 * The record of a roll, which its Lease keeps so that another machine can go on: the settings, and for each step the UID
 * of the pod that was to go, and how far the step came. It holds no times, since no two machines share a clock.
 */
import { isRecord, parseObject } from '#src/objects/shape.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import { type Held, nextOf, type Phase, type RollSettings, type RollState, type RollStep } from './state.ts';

export const rollAnnotation = 'kubectl-sts/roll';

/** How pods are made to go, and the commands that run in them. */
export interface PodHandling {
  /** By eviction, which budgets may delay; otherwise by deletion. */
  evicts: boolean;
  /** Commands for a shell; undefined where none runs. */
  preCheck: string | undefined;
  check: string | undefined;
  /** A command that succeeds in the pod that leads. */
  leaderCheck: string | undefined;
  /** The container that commands run in; undefined for the pod's default container. */
  container: string | undefined;
  /** Milliseconds for which a check is tried again. */
  checkTimeout: number;
}

/** Whether commands run in pods. */
export function runsCommands({ preCheck, check, leaderCheck }: PodHandling): boolean {
  return [preCheck, check, leaderCheck].some((command) => command !== undefined);
}

export interface RollRecord {
  /** Tells one roll of a set from the next. */
  id: string;
  set: RollState['set'];
  settings: RollSettings;
  handling: PodHandling;
  /** Under which name the Lease is written; undefined in records of version 0.1. */
  fieldManager: string | undefined;
  steps: RecordedStep[];
}

/** How far a step came: not evicted as far as is known, evicted and gone, or back with its checks passed. */
type Progress = 'waits' | 'gone' | 'done';

/** As short as can be: an annotation must have room for a thousand steps, and is written at each eviction. */
interface RecordedStep {
  pod: string;
  /** Of the pod that is, or was, to go. */
  uid: string;
  /** `waits` if missing. */
  progress?: Progress;
  /** Whether an eviction was sent that may still be carried out. */
  sent?: true;
  /** Kept for a pod that is under way or next, which may be gone before anybody looks. Any other pod still has its own. */
  held?: Held[];
}

export function writeRoll(id: string, state: RollState, handling: PodHandling, fieldManager?: string): string {
  const { set, steps } = state;
  const { leaderCheck, ...settings } = state.settings;
  // Version 0.1 knows of no leader: it must not find the settings, or it would go on with the roll.
  const found = leaderCheck ? { ledSettings: settings } : { settings };
  const next = new Set(nextOf(state));
  const recordedSteps = steps.map((step) => recorded(step, next.has(step)));
  // `ways` is the handling's name since version 0.1.
  return JSON.stringify({ id, set, ...found, ways: handling, fieldManager, steps: recordedSteps });
}

function recorded({ pod, uid, held, phase, begun, sentAt }: RollStep, isNext: boolean): RecordedStep {
  if (phase.kind === 'done') return { pod, uid, progress: 'done' };
  if (begun === undefined && !isNext) return { pod, uid };
  if (isGone(phase)) return { pod, uid, progress: 'gone', held };
  // The record is written directly before an eviction is sent.
  const isSent = phase.kind === 'evicting' || sentAt !== undefined;
  return { pod, uid, ...(isSent && { sent: true }), held };
}

/** Whether the old pod was seen to be gone. */
function isGone({ kind }: Phase): boolean {
  return kind === 'coming' || kind === 'check' || kind === 'dns' || kind === 'back';
}

/** @returns the record, or why nobody can go on with it: anybody may have edited it */
export function readRoll(text: string): RollRecord | { unreadable: string } {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { id, set, settings, ledSettings, ways, steps, fieldManager } = parsed.object;
  if (typeof id !== 'string' || id === '') return { unreadable: 'it has no id' };
  if (!isRecord(set) || typeof set['uid'] !== 'string' || typeof set['generation'] !== 'number') {
    return { unreadable: 'it does not say of which set it is' };
  }
  const known = settingsIn(ledSettings ?? settings);
  const handling = handlingIn(ways);
  if (known === undefined || handling === undefined) return { unreadable: 'its settings are not all there' };
  if (ledSettings !== undefined && handling.leaderCheck === undefined) {
    return { unreadable: 'its leader check is missing' };
  }
  if (!Array.isArray(steps) || steps.length === 0) return { unreadable: 'it has no steps' };
  const all = steps.map(stepIn);
  const read = all.filter((step) => step !== undefined);
  if (read.length < all.length) return { unreadable: `its step ${all.indexOf(undefined) + 1} is not all there` };
  if (new Set(read.map(({ pod }) => pod)).size < read.length) return { unreadable: 'a pod is in it twice' };
  const { uid, generation } = set;
  return {
    id,
    set: { uid, generation },
    settings: { ...known, leaderCheck: handling.leaderCheck !== undefined },
    handling,
    fieldManager: typeof fieldManager === 'string' && fieldManager !== '' ? fieldManager : undefined,
    steps: read,
  };
}

function settingsIn(value: unknown): Omit<RollSettings, 'leaderCheck'> | undefined {
  if (!isRecord(value)) return undefined;
  const [maxUnavailable, timeout, deadline, stable] = ['maxUnavailable', 'timeout', 'deadline', 'stable'].map((name) =>
    numberIn(value[name]),
  );
  const [confirm, preCheck, check, waitDns] = ['confirm', 'preCheck', 'check', 'waitDns'].map((name) =>
    booleanIn(value[name]),
  );
  if (maxUnavailable === undefined || timeout === undefined || deadline === undefined || stable === undefined) {
    return undefined;
  }
  if (confirm === undefined || preCheck === undefined || check === undefined || waitDns === undefined) return undefined;
  if (maxUnavailable < 1) return undefined;
  return { maxUnavailable, timeout, deadline, stable, confirm, preCheck, check, waitDns };
}

/** A number below 0 would let a guard of the roll pass that must not. */
function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function booleanIn(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function handlingIn(value: unknown): PodHandling | undefined {
  if (!isRecord(value)) return undefined;
  const evicts = booleanIn(value['evicts']);
  const checkTimeout = numberIn(value['checkTimeout']);
  if (evicts === undefined || checkTimeout === undefined) return undefined;
  return {
    evicts,
    preCheck: textIn(value['preCheck']),
    check: textIn(value['check']),
    leaderCheck: textIn(value['leaderCheck']),
    container: textIn(value['container']),
    checkTimeout,
  };
}

const progresses: readonly Progress[] = ['waits', 'gone', 'done'];

function stepIn(value: unknown): RecordedStep | undefined {
  if (!isRecord(value)) return undefined;
  const { pod, uid, held, progress: said = 'waits', sent } = value;
  if (typeof pod !== 'string' || ordinalOf(pod) < 0 || typeof uid !== 'string' || uid === '') return undefined;
  const progress = progresses.find((known) => known === said);
  if (progress === undefined) return undefined;
  const step: RecordedStep = { pod, uid, progress, ...(sent === true && { sent }) };
  if (held === undefined) return step;
  if (!Array.isArray(held)) return undefined;
  const claims = held.flatMap(heldIn);
  return claims.length < held.length ? undefined : { ...step, held: claims };
}

function heldIn(value: unknown): Held[] {
  if (!isRecord(value) || typeof value['claim'] !== 'string') return [];
  const { claim, uid, volume } = value;
  return [{ claim, uid: textIn(uid), volume: textIn(volume) }];
}
