/** Signals, and readers that go away: how a command that goes on by itself is told to end. */
import { printable } from './escape.ts';
import type { Host } from './host.ts';

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of the process, once it was interrupted. */
  readonly exitCode: number;
}

/** Runs `action` after so many milliseconds, unless the process ends before. */
export type Later = (action: () => void, milliseconds: number) => void;

const later: Later = (action, milliseconds) => void setTimeout(action, milliseconds).unref();

/** The exit codes of shells: 128 plus the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Milliseconds that a command has to end by itself. Some things cannot be cancelled, such as the look-up of a name. */
const patience = 100;

/**
 * The interruption of a command that watches or waits: a signal asks it to end, and ends it soon in any case. A command
 * that has nothing to tidy up does not need this, since the signal then ends the process (`endWithSignal`).
 */
export function interruption(host: Host, after: Later = later): Interruption {
  const interrupted = interruptible();
  onSignals(host, (code) => {
    if (interrupted.signal.aborted) return;
    interrupted.interrupt(code);
    after(() => host.exit(code), patience);
  });
  return interrupted;
}

/**
 * The interruption of a command that must not stop midway: the first signal asks it to end, the second one ends the
 * process at once. Output that is lost, as when its reader goes away, counts as a first signal only, and standard error
 * says so.
 *
 * @param leaving called before the second signal ends the process
 */
export function interruptionInTwo(host: Host, leaving: () => void): Interruption {
  const interrupted = interruptible();
  onSignals(host, (code) => {
    if (interrupted.signal.aborted) {
      leaving();
      host.exit(code);
    } else {
      interrupted.interrupt(code);
    }
  });
  let isTold = false;
  host.stdout.removeAllListeners('error');
  // Not SIGPIPE, which a connection to the API server raises too when it is cut off in the middle of a write.
  host.stdout.on('error', (error) => {
    if (!isTold) host.stderr.write(`error: what is printed is lost: ${printable(error.message)}\n`);
    isTold = true;
    // Whatever is written after it fails as well.
    if (!interrupted.signal.aborted) interrupted.interrupt(1);
  });
  return interrupted;
}

function interruptible(): Interruption & { interrupt(code: number): void } {
  const controller = new AbortController();
  let exitCode = 0;
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    interrupt(code) {
      exitCode = code;
      controller.abort();
    },
  };
}

function onSignals(host: Host, act: (exitCode: number) => void): void {
  for (const [signal, code] of Object.entries(exitCodes)) host.on(signal, () => act(code));
}

/**
 * Gives a process that a signal ends the exit code of shells on Windows too. A system with signals does that by itself.
 * A command that listens to the signal decides for itself.
 */
export function endWithSignal(host: Host): void {
  if (host.platform !== 'win32') return;
  for (const [signal, code] of Object.entries(exitCodes)) {
    host.on(signal, () => {
      if (host.listenerCount(signal) === 1) host.exit(code);
    });
  }
}

/**
 * Does what Ctrl-C does, where the terminal gives it as a key. On Windows a process that is sent a signal is ended at
 * once, with another exit code.
 */
export function interrupt(host: Pick<Host, 'emit' | 'kill' | 'pid' | 'platform'>): void {
  if (host.platform === 'win32') host.emit('SIGINT');
  else host.kill(host.pid, 'SIGINT');
}

/** The exit code of shells for a program that lost its reader: 128 plus the number of SIGPIPE. */
export const withoutReader = 141;

/**
 * Ends the process silently when its reader goes away (`| head`, a terminal that was closed). `interruptionInTwo`, which
 * is called later, asks the command to end instead.
 *
 * @param exitCode `withoutReader` where 0 would be an answer
 */
export function endWithReader(host: Host, exitCode = 0): void {
  // The listener of oclif throws any error but EPIPE.
  host.stdout.removeAllListeners('error');
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!isReaderGone(error)) throw error;
    host.exit(exitCode);
  });
  host.stderr.on('error', (error: NodeJS.ErrnoException) => {
    // Standard output may still have a reader.
    if (!isReaderGone(error)) throw error;
  });
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}
