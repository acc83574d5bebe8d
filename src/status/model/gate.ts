/** Whether a StatefulSet has got where `status --wait` waits for it to be, and whether it still can by itself. */
import { isEnded, isTerminating } from '#src/statefulset/controller/pods.ts';
import { isOnDelete, isOutdated } from '#src/statefulset/controller/revisions.ts';
import type { Progress } from '#src/statefulset/rollout.ts';
import type { Stuck } from '#src/statefulset/stuck.ts';
import type { Topology } from '#src/tree/model/topology.ts';

/**
 * `rollout`: the controller has observed the newest generation, no pod is outside the wanted ordinals, all wanted pods are
 * available, and all from the partition on are at the update revision. `ready`: the same, whatever the pods' revisions.
 */
export const goals = ['rollout', 'ready'] as const;

export type Goal = (typeof goals)[number];

export type Standing =
  | { kind: 'waiting' }
  | { kind: 'met' }
  /** Only a person can get it there, for certain or likely. */
  | { kind: 'stuck'; stuck: Stuck }
  /** OnDelete: these pods have an older revision, and the controller replaces none of them before a person deletes it. */
  | { kind: 'outdated'; pods: readonly string[] }
  | { kind: 'deleting' }
  /** The pods may not be read. The counts in the set's status do not tell which pods they count. */
  | { kind: 'unknown' };

export function standingOf(topology: Topology, goal: Goal): Standing {
  const { rollout } = topology;
  switch (rollout.state) {
    case 'deleting':
      return { kind: 'deleting' };
    case 'no status':
    case 'unseen':
      return { kind: 'waiting' };
    default:
      return standingIn(topology, rollout, goal);
  }
}

function standingIn(topology: Topology, rollout: Progress, goal: Goal): Standing {
  const { judgement, state, unavailable } = rollout;
  if (judgement.kind === 'undetermined' && judgement.missing.includes('pods')) return { kind: 'unknown' };
  // All pods are there in each of these states.
  const areThere = state === 'done' || state === 'updating' || state === 'waits for deletion';
  if (goal === 'ready' && areThere && unavailable.length === 0) return { kind: 'met' };
  // Where each sync of the controller ends with an error, no later change gets through, however well the pods are.
  if (judgement.kind === 'stuck') return { kind: 'stuck', stuck: judgement.stuck };
  if (goal === 'ready') return { kind: 'waiting' };
  const pods = outdatedPods(topology);
  if (pods.length > 0) return { kind: 'outdated', pods };
  return { kind: state === 'done' ? 'met' : 'waiting' };
}

/** The pods that OnDelete leaves in an older revision. One that ends, or is being deleted, gets a successor. */
export function outdatedPods({ set, members }: Topology): string[] {
  if (!isOnDelete(set)) return [];
  return members.flatMap((member) => {
    if (member.state !== 'found' || !member.wanted) return [];
    const { pod } = member;
    return isOutdated(set, pod) && !isEnded(pod) && !isTerminating(pod) ? pod.metadata.name : [];
  });
}

/** What the gate knows of all its sets together: one that cannot get there is enough. */
export function outcomeOf(standings: readonly Standing[]): 'waiting' | 'met' | 'failed' | 'unknown' {
  const kinds = new Set(standings.map(({ kind }) => kind));
  if (kinds.has('stuck') || kinds.has('outdated') || kinds.has('deleting')) return 'failed';
  if (kinds.has('unknown')) return 'unknown';
  return kinds.has('waiting') ? 'waiting' : 'met';
}
