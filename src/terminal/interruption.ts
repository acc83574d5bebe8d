/** Until when a command goes on that ends only when it is told to. */

export interface Interruption {
  readonly signal: AbortSignal;
  /** What the process is to end with, once it was interrupted. */
  readonly exitCode: number;
}

/** As shells count them: 128 and the signal's number. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Milliseconds that a command has to end in order. What then still waits, such as a name look-up, is not waited for. */
const patience = 100;

/** Ctrl-C and the like; and without a word, when nobody reads any more what is written (`| head`). */
export function interruption(process: NodeJS.Process): Interruption {
  const controller = new AbortController();
  let exitCode = 0;

  function end(code: number): void {
    if (controller.signal.aborted) return;
    exitCode = code;
    controller.abort();
    setTimeout(() => process.exit(code), patience).unref();
  }

  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => end(code));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A terminal that was closed.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      end(0);
    });
  }
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
