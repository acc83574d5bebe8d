/** Connections from the start: on a near server two were faster than one and than four (docs/benchmarks.md). */
const few = 2;

/** Milliseconds that an answer may take before more are asked for beside it. */
const patience = 30;

/**
 * Takes work a few at a time while it is answered at once, and up to `most` as soon as one lets wait. Each connection
 * more costs a TLS handshake, 10 ms of two computers: on a near server that is more than a small answer takes, on a far
 * one, or for long lists, it is well spent.
 */
export function takeTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let places = few;
  let taken = 0;
  const admit = () => {
    while (taken < places) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken++;
      next();
    }
  };
  return async (work) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      admit();
    });
    const impatient = setTimeout(() => {
      places = most;
      admit();
    }, patience);
    try {
      return await work();
    } finally {
      clearTimeout(impatient);
      taken--;
      admit();
    }
  };
}
