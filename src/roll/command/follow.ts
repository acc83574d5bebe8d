/** Drives one roll to its end, shows it meanwhile, and says how it ended and how to go on. */
import type { ExitCode } from '#src/objects/failure.ts';
import { formatExactTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Interruption, interruptionInTwo } from '#src/terminal/interruption.ts';
import { driveRoll } from '../live/drive.ts';
import type { RollEnd, RollState } from '../model/state.ts';
import { type RollSubject, summaryLine, summaryObject } from '../view/log.ts';
import { nextLines } from '../view/nextwords.ts';
import { leftWords } from '../view/words.ts';
import { type DrivenRoll, type RunContext, say } from './context.ts';
import { goOnCommand, type RollTerms } from './nextcommand.ts';
import { questionsOf } from './questions.ts';
import { showRoll } from './show.ts';

export async function followRoll(context: RunContext, roll: DrivenRoll): Promise<ExitCode> {
  const { stage } = context;
  const terms = termsOf(context, roll);
  let newest = roll.state;
  stage.goOn = () => goOnCommand(terms, newest);
  stage.interruption ??= interruptionInTwo(context.deps.host, () => {
    stage.show?.close();
    say(context, leftWords(stage.goOn()));
  });
  const ended = await driven(context, roll, stage.interruption, (state) => {
    newest = state;
  });
  const end = ended.end ?? { kind: 'interrupted' };
  newest = { ...ended, end };
  if (end.kind === 'stopped') {
    const { tellStopped } = await import('./tellstop.ts');
    await tellStopped(context, roll, { ...ended, end }, terms, stage.interruption);
  } else {
    tellEnd(context, roll, { ...ended, end }, stage.goOn());
  }
  return exitCodeOf(end, stage.interruption);
}

function termsOf({ client, connection }: RunContext, { set, handling, lease, own }: DrivenRoll): RollTerms {
  return {
    connection,
    namespace: client.namespace,
    set: set.metadata.name,
    handling,
    lease: lease?.options,
    own,
  };
}

/** @param seen is called with each state that the roll is in. @returns the state at its end */
async function driven(
  context: RunContext,
  roll: DrivenRoll,
  interruption: Interruption,
  seen: (state: RollState) => void,
): Promise<RollState> {
  const { client, format, console, stage, deps } = context;
  const { id, set, handling, lease, own } = roll;
  const shown = { json: format === 'json', interactive: own.interactive };
  const show = showRoll({ id, set, handling }, shown, console, deps);
  stage.show = show;
  try {
    const questions = questionsOf(context, roll);
    const fieldManager = lease?.options.fieldManager;
    const rolling = driveRoll(
      roll.state,
      { id, set, handling, hold: lease?.hold, fieldManager, questions },
      {
        client,
        clock: deps.steadyClock,
        wall: deps.clock.now,
        random: deps.random,
        stop: interruption.signal,
        collectGarbage: deps.collectGarbage,
      },
    );
    for (;;) {
      const next = await rolling.next();
      if (next.done) return next.value;
      if (next.value.kind === 'look') seen(next.value.state);
      show.news(next.value);
    }
  } finally {
    show.close();
    stage.show = undefined;
  }
}

function tellEnd(
  { format, console, deps }: RunContext,
  { id, set, handling }: DrivenRoll,
  ended: RollState & { end: RollEnd },
  goOn: string | undefined,
): void {
  const subject: RollSubject = { id, set, handling };
  if (format === 'json') {
    console.out(summaryObject(subject, ended, goOn, formatExactTime(deps.clock.now())));
    return;
  }
  const lines = [printable(summaryLine(subject, ended)), ...nextLines({ resume: goOn, anew: undefined })];
  const tell = ended.end.kind === 'done' ? console.out : console.err;
  tell(`${lines.join('\n')}\n`);
}

function exitCodeOf(end: RollEnd, { exitCode }: Interruption): ExitCode {
  switch (end.kind) {
    case 'done':
      return 0;
    case 'stopped':
      return 1;
    case 'interrupted':
      // The person may have declined a pod, without a signal.
      return exitCode || 130;
  }
}
