/** `dns --wait` and `dns -w`: looks at the names again and again. */
import { systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { ConnectionError, StatusError } from '../kube/errors.ts';
import { formatExactTime } from '../objects/time.ts';
import { type Asked, type NameFormatOptions, nameChanges, nameNotes, renderNames } from '../render/names-format.ts';
import { type JudgedSet, outcomeOf } from '../statefulset/verdicts.ts';
import type { Console } from '../terminal/console.ts';
import { printable } from '../terminal/escape.ts';
import { openScreen, type Screen, takesScreens } from '../terminal/screen.ts';

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
): Promise<JudgedSet[]> {
  const { now, sleep } = systemClock;
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

function isPassing(error: unknown): error is ConnectionError | StatusError {
  return error instanceof ConnectionError || error instanceof StatusError;
}

/** Milliseconds between two looks of a watch. */
const watchInterval = 1_000;

interface Watching {
  asked: Asked;
  console: Console;
  signal: AbortSignal;
}

/** Until the signal: drawn anew on a terminal, elsewhere a line for each name of which something has changed. */
export async function watchNames(
  first: JudgedSet[],
  again: () => Promise<JudgedSet[]>,
  options: NameFormatOptions,
  { asked, console, signal }: Watching,
): Promise<void> {
  if (options.format !== 'table' && options.format !== 'wide') {
    throw new UsageError(`-w goes with -o wide, not with -o ${options.format}`);
  }
  const drawn = takesScreens(process);
  const changes = nameChanges();
  let judged = first;
  let lost: string | undefined;
  let screen: Screen | undefined;

  const draw = async () => {
    screen ??= openScreen(process, () => void draw());
    const table = await renderNames(judged, asked, { ...options, width: screen.width });
    screen.show([table.trimEnd(), ...nameNotes(judged, asked, options.allNamespaces)].join('\n'), lost);
  };

  try {
    while (!signal.aborted) {
      if (drawn) await draw();
      else console.out(changes(judged, formatExactTime(systemClock.now())));
      await systemClock.sleep(watchInterval, signal);
      if (signal.aborted) return;
      try {
        judged = await again();
        lost = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw error;
        const line = `warning: ${printable(error.message)}, trying again`;
        if (!drawn && line !== lost) console.err(`${line}\n`);
        lost = line;
      }
    }
  } finally {
    screen?.close();
  }
}
