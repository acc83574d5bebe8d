/** Goes on with a recorded roll: whether that is possible, and the state that it goes on from. */
import type { StatefulSet } from '#src/objects/types.ts';
import { isOrdered } from '#src/statefulset/controller/revisions.ts';
import { ordinalOf, podName } from '#src/statefulset/identity.ts';
import type { RollRecord } from './record.ts';
import { heldBy, nobodyAsked, type RollState, type RollStep, type View } from './state.ts';

/** Why nobody can go on with a roll in its set as the set is now. */
export type Mismatch =
  | { kind: 'set recreated' }
  | { kind: 'set changed' }
  /** The record names a pod that is none of the set's. */
  | { kind: 'strange pod'; pod: string }
  /** The record lets several pods of an OrderedReady set go at a time. */
  | { kind: 'ordered set' };

/** Why a roll is not resumed. */
export type ResumeRefusal =
  | { kind: 'no roll' }
  /** The Lease went while this run waited for it. */
  | { kind: 'roll gone' }
  | { kind: 'unreadable'; why: string }
  | { kind: 'mismatch'; id: string; mismatch: Mismatch }
  /** The person did not repeat the flags that make the roll bold. Both are such flags, quoted for a shell. */
  | { kind: 'not agreed'; id: string; recorded: readonly string[]; said: readonly string[]; command: string }
  | { kind: 'held'; id: string; holder: string | undefined }
  /** The record changed while this run took the roll over. */
  | { kind: 'changed meanwhile' };

/** @returns undefined where the roll can go on */
export function mismatchOf({ set, settings, steps }: RollRecord, now: StatefulSet): Mismatch | undefined {
  const { uid, generation, name } = now.metadata;
  if (uid !== set.uid) return { kind: 'set recreated' };
  if (generation !== set.generation) return { kind: 'set changed' };
  const stranger = steps.find(({ pod }) => pod !== podName(name, ordinalOf(pod)));
  if (stranger) return { kind: 'strange pod', pod: stranger.pod };
  return settings.maxUnavailable > 1 && isOrdered(now) ? { kind: 'ordered set' } : undefined;
}

/** Whether two records are of one roll that is carried out in the same way, however far it has come. */
export function isSameRoll(one: RollRecord, other: RollRecord): boolean {
  const terms = ({ id, set, handling, settings }: RollRecord) => JSON.stringify([id, set, handling, settings]);
  return terms(one) === terms(other);
}

/**
 * The state from which a recorded roll goes on. The UID of a pod shows whether it was evicted, even if nobody heard so.
 * The checks of a pod that was not done run again.
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
    steps: steps.map(({ pod, uid, progress = 'waits', sent, held }): RollStep => {
      const old = known.get(uid);
      const common = {
        pod,
        ordinal: ordinalOf(pod),
        uid,
        sentAt: sent ? now : undefined,
        held: held ?? (view.set && old ? heldBy(view.set, old, view.claims) : []),
      };
      if (progress === 'done') return { ...common, phase: { kind: 'done', uid: '' }, begun: now };
      if (progress === 'gone') return { ...common, phase: { kind: 'coming' }, begun: now };
      return { ...common, phase: { kind: 'waits' }, begun: undefined };
    }),
    leading: nobodyAsked,
    acted: now,
    uncountedSince: undefined,
    interrupted: false,
    end: undefined,
  };
}
