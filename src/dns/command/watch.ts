/** `dns -w`: looks at the names again and again. */
import { UsageError } from '#src/cli/usageerror.ts';
import type { Clock } from '#src/objects/clock.ts';
import { formatExactTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Host } from '#src/terminal/host.ts';
import { openScreen, type Screen, takesScreens } from '#src/terminal/screen.ts';
import type { JudgedSet } from '../model/verdicts.ts';
import { type Asked, type NameFormatOptions, nameChanges, nameNotes, renderNames } from '../view/format.ts';
import { isPassing } from './wait.ts';

/** Milliseconds between two looks of a watch. */
const watchInterval = 1_000;

interface Watching {
  asked: Asked;
  console: Console;
  signal: AbortSignal;
  clock: Clock;
  host: Host;
}

/** Until the signal: drawn anew on a terminal, elsewhere a line for each name of which something has changed. */
export async function watchNames(
  first: JudgedSet[],
  again: () => Promise<JudgedSet[]>,
  options: NameFormatOptions,
  { asked, console, signal, clock, host }: Watching,
): Promise<void> {
  if (options.format !== 'table' && options.format !== 'wide') {
    throw new UsageError(`-w goes with -o wide, not with -o ${options.format}`);
  }
  const drawn = takesScreens(host);
  const changes = nameChanges();
  let judged = first;
  let lost: string | undefined;
  let screen: Screen | undefined;

  const draw = async () => {
    screen ??= openScreen(host, () => void draw());
    const table = await renderNames(judged, asked, { ...options, width: screen.width });
    screen.show([table.trimEnd(), ...nameNotes(judged, asked, options.allNamespaces)].join('\n'), lost);
  };

  try {
    while (!signal.aborted) {
      if (drawn) await draw();
      else console.out(changes(judged, formatExactTime(clock.now())));
      await clock.sleep(watchInterval, signal);
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
