/** Random histories of rolls: how a set is, what its roll is to do, and how much goes wrong on the way. */
import fc from 'fast-check';
import type { History } from './history.ts';

const chances = {
  trouble: fc.constantFrom(0, 0, 0.01, 0.05),
  killed: fc.constantFrom(0, 0, 0.02),
  lonely: fc.constantFrom(0, 0, 0.02),
  lost: fc.constantFrom(0.02, 0.02, 0.02, 0.15),
  most: fc.integer({ min: 1, max: 3 }),
  parallel: fc.boolean(),
  led: fc.constantFrom(false, false, true),
  moves: fc.constantFrom(0, 0.002, 0.02, 0.1),
  lies: fc.constantFrom(0, 0, 0.02, 0.1),
};

/** @param more chances in place of the usual ones */
export function historiesWith(more: Partial<typeof chances> = {}): fc.Arbitrary<History> {
  return fc
    .record({
      ...chances,
      ...more,
      seed: fc.integer(),
      replicas: fc.integer({ min: 1, max: 5 }),
      budget: fc.boolean(),
      minReady: fc.constantFrom(0, 0, 1, 3),
      checks: fc.boolean(),
      confirm: fc.constantFrom(false, false, true),
      second: fc.boolean(),
    })
    .chain(({ most, ...rest }) =>
      fc
        .shuffledSubarray(
          Array.from({ length: rest.replicas }, (_, ordinal) => ordinal),
          { minLength: 1 },
        )
        .map((order) => ({ ...rest, order, maxUnavailable: rest.parallel ? Math.min(most, rest.replicas) : 1 })),
    );
}
