/** What `tree -o json` says of claims, and what follows from it for a deletion, as docs/output.md has it. */
import assert from 'node:assert/strict';

export interface ClaimSaying {
  name: string;
  uid: string;
  deletionTimestamp?: string;
  mountedBy: string[];
  heldBy?: { pod: string; state: string }[];
  fate: string;
  owners?: { kind: string; name: string; uid: string }[];
  fateByPolicy?: object;
  volumeFate?: string;
  volume?: { name: string };
}

export interface SetSaying {
  metadata: { name: string; uid: string };
  pods: { name: string; claims: ClaimSaying[] }[];
  notMounted: ClaimSaying[];
  leftOver: ClaimSaying[];
  summary: { claims: { count: number } };
}

/** All claims of a set, each once. */
export function claimsIn({ pods, notMounted, leftOver, summary }: SetSaying): ClaimSaying[] {
  const claims = [...pods.flatMap((pod) => pod.claims), ...notMounted, ...leftOver].filter(({ uid }) => uid);
  assert.equal(new Set(claims.map(({ uid }) => uid)).size, claims.length, 'each claim is told once');
  assert.equal(summary.claims.count, claims.length);
  return claims;
}

/** What is deleted, with everything that goes with it but claims. */
export interface Gone {
  /** UIDs of owners. */
  owners: ReadonlySet<string>;
  pods: ReadonlySet<string>;
  claims: ReadonlySet<string>;
}

/** Whether the claim goes, by what was said before. */
export function goes(claim: ClaimSaying, gone: Gone): boolean {
  const owners = claim.owners ?? [];
  const isDeleted = gone.claims.has(claim.name) || claim.deletionTimestamp !== undefined;
  const ownersGo = owners.length > 0 && owners.every(({ uid }) => gone.owners.has(uid));
  assert.equal(claim.fate === 'stays', owners.length === 0 && claim.deletionTimestamp === undefined);
  // Pods hold a claim that is being deleted, those that have ended included.
  return (isDeleted || ownersGo) && claim.mountedBy.every((pod) => gone.pods.has(pod));
}

/** The words for the fate of a claim on the screen. */
export function fateOnScreen({ fate, owners = [], volumeFate, deletionTimestamp }: ClaimSaying): RegExp {
  if (deletionTimestamp !== undefined) {
    return volumeFate === 'kept'
      ? /being deleted: the claim goes when .* \(Retain\)/
      : /being deleted: its data goes when /;
  }
  if (fate === 'stays') return /^(?!.*goes (with|when|now))/;
  const names = owners.map(({ kind, name }) => {
    if (kind === 'StatefulSet') return 'the set';
    return kind === 'Pod' ? 'the pod' : `${kind}/${name}`;
  });
  const claim = names.length > 1 ? `goes when ${names.join(' and ')} are gone` : `goes with ${names[0]}`;
  return new RegExp(
    `${claim}, ${volumeFate === 'kept' ? 'its volume is kept \\(Retain\\)' : 'its volume too \\(Delete\\)'}`,
  );
}
