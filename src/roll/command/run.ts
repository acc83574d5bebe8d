/** `roll`: restarts the pods of StatefulSets in order, or looks after rolls that were begun before. */
import { connected } from '#src/cli/connected.ts';
import type { Deps } from '#src/cli/deps.ts';
import { nothingFound } from '#src/drawing/notices.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { readSets } from '#src/sources/sets.ts';
import { type Console, processConsole } from '#src/terminal/console.ts';
import { type RunContext, type Stage, say } from './context.ts';
import type { BeginOptions, ResumeOptions, RollOptions } from './options.ts';

export async function runRoll(options: RollOptions, deps: Deps): Promise<ExitCode> {
  const { connection, format, selection, mode, color } = options;
  const console = processConsole(deps.host, color);
  const stage: Stage = { show: undefined, interruption: undefined, goOn: () => undefined };
  return connected(connection, deps, besideShow(console, stage), async (client) => {
    const context: RunContext = { client, connection, format, console, stage, deps };
    switch (mode.kind) {
      case 'status': {
        const { showRolls } = await import('./status.ts');
        return showRolls(context, selection.names, mode.allNamespaces ? undefined : client.namespace);
      }
      case 'abort': {
        const { abortRolls } = await import('./abort.ts');
        return abortRolls(context, selection.names);
      }
      case 'begin':
      case 'resume':
        return rollSets(context, options, mode);
    }
  });
}

/** Warnings of the connection do not stand across what is drawn. */
function besideShow(console: Console, stage: Stage): Console {
  return {
    ...console,
    err: (text) => (stage.show ? stage.show.say(text.trimEnd()) : console.err(text)),
  };
}

async function rollSets(
  context: RunContext,
  { selection }: RollOptions,
  mode: BeginOptions | ResumeOptions,
): Promise<ExitCode> {
  const { namespace } = context.client;
  const { statefulSets, sets, failures } = await readSets(context.client, namespace, selection);
  for (const { message } of failures) say(context, message);
  if (failures.length > 0) return 2;
  // A set that may only be read by its name cannot be followed.
  if (statefulSets.others === 'forbidden') {
    const { setsUnseenLine } = await import('../view/refusals.ts');
    say(context, setsUnseenLine(statefulSets.refusal));
    return 2;
  }
  const [only] = sets;
  if (only === undefined) {
    say(context, nothingFound(namespace));
    return 0;
  }
  if (mode.kind === 'resume') {
    const { resumeRoll } = await import('./resume.ts');
    return resumeRoll(context, mode, only);
  }
  const { beginRolls } = await import('./begin.ts');
  return beginRolls(context, mode, sets);
}
