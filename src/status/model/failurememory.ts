/**
 * Since when pods fail, as somebody knows who watches them. The objects alone do not tell: a pod that crashes becomes
 * ready in between, and each time begins anew.
 */
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { isUnavailable } from '#src/statefulset/controller/pods.ts';
import { failureOf } from '#src/statefulset/failure.ts';
import { isMember } from '#src/statefulset/identity.ts';
import type { RolloutContext } from '#src/statefulset/rollout.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';

export interface FailureMemory {
  /** By UID, since when a pod has been failing without having been available, in milliseconds since the epoch. */
  from: ReadonlyMap<string, number>;
  /** When the first reading was, in milliseconds since the epoch; undefined before it. */
  since(): number | undefined;
  /** Takes note of what a reading shows. */
  note(snapshot: Snapshot, sets: readonly StatefulSet[]): void;
}

export function failureMemory(): FailureMemory {
  const from = new Map<string, number>();
  /** The pods that were seen without a failure. */
  const sound = new Set<string>();
  let since: number | undefined;

  function notePod(pod: Pod, context: RolloutContext): void {
    const uid = pod.metadata.uid ?? '';
    const { evidence, isSlowStep, failingSince } = failureOf(pod, context);
    if (evidence.length > 0 && !isSlowStep) {
      // What failed already when it was seen first may have done so for long.
      if (!from.has(uid)) from.set(uid, sound.has(uid) ? context.now : (failingSince ?? context.now));
      return;
    }
    sound.add(uid);
    const { set, now } = context;
    if (!isUnavailable({ minReadySeconds: set.spec?.minReadySeconds ?? 0, now }, pod)) from.delete(uid);
  }

  return {
    from,
    since: () => since,
    note(snapshot, sets) {
      since ??= snapshot.time;
      const contextOf = rolloutContexts(snapshot);
      for (const set of sets) {
        const context = contextOf(set);
        for (const pod of context.pods ?? []) if (isMember(set, pod)) notePod(pod, context);
      }
    },
  };
}
