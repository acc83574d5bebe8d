/**
 * Decides which claims a StatefulSet left over: they come from the set, no pod mounts them, and no set wants them. They
 * keep their data, and cost money, until somebody deletes them.
 */
import { controllerOf, isOfKind, pods, refersTo, statefulSets } from '#src/objects/owners.ts';
import type { Claim, StatefulSet } from '#src/objects/types.ts';
import { claimName, isWanted, ordinalOf, wantedOrdinals } from '#src/statefulset/identity.ts';
import { mountsAt, type Storage, type StorageIndex, templateNames } from '#src/statefulset/storage.ts';

export interface LeftOver {
  ordinal: number;
  storage: Storage;
  fate: ClaimFate;
  /** Whether all pods were read. Otherwise a pod that was not read may mount the claim. */
  sure: boolean;
}

/**
 * What will become of a claim. Its ownerReferences decide, and not the set's retention policy: the controller applies
 * the policy only to the claims of pods that exist, so that a claim which was left over before outlives the set.
 */
export type ClaimFate = 'stays' | 'goes with the set' | 'goes with its pod' | 'goes now';

export function fateOf(claim: Claim, set: StatefulSet): ClaimFate {
  if (claim.metadata.deletionTimestamp) return 'goes now';
  const owners = claim.metadata.ownerReferences ?? [];
  if (owners.some((owner) => isOfKind(owner, pods))) return 'goes with its pod';
  return owners.some((owner) => refersTo(owner, statefulSets, set)) ? 'goes with the set' : 'stays';
}

/**
 * The claims that `set` left over, by ordinal. A claim comes from the set if its ownerReferences say so, or, where it
 * has none, its name and labels.
 *
 * @param all every set of the snapshot, since another one may want the same claim
 * @param sure whether all pods of the namespace were read
 */
export function leftOvers(
  set: StatefulSet,
  all: readonly StatefulSet[],
  claims: readonly Claim[],
  storage: StorageIndex,
  sure: boolean,
): LeftOver[] {
  const { namespace } = set.metadata;
  const others = all.filter(({ metadata }) => metadata.namespace === namespace);
  return claims
    .filter((claim) => claim.metadata.namespace === namespace && comesFrom(claim, set))
    .filter((claim) => storage.mountedBy(claim).length === 0 && !others.some((other) => wants(other, claim)))
    .map((claim) => ({
      ordinal: ordinalOf(claim.metadata.name),
      storage: storage.beneath({ claim: claim.metadata.name, origin: 'claim template' }, namespace, 0),
      fate: fateOf(claim, set),
      sure,
    }))
    .sort((a, b) => a.ordinal - b.ordinal || (a.storage.name < b.storage.name ? -1 : 1));
}

/** Whether the controller of `set` would mount `claim` into a pod at a wanted ordinal. */
function wants(set: StatefulSet, claim: Claim): boolean {
  const { name } = claim.metadata;
  const range = wantedOrdinals(set);
  const ordinal = ordinalOf(name);
  if (
    isWanted(range, ordinal) &&
    templateNames(set).some((template) => name === claimName(template, set.metadata.name, ordinal))
  ) {
    return true;
  }
  // Every pod mounts the claims that the pod template names.
  return (
    range.end > range.start &&
    mountsAt(set, range.start).some((mount) => mount.origin === 'pod template' && mount.claim === name)
  );
}

function comesFrom(claim: Claim, set: StatefulSet): boolean {
  const { metadata } = claim;
  const ordinal = ordinalOf(metadata.name);
  if (ordinal < 0) return false;
  const owner = controllerOf(claim) ?? metadata.ownerReferences?.[0];
  if (owner?.kind === 'StatefulSet') return refersTo(owner, statefulSets, set);
  if (templateNames(set).some((template) => metadata.name === claimName(template, set.metadata.name, ordinal)))
    return true;
  // The set may no longer have the template. The controller gave the claim the labels of the set's selector.
  const labels = Object.entries(set.spec?.selector?.matchLabels ?? {});
  return (
    metadata.name.endsWith(`-${set.metadata.name}-${ordinal}`) &&
    labels.length > 0 &&
    labels.every(([key, value]) => metadata.labels?.[key] === value)
  );
}
