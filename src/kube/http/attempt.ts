/** Work that is done once for all who wait for it, such as making a connection. */

export interface Attempt {
  /** Begins the work, for those who are about to wait for it. Whatever fails is told to the first of them. */
  begin(): void;
  /** Waits for the work, and begins it unless somebody else has. The signal ends the waiting, and nothing else. */
  wait(signal: AbortSignal): Promise<void>;
}

export function attempt(work: () => Promise<void>): Attempt {
  let current: Promise<void> | undefined;
  return {
    begin() {
      if (current !== undefined) return;
      const begun = work();
      current = begun;
      const succeeded = () => {
        current = undefined;
      };
      begun.then(succeeded, () => {});
    },
    async wait(signal) {
      current ??= work();
      const awaited = current;
      const ended = () => {
        if (current === awaited) current = undefined;
      };
      awaited.then(ended, ended);
      await unlessAborted(signal, awaited);
    },
  };
}

/** Waits for what others wait for too: the signal ends the waiting, and nothing else. */
export function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Resolves when the work is over, however it ends, and after so many milliseconds at the latest. */
export function briefly(work: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}
