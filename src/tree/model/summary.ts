/** Counts what a StatefulSet has: pods, claims, bytes. */
import { bytesOf } from '#src/objects/quantity.ts';
import type { Absence } from '#src/objects/snapshot.ts';
import type { Claim } from '#src/objects/types.ts';
import type { Storage } from '#src/statefulset/storage.ts';
import type { Topology } from './topology.ts';

export interface Summary {
  /** Undefined for a set without a status. */
  ready: number | undefined;
  wanted: number;
  /** All claims at hand, with those left over. A shared claim counts once. */
  claims: Amount;
  leftOver: Amount;
  /** The number of claims that pods mount and that are not at hand, and why the first one is not. */
  unseenClaims: { count: number; state: Absence } | undefined;
}

export interface Amount {
  count: number;
  bytes: number;
}

export function summary({ set, wanted, members, leftOver }: Topology): Summary {
  const mounted = members.flatMap(({ storage }) => storage);
  const leftOvers = leftOver.map(({ storage }) => storage);
  // The controller creates the claims of a missing pod together with it.
  const expected = members.filter(({ state }) => state !== 'missing').flatMap(({ storage }) => storage);
  const absent = new Map(expected.flatMap(({ name, claim }) => (claim.state === 'found' ? [] : [[name, claim.state]])));
  const [first] = absent.values();
  return {
    ready: set.status ? (set.status.readyReplicas ?? 0) : undefined,
    wanted: wanted.end - wanted.start,
    claims: amount([...mounted, ...leftOvers]),
    leftOver: amount(leftOvers),
    unseenClaims: first && { count: absent.size, state: first },
  };
}

function amount(storage: readonly Storage[]): Amount {
  const sizes = new Map<string, number>();
  for (const { name, claim } of storage) {
    if (claim.state === 'found') sizes.set(name, bytesOf(sizeOf(claim.object) ?? '') ?? 0);
  }
  return { count: sizes.size, bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

/** The capacity of a claim; the capacity that it requests while it has none. */
export function sizeOf({ spec, status }: Claim): string | undefined {
  return status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'];
}
