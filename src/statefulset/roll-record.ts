/**
 * What is written down of a roll, so that another machine can go on with it: the settings, and of each step the pod that
 * was to go, by its UID, and how far it came. Times are left out: no other machine's clock is this one's.
 */
import { isRecord, parseObject } from '../objects/shape.ts';
import type { Held, RollSettings, RollState, RollStep } from './roll.ts';

/** The Lease of a set's roll. A set's name has at most 52 characters where it makes pods, a Lease's 253. */
export function leaseName(set: string): string {
  return `kubectl-sts-roll-${set}`;
}

export const rollAnnotation = 'kubectl-sts/roll';

/** What is asked in pods: a command each, for a shell; undefined where nothing is. */
export interface RollChecks {
  preCheck: string | undefined;
  check: string | undefined;
}

export interface RollRecord {
  /** Tells one roll of a set from the next. */
  id: string;
  set: RollState['set'];
  settings: RollSettings;
  checks: RollChecks;
  steps: RecordedStep[];
}

/** How far a step came: not evicted as far as is known, evicted and gone, or back with its checks passed. */
export type Progress = 'waits' | 'gone' | 'done';

export interface RecordedStep {
  pod: string;
  ordinal: number;
  uid: string;
  held: Held[];
  progress: Progress;
  /** Of the new pod, once it is done. */
  successor?: string | undefined;
}

export function writeRoll(id: string, { set, settings, steps }: RollState, checks: RollChecks): string {
  const record: RollRecord = { id, set, settings, checks, steps: steps.map(recorded) };
  return JSON.stringify(record);
}

function recorded({ pod, ordinal, uid, held, phase }: RollStep): RecordedStep {
  switch (phase.kind) {
    case 'done':
      return { pod, ordinal, uid, held, progress: 'done', successor: phase.uid };
    case 'coming':
    case 'check':
    case 'dns':
      return { pod, ordinal, uid, held, progress: 'gone' };
    default:
      return { pod, ordinal, uid, held, progress: 'waits' };
  }
}

/**
 * The roll as it goes on here. What was evicted, and not heard of, is known by its UID; the checks of a pod that was not
 * done run again.
 *
 * @param now milliseconds
 */
export function resumed({ set, settings, steps }: RollRecord, now: number): RollState {
  return {
    settings,
    set,
    begun: now,
    steps: steps.map(({ pod, ordinal, uid, held, progress, successor = '' }): RollStep => {
      const common = { pod, ordinal, uid, held };
      if (progress === 'done') return { ...common, phase: { kind: 'done', uid: successor }, begun: now };
      if (progress === 'gone') return { ...common, phase: { kind: 'coming' }, begun: now };
      return { ...common, phase: { kind: 'waits' }, begun: undefined };
    }),
    acted: now,
    interrupted: false,
    end: undefined,
  };
}

/** @returns the record, or why it cannot be gone on with: anybody may have edited it */
export function readRoll(text: string): RollRecord | { unreadable: string } {
  const parsed = parseObject(text);
  if ('unreadable' in parsed) return parsed;
  const { id, set, settings, checks, steps } = parsed.object;
  if (typeof id !== 'string' || id === '') return { unreadable: 'it has no id' };
  if (!isRecord(set) || typeof set['uid'] !== 'string' || typeof set['generation'] !== 'number') {
    return { unreadable: 'it does not say of which set it is' };
  }
  const known = settingsIn(settings);
  if (known === undefined) return { unreadable: 'its settings are not all there' };
  if (!Array.isArray(steps)) return { unreadable: 'it has no steps' };
  const all = steps.map(stepIn);
  const read = all.filter((each) => each !== undefined);
  if (read.length < all.length) return { unreadable: `its step ${all.indexOf(undefined) + 1} is not all there` };
  if (new Set(read.map(({ pod }) => pod)).size < read.length) return { unreadable: 'a pod is in it twice' };
  const { uid, generation } = set;
  return { id, set: { uid, generation }, settings: known, checks: checksIn(checks), steps: read };
}

const numbers = ['maxUnavailable', 'timeout', 'deadline', 'stable'] as const;
const switches = ['preCheck', 'check', 'waitDns'] as const;

function settingsIn(value: unknown): RollSettings | undefined {
  if (!isRecord(value)) return undefined;
  // A number below 0 would let a guard of the roll pass that must not.
  const isWhole = numbers.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0);
  const isSet = switches.every((name) => typeof value[name] === 'boolean');
  if (!isWhole || !isSet || Number(value['maxUnavailable']) < 1) return undefined;
  const read = [...numbers, ...switches].map((name) => [name, value[name]]);
  return Object.fromEntries(read) as unknown as RollSettings;
}

function checksIn(value: unknown): RollChecks {
  const text = (name: string) => (isRecord(value) && typeof value[name] === 'string' ? value[name] : undefined);
  return { preCheck: text('preCheck'), check: text('check') };
}

const progresses: readonly string[] = ['waits', 'gone', 'done'] satisfies Progress[];

function stepIn(value: unknown): RecordedStep | undefined {
  if (!isRecord(value)) return undefined;
  const { pod, ordinal, uid, held, progress, successor } = value;
  if (typeof pod !== 'string' || typeof uid !== 'string' || uid === '') return undefined;
  if (typeof ordinal !== 'number' || typeof progress !== 'string' || !progresses.includes(progress)) return undefined;
  if (!Array.isArray(held)) return undefined;
  const claims = held.flatMap(heldIn);
  if (claims.length < held.length) return undefined;
  return {
    pod,
    ordinal,
    uid,
    held: claims,
    progress: progress as Progress,
    ...(typeof successor === 'string' && { successor }),
  };
}

function heldIn(value: unknown): Held[] {
  if (!isRecord(value) || typeof value['claim'] !== 'string') return [];
  const { claim, uid, volume } = value;
  return [
    { claim, uid: typeof uid === 'string' ? uid : undefined, volume: typeof volume === 'string' ? volume : undefined },
  ];
}

/** What was seen of a lease: nobody's clock is compared, only how long it has been silent here. */
export interface Sighting {
  holder: string | undefined;
  /** Of the lease, as it was last seen to change. */
  version: string;
  /** When that was first seen, by the clock of this machine: milliseconds. */
  since: number;
}

/** @returns the sighting that counts: the same one for as long as the lease does not change */
export function sighted(
  before: Sighting | undefined,
  lease: { holder: string | undefined; version: string },
  now: number,
): Sighting {
  if (before && before.version === lease.version) return before;
  return { ...lease, since: now };
}

/** Whether its holder has been silent for so long that it counts as gone. One that gave it up has no holder. */
export function isFree({ holder, since }: Sighting, duration: number, now: number): boolean {
  return !holder || now - since >= duration;
}
