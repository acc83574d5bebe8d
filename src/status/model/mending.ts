/** What helps a pod that fails: another pod, or another revision. */

import { isReady } from '#src/statefulset/controller/pods.ts';
import { firstUpdated, isOnDelete, isOrdered } from '#src/statefulset/controller/revisions.ts';
import { stakesOf } from '#src/statefulset/stakes.ts';
import type { PresentPod } from '#src/tree/model/members.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Action, Afterwards, Change, Deletion } from './actions.ts';
import type { Cause, MissingObject } from './causes.ts';

/**
 * What helps a pod that fails in its revision: another pod in a newer one, or a newer revision. An ordered set's
 * controller replaces no broken pod: it stays after the template is mended. A pod that is ready, between two restarts of a
 * container, is to be looked at first.
 *
 * @param mend the change of the template that mends just this
 */
export function mending(
  topology: Topology,
  member: PresentPod | undefined,
  mend?: (afterwards: Afterwards) => Change,
): Action[] {
  if (member === undefined || isReady(member.pod)) return [];
  const { set } = topology;
  if (!member.wanted) return [ofPod(topology, member, 'condemned')];
  const change = ofPod(topology, member, 'successor');
  if (change.comesBackIn !== undefined) return [change];
  const { name } = member.pod.metadata;
  const held = member.ordinal < firstUpdated(set) ? name : undefined;
  const stays = isOrdered(set) || isOnDelete(set);
  const afterwards: Afterwards = { held, remains: stays && held === undefined ? change : undefined };
  const { currentRevision, updateRevision } = set.status ?? {};
  const canUndo = member.revision === 'update' && currentRevision !== updateRevision;
  const to = topology.currentNumber;
  const hasClaims = member.storage.length > 0;
  return [
    // It tells whether the second newest revision is the one that has worked.
    ...(canUndo && to === undefined ? [{ do: 'list objects', object: 'ControllerRevision' } as const] : []),
    ...(canUndo ? [{ do: 'undo the rollout', to, hasClaims, ...afterwards } as const] : []),
    ...(mend ? [mend(afterwards)] : []),
    ...(mend || canUndo ? [] : [{ ...change, why: 'starts anew' } as const]),
  ];
}

/** The kubelet tries again by itself: where a missing object is created, no pod has to be deleted. */
export function supplying(
  object: MissingObject | undefined,
  topology: Topology,
  member: PresentPod | undefined,
): Action[] {
  const mended = mending(topology, member);
  if (object === undefined || member?.wanted !== true) return mended;
  return [{ do: 'create the object', missing: object }, ...mended.filter(isNoNewStart)];
}

/** A container that runs and is not ready yet may be loading: started anew, it would begin again. */
export function probed(
  { probe }: Extract<Cause['what'], { kind: 'probe' }>,
  topology: Topology,
  member: PresentPod | undefined,
): Action[] {
  const mended = mending(topology, member);
  return probe === 'readiness' ? mended.filter(isNoNewStart) : mended;
}

function isNoNewStart(action: Action): boolean {
  return action.do !== 'delete the pod' || action.why !== 'starts anew';
}

export function ofPod({ set, members }: Topology, member: PresentPod, why: 'successor' | 'condemned'): Deletion {
  const storage = members.flatMap((each) => each.storage);
  const claims = storage.flatMap(({ claim }) => (claim.state === 'found' ? claim.object : []));
  const volumes = new Map(storage.flatMap(({ volume }) => (volume ? [[volume.name, volume.volume] as const] : [])));
  const isKnown = storage.every(({ claim }) => claim.state === 'found' || claim.state === 'missing');
  const stakes = stakesOf(
    { set, claims: isKnown ? claims : undefined, volumeOf: (name) => volumes.get(name) ?? { state: 'not given' } },
    member.pod,
  );
  const goes = stakes.endangered && stakes.goes ? [stakes.endangered, ...stakes.goes] : stakes.goes;
  return {
    ...deletion(member.pod.metadata.name, why),
    comesBackIn: stakes.comesBackIn,
    goes,
    emptyFor: stakes.lacks,
    hasClaims: member.storage.length > 0,
  };
}

export function deletion(pod: string, why: Deletion['why']): Deletion {
  return {
    do: 'delete the pod',
    pod,
    why,
    comesBackIn: undefined,
    goes: [],
    emptyFor: [],
    hasClaims: false,
  };
}
