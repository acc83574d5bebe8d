import { setImmediate as turn } from 'node:timers/promises';

/**
 * Resolves when what has come from outside by now has been looked at, such as a connection that is open. It takes two
 * turns: in the first, bun runs what waits for it before it looks.
 */
export async function eventsSeen(): Promise<void> {
  await turn();
  await turn();
}
