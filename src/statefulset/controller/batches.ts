/** The batches in which the controller of a Parallel set goes through its pods: `slowStartBatch`. */

/** `MaxBatchSize` */
const largest = 500;

/** @returns the items in batches of 1, 2, 4, … */
export function inBatches<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  let size = 1;
  for (let from = 0; from < items.length; from += batches.at(-1)?.length ?? 1) {
    batches.push(items.slice(from, from + size));
    size = Math.min(2 * size, largest);
  }
  return batches;
}
