/** `dns --wait`: looks at the names until all are right. */
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { type JudgedSet, outcomeOf } from '../model/verdicts.ts';

/** Milliseconds between two looks. */
const interval = 500;

/** Milliseconds after which somebody who waits is told how far it is. */
const progressInterval = 5_000;

/**
 * Looks until every name is right, or the time is up; what it saw last is what counts.
 *
 * @param limit in milliseconds
 */
export async function waitForAll(
  first: JudgedSet[],
  again: () => Promise<JudgedSet[]>,
  limit: number,
  console: Pick<Console, 'err'>,
  { now, sleep }: Clock,
): Promise<JudgedSet[]> {
  const end = now() + limit;
  const never = new AbortController().signal;
  let judged = first;
  let told = now();
  while (outcomeOf(judged) !== 'right' && now() < end) {
    if (now() - told >= progressInterval) {
      const all = judged.flatMap(({ names }) => names);
      const right = all.filter(({ verdicts: [worst] }) => worst.kind === 'ok').length;
      console.err(`waiting: ${right} of ${all.length} names are right\n`);
      told = now();
    }
    await sleep(Math.min(interval, Math.max(end - now(), 0)), never);
    try {
      judged = await again();
    } catch (error) {
      // A gate in a runbook is not opened, nor given up, by a server that is away for a moment.
      if (!isPassing(error) || now() >= end) throw error;
      console.err(`warning: ${printable(error.message)}, trying again\n`);
    }
  }
  return judged;
}

export function isPassing(error: unknown): error is ConnectionError | StatusError {
  return error instanceof ConnectionError || error instanceof StatusError;
}
