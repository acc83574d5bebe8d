/** What helps where a roll may not begin, because the controller is at work or waits in vain. */
import { controllerOf, ownerName } from '#src/objects/owners.ts';
import type { Pod, StatefulSet } from '#src/objects/types.ts';
import { blockerOf } from '#src/statefulset/blocker.ts';
import { isTerminating, revisionOf } from '#src/statefulset/controller/pods.ts';
import { isOrdered } from '#src/statefulset/controller/revisions.ts';
import type { GoingClaim } from '#src/statefulset/fate.ts';
import { isMember, isWanted, ordinalOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import type { Rollout } from '#src/statefulset/rollout.ts';
import { isOnLostNode, type Stuck } from '#src/statefulset/stuck.ts';
import { longWait } from '#src/statefulset/waiting.ts';

export type Remedy =
  /** It goes on by itself, as far as is known. `troubled`: it waits for a pod that something is wrong with. */
  | { kind: 'wait'; troubled: string | undefined }
  /** The set does not come back. */
  | { kind: 'none' }
  /** Whether it goes on is not known: these pods tell more. */
  | { kind: 'look'; pods: string[] }
  /** The claim goes with the pod, which must not be deleted before its data is safe. */
  | ({ kind: 'save data'; pod: string } & GoingClaim)
  /**
   * The controller does not delete the pod. `comesBack`: in another revision, or not at all, since it is not wanted.
   * `goes`: the claims that go with it; undefined where nobody knows.
   */
  | { kind: 'delete pod'; pod: string; comesBack: boolean; goes: readonly GoingClaim[] | undefined }
  /** The pod is being deleted already, and these or its node hold it. */
  | { kind: 'let it end'; pod: string; finalizers: string[]; node: string | undefined }
  /** Another pod has the name. `owner`: its controller, as in `ReplicaSet/web`. */
  | { kind: 'free the name'; pod: string; owner: string | undefined }
  /**
   * The pod would come back as it is. `undo`: there is a revision to go back to. `remains`: the controller does not
   * replace the broken pod afterwards. `goes`: as above.
   */
  | { kind: 'mend the pod'; pod: string; undo: boolean; remains: boolean; goes: readonly GoingClaim[] | undefined }
  /** What the API server says against the pod. */
  | { kind: 'mend the cause' }
  | { kind: 'rename the set' }
  | { kind: 'change the strategy' };

/** @param pods of the namespace, as far as they were read */
export function remedyFor(set: StatefulSet, rollout: Rollout, pods: readonly Pod[]): Remedy {
  if (rollout.state === 'deleting') return { kind: 'none' };
  if (!('judgement' in rollout)) return { kind: 'wait', troubled: undefined };
  const { judgement, waitsFor } = rollout;
  switch (judgement.kind) {
    case 'goes on': {
      const old = waitsFor.find(({ outdated, lasted = 0 }) => outdated && lasted >= longWait);
      if (old) return { kind: 'look', pods: [old.pod] };
      return { kind: 'wait', troubled: waitsFor.find(({ object }) => object && blockerOf(object).trouble)?.pod };
    }
    case 'undetermined':
      return { kind: 'look', pods: waitsFor.map(({ pod }) => pod) };
    case 'stuck':
      return ofStuck(set, judgement.stuck, pods);
  }
}

function ofStuck(set: StatefulSet, stuck: Stuck, pods: readonly Pod[]): Remedy {
  const { pod: name, cause, endangered, goes, mayRecover } = stuck;
  const pod = pods.find(({ metadata }) => metadata.name === name);
  switch (cause) {
    case 'name taken': {
      const owner = pod && controllerOf(pod);
      return { kind: 'free the name', pod: name, owner: owner && ownerName(owner) };
    }
    case 'label too long':
      return { kind: 'rename the set' };
    case 'strategy not enabled':
      return { kind: 'change the strategy' };
    case 'cannot be created':
      return { kind: 'mend the cause' };
    case 'identity does not fit':
    case 'claims do not fit':
      return { kind: 'delete pod', pod: name, comesBack: true, goes };
    case 'does not end':
    case 'broken in an older revision':
    case 'broken in the update revision':
      if (endangered !== undefined) return { kind: 'save data', pod: name, ...endangered };
      return pod === undefined || mayRecover || (isOnLostNode(stuck) && !isTerminating(pod))
        ? { kind: 'look', pods: [name] }
        : ofBroken(set, pod, stuck);
  }
}

function ofBroken(set: StatefulSet, pod: Pod, { goes, comesBackIn }: Stuck): Remedy {
  const { name, finalizers = [] } = pod.metadata;
  if (isTerminating(pod)) return { kind: 'let it end', pod: name, finalizers, node: pod.spec?.nodeName };
  const isCondemned = isMember(set, pod) && !isWanted(wantedOrdinals(set), ordinalOf(name));
  if (isCondemned) return { kind: 'delete pod', pod: name, comesBack: false, goes };
  // Also where the partition would bring it back in its old revision.
  if (comesBackIn === undefined) {
    const { currentRevision, updateRevision } = set.status ?? {};
    const undo = currentRevision !== updateRevision && revisionOf(pod) === updateRevision;
    return { kind: 'mend the pod', pod: name, undo, remains: isOrdered(set), goes };
  }
  return { kind: 'delete pod', pod: name, comesBack: true, goes };
}
