/** Requests at once in the beginning. On a near server two were faster than one or four (docs/benchmarks.md). */
const few = 2;

/** Milliseconds that an answer may take before more requests are made beside it. */
const patience = 30;

interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Whether all work shares a connection from now on. */
  share(isShared: boolean): void;
}

/**
 * Runs a few pieces of work at a time, and up to `most` after the first one that takes long. Each further connection
 * costs a TLS handshake of about 10 ms. On a near server a small answer takes less than that; on a far one, or for long
 * lists, the handshake is worth it. Where all share a connection, `mostShared` run at a time.
 */
export function takeTurns(most: number, mostShared: number): Turns {
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
  const allow = (more: number) => {
    places = Math.max(places, more);
    admit();
  };
  return {
    share(isShared) {
      if (isShared) allow(mostShared);
      else places = Math.min(places, most);
    },
    async take(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      const impatient = setTimeout(() => allow(most), patience);
      try {
        return await work();
      } finally {
        clearTimeout(impatient);
        taken--;
        admit();
      }
    },
  };
}
