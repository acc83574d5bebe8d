/**
 * What is written down of a roll, so that another machine can go on with it: the settings, and of each step the pod that
 * was to go, by its UID, and how far it came. Times are left out: no other machine's clock is this one's.
 */
import { isRecord, parseObject } from '#src/objects/shape.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { ordinalOf, podName } from '#src/statefulset/identity.ts';
import { isOrdered } from '#src/statefulset/rollout.ts';
import {
  type Held,
  heldBy,
  nextOf,
  type Phase,
  type RollSettings,
  type RollState,
  type RollStep,
  type View,
} from './state.ts';

export const rollAnnotation = 'kubectl-sts/roll';

/** How each pod is let go, and what is asked in pods. */
export interface PodHandling {
  /** By eviction, which budgets may delay; otherwise by deletion. */
  evicts: boolean;
  /** A command for a shell each; undefined where nothing is asked. */
  preCheck: string | undefined;
  check: string | undefined;
  /** In which it is asked; the pod's default one when undefined. */
  container: string | undefined;
  /** Milliseconds for which a check is tried again. */
  checkTimeout: number;
}

export interface RollRecord {
  /** Tells one roll of a set from the next. */
  id: string;
  set: RollState['set'];
  settings: RollSettings;
  handling: PodHandling;
  steps: RecordedStep[];
}

/** How far a step came: not evicted as far as is known, evicted and gone, or back with its checks passed. */
export type Progress = 'waits' | 'gone' | 'done';

/** As short as can be: a thousand of them must find room in an annotation, and are written at each eviction. */
export interface RecordedStep {
  pod: string;
  /** Of the pod that is, or was, to go. */
  uid: string;
  /** `waits` unless given. */
  progress?: Progress;
  /** Of a pod that is under way, or next: it may be gone before anybody looks. Any other has what it has. */
  held?: Held[];
}

export function writeRoll(id: string, state: RollState, handling: PodHandling): string {
  const { set, settings, steps } = state;
  const next = new Set(nextOf(state));
  return JSON.stringify({ id, set, settings, ways: handling, steps: steps.map((one) => recorded(one, next.has(one))) });
}

function recorded({ pod, uid, held, phase, begun }: RollStep, isNext: boolean): RecordedStep {
  if (phase.kind === 'done') return { pod, uid, progress: 'done' };
  if (begun === undefined && !isNext) return { pod, uid };
  return isGone(phase) ? { pod, uid, progress: 'gone', held } : { pod, uid, held };
}

/** Whether the old pod was seen to be gone. */
function isGone({ kind }: Phase): boolean {
  return kind === 'coming' || kind === 'check' || kind === 'dns' || kind === 'back';
}

/**
 * The roll as it goes on here. What was evicted, and not heard of, is known by its UID; the checks of a pod that was not
 * done run again.
 *
 * @param now milliseconds
 */
export function resumed(
  { set, settings, steps }: RollRecord,
  view: Pick<View, 'set' | 'pods' | 'claims'>,
  now: number,
): RollState {
  const known = new Map(view.pods.map((pod) => [pod.metadata.uid, pod]));
  return {
    settings,
    set,
    begun: now,
    steps: steps.map(({ pod, uid, progress = 'waits', held }): RollStep => {
      const old = known.get(uid);
      const common = {
        pod,
        ordinal: ordinalOf(pod),
        uid,
        held: held ?? (view.set && old ? heldBy(view.set, old, view.claims) : []),
      };
      if (progress === 'done') return { ...common, phase: { kind: 'done', uid: '' }, begun: now };
      if (progress === 'gone') return { ...common, phase: { kind: 'coming' }, begun: now };
      return { ...common, phase: { kind: 'waits' }, begun: undefined };
    }),
    acted: now,
    interrupted: false,
    end: undefined,
  };
}

/** Why a roll is not gone on with in its set as that is now; undefined where it is. */
export function whyNotResumed({ set, settings, steps }: RollRecord, now: StatefulSet): string | undefined {
  const { uid, generation, name } = now.metadata;
  if (uid !== set.uid) return 'the set was made anew since';
  if (generation !== set.generation) return 'the set was changed or scaled since';
  const stranger = steps.find(({ pod }) => pod !== podName(name, ordinalOf(pod)));
  if (stranger) return `its record names ${stranger.pod}, which is no pod of the set`;
  return settings.maxUnavailable > 1 && isOrdered(now)
    ? 'it would let several pods of an OrderedReady set go at a time'
    : undefined;
}

/** @returns the record, or why it cannot be gone on with: anybody may have edited it */
export function readRoll(text: string): RollRecord | { unreadable: string } {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { id, set, settings, ways, steps } = parsed.object;
  if (typeof id !== 'string' || id === '') return { unreadable: 'it has no id' };
  if (!isRecord(set) || typeof set['uid'] !== 'string' || typeof set['generation'] !== 'number') {
    return { unreadable: 'it does not say of which set it is' };
  }
  const known = settingsIn(settings);
  const handling = handlingIn(ways);
  if (known === undefined || handling === undefined) return { unreadable: 'its settings are not all there' };
  if (!Array.isArray(steps) || steps.length === 0) return { unreadable: 'it has no steps' };
  const all = steps.map(stepIn);
  const read = all.filter((each) => each !== undefined);
  if (read.length < all.length) return { unreadable: `its step ${all.indexOf(undefined) + 1} is not all there` };
  if (new Set(read.map(({ pod }) => pod)).size < read.length) return { unreadable: 'a pod is in it twice' };
  const { uid, generation } = set;
  return { id, set: { uid, generation }, settings: known, handling, steps: read };
}

const numbers = ['maxUnavailable', 'timeout', 'deadline', 'stable'] as const;
const switches = ['confirm', 'preCheck', 'check', 'waitDns'] as const;

function settingsIn(value: unknown): RollSettings | undefined {
  if (!isRecord(value)) return undefined;
  // A number below 0 would let a guard of the roll pass that must not.
  const isWhole = numbers.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0);
  const isSet = switches.every((name) => typeof value[name] === 'boolean');
  if (!isWhole || !isSet || Number(value['maxUnavailable']) < 1) return undefined;
  const read = [...numbers, ...switches].map((name) => [name, value[name]]);
  return Object.fromEntries(read) as unknown as RollSettings;
}

function handlingIn(value: unknown): PodHandling | undefined {
  if (!isRecord(value)) return undefined;
  const { evicts, checkTimeout } = value;
  if (typeof evicts !== 'boolean' || !(Number(checkTimeout) >= 0)) return undefined;
  const text = (name: string) => (typeof value[name] === 'string' ? value[name] : undefined);
  return {
    evicts,
    preCheck: text('preCheck'),
    check: text('check'),
    container: text('container'),
    checkTimeout: Number(checkTimeout),
  };
}

const progresses: readonly string[] = ['waits', 'gone', 'done'] satisfies Progress[];

function stepIn(value: unknown): RecordedStep | undefined {
  if (!isRecord(value)) return undefined;
  const { pod, uid, held, progress = 'waits' } = value;
  if (typeof pod !== 'string' || ordinalOf(pod) < 0 || typeof uid !== 'string' || uid === '') return undefined;
  if (typeof progress !== 'string' || !progresses.includes(progress)) return undefined;
  const step: RecordedStep = { pod, uid, progress: progress as Progress };
  if (held === undefined) return step;
  if (!Array.isArray(held)) return undefined;
  const claims = held.flatMap(heldIn);
  return claims.length < held.length ? undefined : { ...step, held: claims };
}

function heldIn(value: unknown): Held[] {
  if (!isRecord(value) || typeof value['claim'] !== 'string') return [];
  const { claim, uid, volume } = value;
  return [
    { claim, uid: typeof uid === 'string' ? uid : undefined, volume: typeof volume === 'string' ? volume : undefined },
  ];
}
