/** Tells from the topologies of a first reading which objects the status of their sets needs besides. */
import { statusesOf } from '#src/objects/podstatus.ts';
import type { Needs } from '#src/objects/snapshot.ts';
import type { Pod } from '#src/objects/types.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import { needsAbout } from '#src/tree/model/needs.ts';
import { storageOf } from '#src/tree/model/summary.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import { findsNoSpace, restartsAgain } from './containercauses.ts';

/** Of a set that is well, nothing: its status shows no volume. */
export function statusNeeds(list: readonly Topology[]): Needs {
  const needs = needsAbout(list, list.flatMap(storageInDoubt));
  return { ...needs, warnings: [...new Set([...needs.warnings, ...list.flatMap(restartingPods)])] };
}

/** The UIDs of the pods that are ready between two restarts: events tell whether a probe is the reason. */
function restartingPods({ members, rollout }: Topology): string[] {
  if (!('now' in rollout)) return [];
  const pods = members.flatMap((member) => (member.state === 'found' ? member.pod : []));
  return pods
    .filter((pod) => statusesOf(pod).some((each) => restartsAgain(each, rollout.now)))
    .flatMap(({ metadata }) => metadata.uid ?? []);
}

/**
 * The claims that wait or go, and those of the pods that no node takes, whose node may be lost, or that find no space:
 * their volumes and classes may tell why, which nodes reach them, and whether they can grow.
 */
function storageInDoubt(topology: Topology): Storage[] {
  const own = storageOf(topology).filter(({ claim, findings }) => {
    return claim.state === 'found' && findings.some(({ kind }) => kind === 'pending' || kind === 'being deleted');
  });
  const present = topology.members.filter((member) => member.state === 'found');
  const inNeed = present.filter(
    ({ pod, unschedulable, lostNode }) =>
      (unschedulable ?? lostNode) !== undefined || endings(pod).some((message) => findsNoSpace(message)),
  );
  return [...own, ...inNeed.flatMap(({ storage }) => storage)];
}

/** What the containers of a pod have left behind. */
function endings(pod: Pod): string[] {
  return statusesOf(pod).flatMap(({ state, lastState }) => (state?.terminated ?? lastState?.terminated)?.message ?? []);
}
