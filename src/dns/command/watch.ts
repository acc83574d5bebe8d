/** `dns -w`: looks at the names again and again, and shows what has changed. */
import { wrapped } from '#src/drawing/columns.ts';
import { outageLine } from '#src/drawing/notices.ts';
import type { Clock } from '#src/objects/clock.ts';
import { formatExactTime } from '#src/objects/time.ts';
import { mayPass } from '#src/sources/outage.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Host } from '#src/terminal/host.ts';
import { openScreen, type Screen, takesScreens } from '#src/terminal/screen.ts';
import type { Look } from '../live/look.ts';
import { nameChanges } from '../view/changes.ts';
import { type NameFormatOptions, renderNames } from '../view/format.ts';
import { type Asked, nameNotes } from '../view/notes.ts';

/** Milliseconds between two looks. */
const interval = 1_000;

interface Watching {
  asked: Omit<Asked, 'clusterDomain'>;
  console: Console;
  signal: AbortSignal;
  clock: Clock;
  host: Host;
}

/** Until the signal: redrawn on a terminal, elsewhere a line for each name of which something has changed. */
export async function watchNames(
  first: Look,
  again: () => Promise<Look>,
  options: NameFormatOptions,
  { asked, console, signal, clock, host }: Watching,
): Promise<void> {
  const drawn = takesScreens(host);
  const changes = nameChanges();
  let look = first;
  let lost: string | undefined;
  let screen: Screen | undefined;

  const draw = async () => {
    screen ??= openScreen(host, () => void draw());
    const { judged, clusterDomain } = look;
    const told = { ...asked, clusterDomain };
    const { width } = screen;
    const table = await renderNames(judged, told, { ...options, width });
    const notes = nameNotes(judged, told, options.allNamespaces).flatMap((note) => wrapped(note, width));
    const notice = lost === undefined ? undefined : wrapped(lost, width).join('\n');
    screen.show([table.trimEnd(), ...notes].join('\n'), notice);
  };

  try {
    while (!signal.aborted) {
      if (drawn) await draw();
      else console.out(changes(look.judged, formatExactTime(clock.now())));
      await clock.sleep(interval, signal);
      if (signal.aborted) return;
      try {
        look = await again();
        lost = undefined;
      } catch (error) {
        if (signal.aborted) return;
        if (!mayPass(error)) throw error;
        const line = outageLine(error.message);
        if (!drawn && line !== lost) console.err(`${line}\n`);
        lost = line;
      }
    }
  } finally {
    screen?.close();
  }
}
