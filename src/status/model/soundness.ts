/** Which pods do not fail, whatever they wait for: who watches them knows how long a failure has lasted. */
import type { Snapshot } from '#src/objects/snapshot.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import { failureOf } from '#src/statefulset/failure.ts';
import { isMember } from '#src/statefulset/identity.ts';
import { rolloutContexts } from '#src/statefulset/rolloutcontext.ts';

/** The UIDs of the sets' pods about which there is no evidence of a failure. */
export function soundPods(snapshot: Snapshot, sets: readonly StatefulSet[]): string[] {
  const contextOf = rolloutContexts(snapshot);
  return sets.flatMap((set) => {
    const context = contextOf(set);
    const own = (context.pods ?? []).filter((pod) => isMember(set, pod));
    return own.flatMap((pod) => (failureOf(pod, context).evidence.length === 0 ? (pod.metadata.uid ?? []) : []));
  });
}
