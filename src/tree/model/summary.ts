/** Counts what StatefulSets have: pods, claims, bytes. */
import { namespacedKey } from '#src/objects/namespacedkey.ts';
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

export function summary(topology: Topology): Summary {
  return total([topology]);
}

/**
 * Several sets together. A claim that they share counts once, and as left over only where each of them has left it over.
 * Ready pods are counted only where each set has a status.
 */
export function total(topologies: readonly Topology[]): Summary {
  const [claims, inUse, unseen] = [new Map<string, Storage>(), new Set<string>(), new Map<string, Absence>()];
  for (const topology of topologies) {
    const keyOf = ({ name }: Storage) => namespacedKey(topology.set.metadata.namespace, name);
    const leftOver = new Set(topology.leftOver.map(({ storage }) => storage));
    for (const storage of storageOf(topology)) {
      claims.set(keyOf(storage), storage);
      if (!leftOver.has(storage)) inUse.add(keyOf(storage));
    }
    // The controller creates the claims of a missing pod together with it.
    for (const { storage } of topology.members.filter(({ state }) => state !== 'missing')) {
      for (const each of storage) if (each.claim.state !== 'found') unseen.set(keyOf(each), each.claim.state);
    }
  }
  const ready = topologies.map(({ set }) => set.status && (set.status.readyReplicas ?? 0));
  const [first] = unseen.values();
  return {
    ready: ready.every((count) => count !== undefined) ? sum(ready) : undefined,
    wanted: sum(topologies.map(({ wanted }) => wanted.end - wanted.start)),
    claims: amount([...claims.values()]),
    leftOver: amount([...claims].flatMap(([key, storage]) => (inUse.has(key) ? [] : storage))),
    unseenClaims: first && { count: unseen.size, state: first },
  };
}

/** All claims that are told of a set, those that are shared as often as they stand in its tree. */
export function storageOf({ members, unmounted, leftOver }: Topology): Storage[] {
  return [...members.flatMap(({ storage }) => storage), ...unmounted, ...leftOver.map(({ storage }) => storage)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

/** @param storage each claim once */
function amount(storage: readonly Storage[]): Amount {
  const sizes = storage.flatMap(({ claim }) =>
    claim.state === 'found' ? (bytesOf(sizeOf(claim.object) ?? '') ?? 0) : [],
  );
  return { count: sizes.length, bytes: sum(sizes) };
}

/** The capacity of a claim; the capacity that it requests while it has none. */
export function sizeOf({ spec, status }: Claim): string | undefined {
  return status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'];
}
