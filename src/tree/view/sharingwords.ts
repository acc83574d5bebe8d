/** Puts into words where a claim comes from, and who shares it. */
import { listed, named } from '#src/drawing/sentences.ts';
import { controllerOf, podKind, refersTo } from '#src/objects/owners.ts';
import type { Pod } from '#src/objects/types.ts';
import type { ClaimOrigin, Storage } from '#src/statefulset/storage.ts';
import { holderWords } from './fatewords.ts';

/** What is odd about where a claim comes from; empty where nothing is. */
export function originWords(origin: ClaimOrigin): string {
  switch (origin) {
    case 'former template':
      return 'not a claim that the set gives its pods now';
    case 'not mounted':
      return 'not mounted: the pod has no volume for it';
    default:
      return '';
  }
}

/** The other sets that a claim belongs to. */
export function sharedWords(sets: readonly string[] | undefined): string {
  return sets === undefined ? '' : `shared with ${named(sets.map((set) => `sts/${set}`))}`;
}

/**
 * That the claim of a pod's ephemeral volume was not made for the pod, which then cannot start. Empty otherwise.
 * Source: `VolumeIsForPod`, k8s.io/component-helpers/storage/ephemeral/ephemeral.go.
 */
export function strangerWords({ origin, claim }: Storage, pod: Pod | undefined): string {
  if (origin !== 'ephemeral volume' || claim.state !== 'found' || pod === undefined) return '';
  const controller = controllerOf(claim.object);
  const isForPod = controller !== undefined && refersTo(controller, podKind, pod);
  return isForPod ? '' : 'not made for this pod, which cannot use it';
}

/**
 * What is odd about a claim, and which other pods and sets have it; empty where nothing is and none does.
 *
 * @param own the names of the set's pods
 * @param sets the other sets that the claim belongs to
 */
export function sharingWords(
  { holders, willMount, origin }: Storage,
  own: ReadonlySet<string>,
  sets: readonly string[] | undefined,
): string {
  const foreign = holders.filter(({ pod }) => !own.has(pod));
  const users = foreign.filter(({ state }) => state === 'running');
  const ours = holders.length === 0 ? willMount : holders.length - foreign.length;
  const more = users.length > 1 ? ` and ${users.length - 1} more` : '';
  return listed(
    originWords(origin),
    ours > 1 && `shared by ${ours} pods`,
    sharedWords(sets),
    users[0] && `also mounted by ${users[0].pod}${more}, not of this set`,
    holderWords(foreign.filter(({ state }) => state !== 'running')),
  );
}
