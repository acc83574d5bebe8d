/** Numbers that look random, and are the same for the same seed. */
export interface Random {
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(...choices: readonly [T, ...T[]]): T;
  /** @param share from 0 to 1 */
  chance(share: number): boolean;
}

/** Seeds that follow each other give numbers that have nothing in common (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (first, ...others) => others[Math.floor(next() * (others.length + 1)) - 1] ?? first,
    chance: (share) => next() < share,
  };
}
