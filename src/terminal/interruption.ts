/** Until when a command goes on that ends only when it is told to. */
import { printable } from './escape.ts';
import type { Host } from './host.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** What the process is to end with, once it was interrupted. */
  readonly exitCode: number;
}

/** As shells count them: 128 and the signal's number. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Milliseconds that a command has to end in order. What then still waits, such as a name look-up, is not waited for. */
const patience = 100;

/** Ctrl-C and the like. A command that has nothing to put in order needs none: the signal ends it by itself. */
export function interruption(host: Host): Interruption {
  const controller = new AbortController();
  let exitCode = 0;

  function end(code: number): void {
    if (controller.signal.aborted) return;
    exitCode = code;
    controller.abort();
    setTimeout(() => host.exit(code), patience).unref();
  }

  for (const [signal, code] of Object.entries(signals)) host.on(signal, () => end(code));
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}

/**
 * Ctrl-C and the like, for a command that must not be left in the middle of something: the first one asks it to end, the
 * second one ends it at once.
 *
 * @param leaving is called before the process ends at once
 */
export function interruptionInTwo(host: Host, leaving: () => void): Interruption {
  const controller = new AbortController();
  let exitCode = 0;

  function end(code: number): void {
    if (controller.signal.aborted) {
      leaving();
      host.exit(code);
    }
    exitCode = code;
    controller.abort();
  }

  for (const [signal, code] of Object.entries(signals)) host.on(signal, () => end(code));
  host.on('SIGPIPE', () => {
    // What is written meanwhile is lost as well, and no second word.
    if (!controller.signal.aborted) end(1);
  });
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}

/**
 * Ends the process without a word when nobody reads any more what it writes (`| head`, a terminal that was closed); where
 * `interruptionInTwo` has a say, it asks to end, and says why.
 */
export function endWithReader(host: Host): void {
  let isTold = false;
  // oclif's own throws all but EPIPE.
  host.stdout.removeAllListeners('error');
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (host.listenerCount('SIGPIPE') > 0) {
      if (!isTold) host.stderr.write(`error: what is printed is lost: ${printable(error.message)}\n`);
      isTold = true;
      host.emit('SIGPIPE', 'SIGPIPE');
      return;
    }
    if (!isGone(error)) throw error;
    host.exit(0);
  });
  host.stderr.on('error', (error: NodeJS.ErrnoException) => {
    // The data may still be wanted.
    if (!isGone(error)) throw error;
  });
}

function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}
