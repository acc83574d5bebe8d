/** What a process of tests prints, and how it ends. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long a process may live on when its tests have ended: what stays open for longer was forgotten. */
export const lingering = 10_000;

/** `SIGKILL`, or `exit code 1`. */
export function howEnded({ signalCode, exitCode }: ChildProcess): string {
  return signalCode ?? `exit code ${exitCode}`;
}

/**
 * Waits until a process has ended, and until all that it has printed has arrived.
 *
 * @returns whether another process still held its output after the end; it is then no longer listened to
 */
export async function endOf(child: ChildProcess): Promise<boolean> {
  const closed = once(child, 'close');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, lingering, 'late');
  });
  const isHeld = (await Promise.race([closed, late])) === 'late';
  clearTimeout(timer);
  if (isHeld) for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  return isHeld;
}

/** What is said of tests whose process has ended, while another one that they started writes to the same place. */
export const heldOutput = 'A process that the tests started has not ended with them';

/** What is said of a process that ended otherwise than its tests did. */
export function afterLastTest(child: ChildProcess): string {
  return child.signalCode === 'SIGKILL'
    ? 'The tests left something open, so that their process did not end'
    : `The process of the tests ended with ${howEnded(child)} after its last test`;
}

export function toStdout(text: string): void {
  process.stdout.write(text);
}
