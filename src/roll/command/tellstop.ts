/** Tells of a roll that has stopped: why, what is wrong with its set, and how to go on. */

import { formatExactTime } from '#src/objects/time.ts';
import type { Interruption } from '#src/terminal/interruption.ts';
import { lookAtLast } from '../live/lastreading.ts';
import { concerning, type LastLook, suggestsAnotherTemplate } from '../model/lastlook.ts';
import type { RollState, Stop } from '../model/state.ts';
import { type RollSubject, summaryLine, summaryObject } from '../view/log.ts';
import { type NextCommands, nextLines } from '../view/nextwords.ts';
import { lastLookText, stoppedFields } from '../view/stopped.ts';
import { type DrivenRoll, type RunContext, say } from './context.ts';
import { goOnCommand, type RollTerms } from './nextcommand.ts';

/** The person knows at once that it has stopped. What is printed last is what to do. */
export async function tellStopped(
  context: RunContext,
  { id, set, handling }: DrivenRoll,
  ended: RollState & { end: Stop },
  terms: RollTerms,
  interruption: Interruption,
): Promise<void> {
  const { client, format, console, deps } = context;
  const subject: RollSubject = { id, set, handling };
  if (format !== 'json') say(context, `error: ${summaryLine(subject, ended)}`);
  // Who has interrupted the roll already ends it with the next signal.
  const left = interruption.signal.aborted ? new AbortController().signal : interruption.signal;
  const look = concerned(await lookAtLast(client, set, deps.steadyClock, left), ended);
  const next = nextCommands(terms, ended, look);
  if (format === 'json') {
    const time = formatExactTime(deps.clock.now());
    console.out(summaryObject(subject, ended, next.resume, time, stoppedFields(look, next)));
    return;
  }
  console.err(lastLookText(set, look, { colour: console.errColour, width: console.width }));
  for (const line of nextLines(next)) console.err(`${line}\n`);
}

function concerned(look: LastLook, { end, steps }: RollState & { end: Stop }): LastLook {
  return 'unread' in look ? look : { diagnosis: concerning(look.diagnosis, end, steps) };
}

function nextCommands(terms: RollTerms, ended: RollState & { end: Stop }, look: LastLook): NextCommands {
  const resume = goOnCommand(terms, ended);
  const changed = goOnCommand(terms, { ...ended, end: { ...ended.end, reason: { kind: 'set changed' } } });
  const isSuggested = 'diagnosis' in look && suggestsAnotherTemplate(look.diagnosis);
  return { resume, anew: resume !== undefined && resume !== changed && isSuggested ? changed : undefined };
}
