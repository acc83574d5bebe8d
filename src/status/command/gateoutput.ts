/** Where a gate shows what it waits for: on a terminal, in lines, or in documents. */
import type { Deps } from '#src/cli/deps.ts';
import type { LiveOutput } from '#src/cli/ongoing.ts';
import { wrapped } from '#src/drawing/columns.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { liveScreen } from '#src/terminal/livescreen.ts';
import { takesScreens } from '#src/terminal/screen.ts';
import type { GateLook } from '../model/gatelook.ts';
import { type Moment, statusChanges } from '../view/changes.ts';
import { render } from '../view/format.ts';
import { waitingWords } from '../view/gatewords.ts';
import { formatOptions } from './formatoptions.ts';
import type { GateOptions, StatusOptions } from './options.ts';

export interface GateOutput extends LiveOutput {
  /** @param isNew whether something was read since */
  show(look: GateLook, isNew: boolean): void;
  /** Shows the last look: what waits in it, waits no longer. */
  end(look: GateLook): void;
  /** Whether standard output takes words, and not documents. */
  takesWords: boolean;
}

export function gateOutput(
  options: StatusOptions,
  gate: GateOptions,
  console: Console,
  deps: Deps,
  signal: AbortSignal,
): GateOutput {
  const isDrawn = gate.format === 'text' && takesScreens(deps.host);
  return isDrawn ? drawnOutput(options, gate, console, deps, signal) : writtenOutput(options, gate, console, deps);
}

function writtenOutput(
  { allNamespaces }: StatusOptions,
  { goal, format }: GateOptions,
  { out, err }: Console,
  { clock }: Deps,
): GateOutput {
  const changes = statusChanges({ format: format === 'json' ? 'json' : 'table', allNamespaces });
  const write = ({ sets, time }: GateLook, isLast: boolean) => {
    const moments = sets.map(({ topology, standing: { kind } }): Moment => {
      const standing = isLast && kind === 'waiting' ? 'timed out' : kind;
      return { topology, now: time, gate: { goal, standing } };
    });
    const text = changes(moments, formatTime(clock.now()));
    if (text !== '') out(text);
  };
  return {
    takesWords: format === 'text',
    // As time passes alone, nothing changes that a line should tell.
    show: (look, isNew) => isNew && write(look, false),
    end: (look) => write(look, true),
    say: (line) => err(`${line}\n`),
    notice() {},
    close() {},
  };
}

function drawnOutput(
  options: StatusOptions,
  gate: GateOptions,
  console: Console,
  { clock, steadyClock, host }: Deps,
  signal: AbortSignal,
): GateOutput {
  const { allNamespaces } = options;
  const begun = steadyClock.now();
  let last: GateLook | undefined;
  let hasEnded = false;
  const screen = liveScreen({
    host,
    async render(width) {
      if (last === undefined) return '';
      const { sets, snapshot } = last;
      const style = {
        ...formatOptions(options, { ...console, width }, clock.now(), snapshot),
        format: 'table',
      } as const;
      const table = await render(
        sets.map(({ topology }) => topology),
        style,
      );
      const words = waitingWords(steadyClock.now() - begun, { ...gate, allNamespaces });
      return hasEnded ? table : `${table}\n${words}`;
    },
    wrap: (line, width) => wrapped(line, width).join('\n'),
    sleep: clock.sleep,
    signal,
  });
  const show = (look: GateLook) => {
    last = look;
    screen.draw();
  };
  return {
    ...screen,
    takesWords: true,
    show,
    end(look) {
      hasEnded = true;
      show(look);
    },
  };
}
