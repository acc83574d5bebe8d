/**
 * Decides which claims of a StatefulSet stand below none of its pods: those that it left over, which no pod of the set
 * mounts and the set does not want, and those that its pod template names and that none of its pods mounts.
 *
 * Claims left over keep their data, and cost money, until somebody deletes them.
 */
import type { Claim, StatefulSet } from '#src/objects/types.ts';
import { formerTemplate, type Ground, isCertain, isGivenBy, ordinalOfClaim } from '#src/statefulset/belonging.ts';
import { ordinalOf } from '#src/statefulset/identity.ts';
import { type ClaimOrigin, type Storage, type StorageIndex, templateNames } from '#src/statefulset/storage.ts';

/** A claim that belongs to a set, as far as is known. */
export interface OwnClaim {
  claim: Claim;
  ground: Ground;
  /** The names of the other sets that it belongs to. */
  sharedWith: readonly string[];
}

export interface LeftOver {
  /** The number at the end of its name; undefined where the name has none. */
  ordinal: number | undefined;
  why: WhyLeftOver;
  ground: Ground;
  storage: Storage;
  /**
   * Whether it is certain that nobody needs the claim but its holders: it is known whose the claim is, it is no other
   * set's too, and all pods of the namespace were read. Otherwise one that was not read may mount it.
   */
  sure: boolean;
}

export type WhyLeftOver =
  | { kind: 'ordinal not wanted'; ordinal: number }
  /** The set owns the claim, or made it for a pod, and has no claim template for it. */
  | { kind: 'no template' }
  /**
   * Its labels and the end of its name fit. Either the set once had the claim template, or there was another set, which
   * had one of the templates that this set has.
   */
  | { kind: 'former template'; template: string; otherSet: string | undefined };

/** The claims of a set that stand below none of its pods. */
export interface ClaimsApart {
  /** By ordinal. */
  leftOver: LeftOver[];
  /** By name. */
  unmounted: Storage[];
}

/**
 * @param own the claims of the set
 * @param told the names of those that stand below its pods
 * @param allRead whether all pods of the namespace were read
 */
export function claimsApart(
  set: StatefulSet,
  own: readonly OwnClaim[],
  told: ReadonlySet<string>,
  storage: StorageIndex,
  allRead: boolean,
): ClaimsApart {
  const { namespace } = set.metadata;
  const rest = own.filter(({ claim }) => !told.has(claim.metadata.name));
  const isGiven = ({ claim }: OwnClaim) => isGivenBy(set, claim.metadata.name);
  const [given, others] = [rest.filter(isGiven), rest.filter((each) => !isGiven(each))];
  return {
    leftOver: others
      .map(({ claim, ground, sharedWith }): LeftOver => {
        const { name } = claim.metadata;
        const ordinal = ordinalOf(name);
        return {
          ordinal: ordinal < 0 ? undefined : ordinal,
          why: whyLeftOver(set, name, ground),
          ground,
          storage: storage.beneath({ claim: name, origin: originOf(set, name) }, namespace, 0),
          sure: allRead && isCertain(ground) && sharedWith.length === 0,
        };
      })
      .sort((a, b) => (a.ordinal ?? -1) - (b.ordinal ?? -1) || byName(a.storage, b.storage)),
    unmounted: given
      .map(({ claim: { metadata } }) => {
        const origin = ordinalOfClaim(set, metadata.name) === undefined ? 'pod template' : 'ephemeral volume';
        return storage.beneath({ claim: metadata.name, origin }, namespace, 0);
      })
      .sort(byName),
  };
}

function byName(a: Storage, b: Storage): number {
  return a.name < b.name ? -1 : 1;
}

function originOf(set: StatefulSet, claim: string): ClaimOrigin {
  const ordinal = ordinalOfClaim(set, claim);
  if (ordinal === undefined) return 'former template';
  return ordinal === ordinalOf(claim) ? 'claim template' : 'ephemeral volume';
}

function whyLeftOver(set: StatefulSet, claim: string, ground: Ground): WhyLeftOver {
  const ordinal = ordinalOfClaim(set, claim);
  if (ordinal !== undefined) return { kind: 'ordinal not wanted', ordinal };
  const template = ground === 'ending and labels' ? formerTemplate(set, claim) : undefined;
  if (template === undefined) return { kind: 'no template' };
  const own = templateNames(set).find((name) => template.startsWith(`${name}-`));
  const otherSet = own && `${template.slice(own.length + 1)}-${set.metadata.name}`;
  return { kind: 'former template', template, otherSet };
}
