/** Drives one roll to its end, shows it meanwhile, and says how it ended and how to go on. */
import type { ExitCode } from '#src/objects/failure.ts';
import { formatExactTime } from '#src/objects/time.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Interruption, interruptionInTwo } from '#src/terminal/interruption.ts';
import { driveRoll } from '../live/drive.ts';
import { isBeyondReturn, type RollEnd, type RollState } from '../model/state.ts';
import { summaryLines, summaryObject } from '../view/log.ts';
import type { Following, Run } from './context.ts';
import { boldFlags, connectionWords, ownFlags, timeFlags } from './options.ts';
import { questionsOf } from './questions.ts';
import { showRoll } from './show.ts';

export async function follow(run: Run, following: Following): Promise<ExitCode> {
  const { client, flags, options, console, stage, deps } = run;
  const { id, set, handling, state, hold, plan } = following;
  const json = flags.output === 'json';
  const resume = resumeWords(run, following);
  stage.interruption ??= interruptionInTwo(deps.host, () => {
    stage.show?.close();
    console.err(`left at once; go on: ${printable(resume)}\n`);
  });
  const { interruption } = stage;
  const subject = { id, set, handling };
  const show = showRoll(subject, { json, interactive: options.settings.confirm }, console, deps);
  stage.show = show;
  let ended: RollState = state;
  try {
    const questions = questionsOf(run, following, plan);
    const means = {
      client,
      clock: deps.steadyClock,
      wall: deps.clock.now,
      random: deps.random,
      stop: interruption.signal,
      collectGarbage: deps.collectGarbage,
    };
    const rolling = driveRoll(state, { id, set, handling, hold, questions }, means);
    for (;;) {
      const next = await rolling.next();
      if (next.done) {
        ended = next.value;
        break;
      }
      show.news(next.value);
    }
  } finally {
    show.close();
    stage.show = undefined;
  }
  const end = ended.end ?? { kind: 'interrupted' };
  const finished = { ...ended, end };
  const goOn = goOnWords(run, following, finished, resume);
  if (json) console.out(summaryObject(subject, finished, goOn, formatExactTime(deps.clock.now())));
  else {
    const lines = summaryLines(subject, finished, goOn).join('\n');
    if (end.kind === 'done') console.out(`${lines}\n`);
    else console.err(`${end.kind === 'stopped' ? 'error: ' : ''}${lines}\n`);
  }
  return exitCodeOf(end, interruption);
}

function exitCodeOf(end: RollEnd, { exitCode }: Interruption): ExitCode {
  if (end.kind === 'done') return 0;
  return end.kind === 'stopped' ? 1 : exitCode || 130;
}

function resumeWords(
  { flags, client }: Run,
  { set, handling, state }: Pick<Following, 'set' | 'handling' | 'state'>,
): string {
  return [
    ...['kubectl sts roll', set.metadata.name, '--resume', ...connectionWords(flags, client.namespace)],
    ...boldFlags(handling, state.settings.maxUnavailable),
    ...ownFlags(flags),
  ].join(' ');
}

/** The command that goes on from here, where there is one. */
function goOnWords(
  { flags, client }: Run,
  { set, hold, handling }: Following,
  { end, steps, settings }: RollState & { end: RollEnd },
  resume: string,
): string | undefined {
  if (end.kind === 'done') return undefined;
  const reason = end.kind === 'stopped' ? end.reason.kind : undefined;
  if (reason === 'set is gone' || reason === 'lease lost') return undefined;
  if (hold !== undefined && reason !== 'set changed') return resume;
  // Only a new roll can, of those that are left.
  const { name } = set.metadata;
  const connection = connectionWords(flags, client.namespace);
  const left = steps.filter((step) => step.phase.kind !== 'done' && !isBeyondReturn(step));
  const order = left.map(({ ordinal }) => ordinal).join(',');
  const anew = [
    ...['kubectl sts roll', name, '--order', order, ...connection],
    ...boldFlags(handling, settings.maxUnavailable),
    ...(flags['wait-dns'] || settings.waitDns ? ['--wait-dns'] : []),
    ...timeFlags(flags),
    ...ownFlags(flags),
    ...(hold ? [] : ['--no-lease']),
  ];
  const commands = [
    ...(hold ? [['kubectl sts roll', name, '--abort', ...connection]] : []),
    ...(left.length > 0 ? [anew] : []),
  ];
  return commands.length === 0 ? undefined : commands.map((words) => words.join(' ')).join(' && ');
}
