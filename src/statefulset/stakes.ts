/** What the deletion of a pod by hand would change or lose. Its successor comes from the set's templates. */
import { pods as podKind, refersTo } from '#src/objects/owners.ts';
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { revisionOf } from './controller/pods.ts';
import { firstUpdated, isOutdated, revisionAt } from './controller/revisions.ts';
import { isMember, isWanted, ordinalOf, wantedOrdinals } from './identity.ts';
import { lackedTemplates, mountsOf } from './storage.ts';

export interface Stakes {
  /** A claim of the pod that is being deleted: its data would be lost with the pod. */
  endangered: string | undefined;
  /** The claims that the pod owns, and that the garbage collector deletes with it; undefined where nobody knows. */
  goes: readonly string[] | undefined;
  /** The revision of its successor, if that is another one. */
  comesBackIn: string | undefined;
  /** The partition keeps the pod's revision, which is not the update revision: its successor would have it too. */
  kept: boolean;
  /** The claim templates for which the pod has no volume. */
  lacks: readonly string[];
  /** The claims of such a pod that its successor would not get: it would begin on an empty volume. */
  former: readonly string[];
}

/** Of a pod that does not exist, or is not the set's. */
const nothing: Stakes = {
  endangered: undefined,
  goes: [],
  comesBackIn: undefined,
  kept: false,
  lacks: [],
  former: [],
};

/** @param claims of the namespace; undefined where they could not be read */
export function stakesOf(set: StatefulSet, pod: Pod | undefined, claims: readonly Claim[] | undefined): Stakes {
  if (pod === undefined || !isMember(set, pod)) return nothing;
  const mounts = mountsOf(set, pod);
  const mounted = new Set(mounts.map(({ claim }) => claim));
  const going = claims?.find(({ metadata }) => metadata.deletionTimestamp && mounted.has(metadata.name));
  const lacks = lackedTemplates(set, pod);
  const former = mounts.filter(({ origin }) => lacks.length > 0 && origin === 'former template');
  const ordinal = ordinalOf(pod.metadata.name);
  const successor = isWanted(wantedOrdinals(set), ordinal) ? revisionAt(set, ordinal) : undefined;
  return {
    endangered: going?.metadata.name,
    goes: claimsGoingWith(set, pod, claims),
    comesBackIn: successor === revisionOf(pod) ? undefined : successor,
    kept: ordinal < firstUpdated(set) && successor === revisionOf(pod) && isOutdated(set, pod),
    lacks,
    former: former.map(({ claim }) => claim),
  };
}

/**
 * The claims that go with the pod: those that no other object owns. The controller makes the pod the owner of its claims
 * where it scales down by `whenScaled: Delete`, and every pod owns the claims of its ephemeral volumes.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
function claimsGoingWith(
  set: StatefulSet,
  pod: Pod,
  claims: readonly Claim[] | undefined,
): readonly string[] | undefined {
  if (claims === undefined) return mountsOf(set, pod).length > 0 ? undefined : [];
  return claims
    .filter(({ metadata: { ownerReferences = [] } }) => {
      return ownerReferences.length > 0 && ownerReferences.every((owner) => refersTo(owner, podKind, pod));
    })
    .map(({ metadata }) => metadata.name);
}
