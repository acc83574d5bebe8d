/** What the deletion of a pod by hand would change or lose. Its successor comes from the set's templates. */
import type { Lookup } from '#src/objects/snapshot.ts';
import type { Claim, Pod, StatefulSet, Volume } from '#src/objects/types.ts';
import { revisionOf } from './controller/pods.ts';
import { firstUpdated, isOutdated, revisionAt } from './controller/revisions.ts';
import { type GoingClaim, goesWithPod, goingClaim } from './fate.ts';
import { isMember, isWanted, ordinalOf, wantedOrdinals } from './identity.ts';
import { lackedTemplates, mountsOf } from './storage.ts';

export interface Stakes {
  /** A claim of the pod that is being deleted: it goes with the pod. */
  endangered: GoingClaim | undefined;
  /** The claims that the pod owns, and that the garbage collector deletes with it; undefined where nobody knows. */
  goes: readonly GoingClaim[] | undefined;
  /** The revision of its successor, if that is another one. */
  comesBackIn: string | undefined;
  /** The partition keeps the pod's revision, which is not the update revision: its successor would have it too. */
  kept: boolean;
  /** The claim templates for which the pod has no volume. */
  lacks: readonly string[];
  /** The claims of such a pod that its successor would not get: it would begin on an empty volume. */
  former: readonly string[];
}

/** Whether no claim would go with the pod, as far as is known. */
export function isLossless({ endangered, goes }: Stakes): boolean {
  return endangered === undefined && goes?.length === 0;
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

/** What is known of claims. */
interface ClaimContext {
  set: StatefulSet;
  /** Of the namespace; undefined where they could not be read. */
  claims: readonly Claim[] | undefined;
  volumeOf: (name: string) => Lookup<Volume>;
}

export function stakesOf({ set, claims, volumeOf }: ClaimContext, pod: Pod | undefined): Stakes {
  if (pod === undefined || !isMember(set, pod)) return nothing;
  const mounts = mountsOf(set, pod);
  const mounted = new Set(mounts.map(({ claim }) => claim));
  const going = claims?.find(({ metadata }) => metadata.deletionTimestamp && mounted.has(metadata.name));
  const lacks = lackedTemplates(set, pod);
  const former = mounts.filter(({ origin }) => lacks.length > 0 && origin === 'former template');
  const ordinal = ordinalOf(pod.metadata.name);
  const successor = isWanted(wantedOrdinals(set), ordinal) ? revisionAt(set, ordinal) : undefined;
  return {
    endangered: going && goingClaim(going, volumeOf),
    goes:
      claims === undefined && mounts.length > 0
        ? undefined
        : (claims ?? []).filter((claim) => goesWithPod(claim, pod)).map((claim) => goingClaim(claim, volumeOf)),
    comesBackIn: successor === revisionOf(pod) ? undefined : successor,
    kept: ordinal < firstUpdated(set) && successor === revisionOf(pod) && isOutdated(set, pod),
    lacks,
    former: former.map(({ claim }) => claim),
  };
}
