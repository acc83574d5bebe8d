/** `dns --wait`: looks at the names until all are right. */
import { outageLine } from '#src/drawing/notices.ts';
import type { Clock } from '#src/objects/clock.ts';
import { mayPass, outageOf } from '#src/sources/outage.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Look } from '../live/look.ts';
import { outcomeOf } from '../model/verdicts.ts';
import { answersAgain, progressNote } from '../view/notes.ts';

/** Milliseconds between two looks. */
const interval = 500;

/** Milliseconds between two reports of progress. */
const progressInterval = 5_000;

/**
 * Looks until every name is right, or until the time is up. The last look counts.
 *
 * @param limit milliseconds
 * @throws when a look fails for good, or fails when the time is up
 */
export async function waitForAll(
  first: Look,
  again: () => Promise<Look>,
  limit: number,
  console: Pick<Console, 'err'>,
  { now, sleep }: Clock,
): Promise<Look> {
  const end = now() + limit;
  const never = new AbortController().signal;
  const outage = outageOf((news) =>
    console.err(`${news.kind === 'lost' ? outageLine(news.error.message) : answersAgain}\n`),
  );
  let look = first;
  let told = now();
  while (outcomeOf(look.judged) !== 'right' && now() < end) {
    if (now() - told >= progressInterval) {
      console.err(`${progressNote(look.judged)}\n`);
      told = now();
    }
    await sleep(Math.min(interval, Math.max(end - now(), 0)), never);
    try {
      look = await again();
      outage.end('wait');
    } catch (error) {
      // A runbook should neither go on nor give up because the API server is away for a moment.
      if (!mayPass(error) || now() >= end) throw error;
      outage.begin('wait', error);
    }
  }
  return look;
}
