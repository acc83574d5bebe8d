/**
 * Rows that hold one value of each factor, so that any two values of different factors meet in some row: far fewer rows
 * than all combinations have.
 *
 * @param sizes how many values each factor has; a row holds their positions
 */
export function pairwise(sizes: readonly number[]): number[][] {
  const missing = new Set(pairsOf(sizes));
  const rows: number[][] = [];
  for (const pair of missing) {
    const row = rowWith(pair, sizes, missing);
    for (const met of pairsIn(row)) missing.delete(met);
    rows.push(row);
  }
  return rows;
}

/** All pairs of values that must meet. */
export function pairsOf(sizes: readonly number[]): string[] {
  return sizes.flatMap((size, factor) =>
    sizes
      .slice(factor + 1)
      .flatMap((otherSize, between) =>
        range(size).flatMap((value) =>
          range(otherSize).map((other) => pairOf(factor, value, factor + 1 + between, other)),
        ),
      ),
  );
}

/** The pairs that meet in a row. */
export function pairsIn(row: readonly number[]): string[] {
  return row.flatMap((value, factor) =>
    row.slice(factor + 1).map((other, between) => pairOf(factor, value, factor + 1 + between, other)),
  );
}

function pairOf(...[factor, value, otherFactor, other]: [number, number, number, number]): string {
  return `${factor}:${value} ${otherFactor}:${other}`;
}

/** A row in which a pair meets, filled up with the values by which most missing pairs meet too. */
function rowWith(pair: string, sizes: readonly number[], missing: ReadonlySet<string>): number[] {
  const chosen = new Map(pair.split(' ').map((each) => each.split(':').map(Number) as [number, number]));
  for (const [factor, size] of sizes.entries()) {
    if (chosen.has(factor)) continue;
    const gain = (value: number): number =>
      [...chosen].filter(([other, theirs]) => {
        const met = other < factor ? pairOf(other, theirs, factor, value) : pairOf(factor, value, other, theirs);
        return missing.has(met);
      }).length;
    const [best = 0] = range(size).toSorted((a, b) => gain(b) - gain(a));
    chosen.set(factor, best);
  }
  return sizes.map((_, factor) => chosen.get(factor) ?? 0);
}

function range(length: number): number[] {
  return Array.from({ length }, (_, at) => at);
}
