/** The difference between two selectors. */
import { isEmpty, type Selector } from '#src/objects/service.ts';

/** The changes that somebody else made to the selector of a pinned Service. */
export interface Drift {
  added: Selector;
  removed: Selector;
  changed: Readonly<Record<string, { from: string; to: string }>>;
}

/**
 * @param left the selector as the pin left it
 * @returns undefined when `current` is the same
 */
export function driftOf(left: Selector, current: Selector): Drift | undefined {
  const changed = Object.entries(left).flatMap(([key, from]) => {
    const to = Object.hasOwn(current, key) ? current[key] : undefined;
    return to === undefined || to === from ? [] : [[key, { from, to }] as const];
  });
  const drift = {
    added: lacking(left, current),
    removed: lacking(current, left),
    changed: Object.fromEntries(changed),
  };
  return isEmpty(drift.added) && isEmpty(drift.removed) && changed.length === 0 ? undefined : drift;
}

export function isSame(a: Selector, b: Selector): boolean {
  return driftOf(a, b) === undefined;
}

/** The entries of `other` whose keys `selector` lacks. */
export function lacking(selector: Selector, other: Selector): Selector {
  return Object.fromEntries(Object.entries(other).filter(([key]) => !Object.hasOwn(selector, key)));
}
