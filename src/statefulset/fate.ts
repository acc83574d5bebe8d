/**
 * What becomes of a claim, and of its data. The garbage collector deletes a claim when the last of its owners is gone;
 * what then becomes of the volume is in the volume's own reclaim policy.
 * Source: `attemptToDeleteItem`, pkg/controller/garbagecollector/garbagecollector.go; `reclaimVolume`,
 * pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
import { isOfKind, type OwnerReference, podKind, refersTo, setKind } from '#src/objects/owners.ts';
import type { Lookup, Part, Snapshot } from '#src/objects/snapshot.ts';
import type { Claim, Named, Volume } from '#src/objects/types.ts';
import { isBoundTo } from './volumematch.ts';

/** An object in a claim's ownerReferences. It belongs to the claim's namespace, or to none. */
export type Owner = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;

export type ClaimFate =
  /** Nobody owns it. */
  | { kind: 'stays' }
  /** It is being deleted. */
  | { kind: 'goes now' }
  /** Its owners are gone already, so that the garbage collector deletes it. */
  | { kind: 'owners are gone'; owners: readonly Owner[] }
  /** It goes when the last of its owners is gone. `delete --cascade=orphan` takes the owner away, and the claim stays. */
  | { kind: 'goes with'; owners: readonly Owner[] };

/** Whether an owner in the namespace is known to be gone. Of most kinds nobody knows. */
export type IsGone = (namespace: string | undefined, owner: Owner) => boolean;

export function fateOf({ metadata }: Claim, isGone: IsGone): ClaimFate {
  if (metadata.deletionTimestamp) return { kind: 'goes now' };
  return fateByOwners(metadata.ownerReferences ?? [], metadata.namespace, isGone);
}

export function fateByOwners(owners: readonly Owner[], namespace: string | undefined, isGone: IsGone): ClaimFate {
  if (owners.length === 0) return { kind: 'stays' };
  const solid = owners.filter((owner) => !isGone(namespace, owner));
  return solid.length > 0 ? { kind: 'goes with', owners: solid } : { kind: 'owners are gone', owners };
}

/** Whether the claim goes when the pod does: the pod alone owns it. */
export function goesWithPod({ metadata }: Claim, pod: Pick<Named, 'metadata'>): boolean {
  const { ownerReferences = [] } = metadata;
  return ownerReferences.length > 0 && ownerReferences.every((owner) => refersTo(owner, podKind, pod));
}

/** The sets and pods of a Snapshot tell whether an owner of their kind is gone, where all of them were read. */
export function goneOwners({ statefulSets, pods }: Pick<Snapshot, 'statefulSets' | 'pods'>): IsGone {
  const [set, pod] = [uidsOf(statefulSets), uidsOf(pods)];
  return (namespace, owner) => {
    if (!owner.uid) return false;
    if (isOfKind(owner, setKind)) return set !== undefined && !set.has(namespacedKey(namespace, owner.uid));
    return isOfKind(owner, podKind) && pod !== undefined && !pod.has(namespacedKey(namespace, owner.uid));
  };
}

/** Undefined where an object may be missing from the part, or does not tell its UID. */
function uidsOf({ items, others }: Part<Named>): ReadonlySet<string> | undefined {
  if (others !== 'missing' || items.some(({ metadata }) => !metadata.uid)) return undefined;
  return new Set(items.map(({ metadata }) => namespacedKey(metadata.namespace, metadata.uid ?? '')));
}

/** What becomes of a volume when its claim is deleted. */
export type VolumeFate =
  /** Retain: the volume keeps the data, and is Released. */
  | 'kept'
  /** Retain, and the volume is being deleted itself: it goes with its claim, and the storage behind it stays. */
  | 'released from its object'
  /** Delete, and a provisioner made it: it is deleted with its data. */
  | 'deleted'
  /** Delete, and a person made it. Where nobody knows how to delete it, it stays. */
  | 'to be deleted'
  /** Recycle: the data is deleted, and the volume stays. */
  | 'scrubbed'
  /** The volume was not read. */
  | 'unknown';

const provisioned = 'pv.kubernetes.io/provisioned-by';

/** A claim that goes, and what becomes of its volume. */
export interface GoingClaim {
  claim: string;
  volumeFate: VolumeFate | undefined;
}

export function goingClaim(claim: Claim, volumeOf: (name: string) => Lookup<Volume>): GoingClaim {
  const { volumeName } = claim.spec ?? {};
  return {
    claim: claim.metadata.name,
    volumeFate: volumeFateOf(claim, volumeName ? volumeOf(volumeName) : undefined),
  };
}

/**
 * Undefined where the claim has no volume that could go with it: it is not bound, or the volume is another claim's, or
 * missing.
 */
export function volumeFateOf(claim: Claim, volume: Lookup<Volume> | undefined): VolumeFate | undefined {
  if (volume === undefined || volume.state === 'missing') return undefined;
  if (volume.state !== 'found') return claim.status?.phase === 'Bound' ? 'unknown' : undefined;
  const { metadata, spec } = volume.object;
  // A volume in a file may not say whose it is.
  const reference = spec?.claimRef;
  if (reference !== undefined && reference !== null && !isBoundTo(claim, volume.object)) return undefined;
  switch (spec?.persistentVolumeReclaimPolicy ?? 'Retain') {
    case 'Retain':
      return metadata.deletionTimestamp ? 'released from its object' : 'kept';
    case 'Delete':
      return metadata.annotations?.[provisioned] === undefined ? 'to be deleted' : 'deleted';
    case 'Recycle':
      return 'scrubbed';
    default:
      return 'unknown';
  }
}
