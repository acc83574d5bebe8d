/**
 * What the StatefulSet controller does with a pod's claims: it creates those that are missing, and keeps their
 * ownerReferences as the set's retention policy says.
 * Source: stateful_pod_control.go, and `isClaimOwnerUpToDate`, stateful_set_utils.go.
 */
import type { Claim, Pod, StatefulSet } from '#src/objects/types.ts';
import { claimName, isWanted, ordinalOf, wantedOrdinals } from '../identity.ts';
import { templateNames } from '../storage.ts';
import type { Act, Owner, SyncError } from './acts.ts';

/** The claims as the controller's cache has them. */
export interface ClaimContext {
  set: StatefulSet;
  /** By name; undefined where they are not known. */
  claims: ReadonlyMap<string, Claim> | undefined;
}

/** A pod that the controller is about to create has a name and no UID yet. */
export type Owned = Pick<Pod, 'metadata'>;

/** `createPersistentVolumeClaims` */
export function createMissingClaims(context: ClaimContext, pod: Owned): { acts: Act[]; errors: SyncError[] } {
  const acts: Act[] = [];
  const errors: SyncError[] = [];
  const { name } = pod.metadata;
  for (const claim of claimNames(context, pod)) {
    const found = context.claims?.get(claim);
    if (found === undefined) acts.push({ act: 'create claim', claim, pod: name });
    else if (found.metadata.deletionTimestamp) errors.push({ kind: 'claim is being deleted', pod: name, claim });
  }
  return { acts, errors };
}

/** `UpdatePodClaimForRetentionPolicy` */
export function fixClaimOwners(context: ClaimContext, pod: Owned): Act[] {
  return foundClaims(context, pod)
    .filter((claim) => !isOwnerUpToDate(context.set, claim, pod))
    .map((claim) => ({
      act: 'update claim',
      claim: claim.metadata.name,
      pod: pod.metadata.name,
      owners: ownersAfter(context.set, claim, pod),
    }));
}

/** `PodClaimIsStale`: the first claim that still belongs to an earlier pod of the name, and goes with it. */
export function staleClaim(context: ClaimContext, pod: Owned): string | undefined {
  if (retention(context.set).whenScaled === 'Retain') return undefined;
  return foundClaims(context, pod).find((claim) => hasStaleOwner(claim, podIdentity(pod)))?.metadata.name;
}

/** The names of the claims that the templates give a pod. Empty where the claims are not known. */
function claimNames({ set, claims }: ClaimContext, { metadata: { name } }: Owned): string[] {
  if (claims === undefined) return [];
  return templateNames(set).map((template) => claimName(template, set.metadata.name, ordinalOf(name)));
}

function foundClaims(context: ClaimContext, pod: Owned): Claim[] {
  return claimNames(context, pod).flatMap((name) => context.claims?.get(name) ?? []);
}

function retention({ spec }: StatefulSet): { whenScaled: string; whenDeleted: string } {
  const { whenScaled = 'Retain', whenDeleted = 'Retain' } = spec?.persistentVolumeClaimRetentionPolicy ?? {};
  return { whenScaled, whenDeleted };
}

interface Identity {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

function setIdentity({ metadata }: StatefulSet): Identity {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', name: metadata.name, uid: metadata.uid ?? '' };
}

function podIdentity({ metadata }: Owned): Identity {
  return { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid ?? '' };
}

type Reference = NonNullable<Claim['metadata']['ownerReferences']>[number];

function ownersOf({ metadata }: Claim): readonly Reference[] {
  return metadata.ownerReferences ?? [];
}

/** `matchesRef`: by name, not by UID. */
function names({ apiVersion, kind, name }: Identity): (reference: Reference) => boolean {
  return (reference) => reference.apiVersion === apiVersion && reference.kind === kind && reference.name === name;
}

function hasStaleOwner(claim: Claim, identity: Identity): boolean {
  const named = ownersOf(claim).find(names(identity));
  return named !== undefined && named.uid !== identity.uid;
}

function hasOwner(claim: Claim, { uid }: Identity): boolean {
  return ownersOf(claim).some((reference) => reference.uid === uid);
}

/** Which of the two owns the pod's claims under the set's policy. */
function wantedOwners(set: StatefulSet, pod: Owned): { set: boolean; pod: boolean } {
  const { whenScaled, whenDeleted } = retention(set);
  const isCondemned = !isWanted(wantedOrdinals(set), ordinalOf(pod.metadata.name));
  const goesWithPod = whenScaled === 'Delete' && isCondemned;
  return { set: whenDeleted === 'Delete' && !goesWithPod, pod: goesWithPod };
}

function hasUnexpectedController(set: StatefulSet, claim: Claim, pod: Owned): boolean {
  const { whenScaled, whenDeleted } = retention(set);
  if (whenScaled === 'Retain' && whenDeleted === 'Retain') return false;
  return ownersOf(claim).some((reference) => {
    const own = [setIdentity(set), podIdentity(pod)].find((identity) => names(identity)(reference));
    return own === undefined ? reference.controller === true : reference.uid !== own.uid;
  });
}

function isOwnerUpToDate(set: StatefulSet, claim: Claim, pod: Owned): boolean {
  const wanted = wantedOwners(set, pod);
  if (ownersOf(claim).length === 0) return !wanted.set && !wanted.pod;
  const [ofSet, ofPod] = [setIdentity(set), podIdentity(pod)];
  // The claim is from an earlier set or pod of the name, and the controller leaves it alone.
  if (hasStaleOwner(claim, ofSet) || hasStaleOwner(claim, ofPod)) return true;
  const has = { set: hasOwner(claim, ofSet), pod: hasOwner(claim, ofPod) };
  if (hasUnexpectedController(set, claim, pod)) return !has.set && !has.pod;
  const hasWeakOwner = ownersOf(claim).some(
    ({ uid, controller }) => (uid === ofSet.uid || uid === ofPod.uid) && controller !== true,
  );
  if (hasWeakOwner) return false;
  return has.set === wanted.set && has.pod === wanted.pod;
}

/** `updateClaimOwnerRefForSetAndPod` */
function ownersAfter(set: StatefulSet, claim: Claim, pod: Owned): Owner[] {
  const identities = { set: setIdentity(set), pod: podIdentity(pod) };
  const others = ownersOf(claim)
    .filter((reference) => !names(identities.set)(reference) && !names(identities.pod)(reference))
    .map(({ kind, name, uid, controller }) => ({ kind, name, uid, controller: controller === true }));
  if (hasUnexpectedController(set, claim, pod)) return others;
  const wanted = wantedOwners(set, pod);
  const added = (['pod', 'set'] as const)
    .filter((which) => wanted[which] && !others.some(({ uid }) => uid === identities[which].uid))
    .map((which) => {
      const { kind, name, uid } = identities[which];
      return { kind, name, uid, controller: true };
    });
  return [...others, ...added];
}
