/** Where a gate shows what it waits for: on a terminal, in lines, or in documents. */
import type { Deps } from '#src/cli/deps.ts';
import type { LiveOutput } from '#src/cli/ongoing.ts';
import { wrapped } from '#src/drawing/columns.ts';
import { formatTime } from '#src/objects/time.ts';
import type { Console } from '#src/terminal/console.ts';
import { liveScreen } from '#src/terminal/livescreen.ts';
import { takesScreens } from '#src/terminal/screen.ts';
import type { Topology } from '#src/tree/model/topology.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { type GateLook, outcomeIn } from '../model/gatelook.ts';
import { type Moment, statusChanges } from '../view/changes.ts';
import { render } from '../view/format.ts';
import { waitingWords } from '../view/gatewords.ts';
import { formatOptions } from './formatoptions.ts';
import type { GateOptions, StatusOptions } from './options.ts';

/** Milliseconds after which a gate in a pipe says that it still waits. */
const longestSilence = 60_000;

type Diagnoses = ReadonlyMap<Topology, Diagnosis>;

export interface GateOutput extends LiveOutput {
  /** @param isNew whether something was read since */
  show(look: GateLook, isNew: boolean): void;
  /**
   * Shows the last look: what waits in it, waits no longer.
   *
   * @param diagnoses of the sets that keep the gate from opening
   */
  end(look: GateLook, diagnoses: Diagnoses): void;
  /** Whether standard output takes words, and not documents. */
  takesWords: boolean;
  /** Whether the last look has told of each set closely. */
  tellsClosely: boolean;
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
  gate: GateOptions,
  { out, err }: Console,
  { clock, steadyClock }: Deps,
): GateOutput {
  const { goal, format } = gate;
  const begun = steadyClock.now();
  let told = begun;
  const changes = statusChanges({ format: format === 'json' ? 'json' : 'table', allNamespaces });
  const write = (look: GateLook, end?: Diagnoses) => {
    const isTimeUp = end !== undefined && outcomeIn(look) === 'waiting';
    const moments = look.sets.map(({ topology, standing: { kind } }): Moment => {
      const standing = isTimeUp && kind === 'waiting' ? 'timed out' : kind;
      return { topology, now: look.time, gate: { goal, standing }, diagnosis: end?.get(topology) };
    });
    const text = changes(moments, formatTime(clock.now()));
    if (text === '') return;
    out(text);
    told = steadyClock.now();
  };
  return {
    takesWords: format === 'text',
    tellsClosely: false,
    show(look, isNew) {
      // As time passes alone, nothing changes that a line should tell. But systems end what is silent for long.
      if (isNew) write(look);
      if (steadyClock.now() - told < longestSilence) return;
      told = steadyClock.now();
      err(`note: ${waitingWords(told - begun, { ...gate, allNamespaces })}\n`);
    },
    end: write,
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
  let end: Diagnoses | undefined;
  const screen = liveScreen({
    host,
    async render(width) {
      if (last === undefined) return '';
      const { sets, snapshot } = last;
      const style = {
        ...formatOptions(options, { ...console, width }, clock.now(), snapshot, end),
        format: 'table',
      } as const;
      const table = await render(
        sets.map(({ topology }) => topology),
        style,
      );
      const words = waitingWords(steadyClock.now() - begun, { ...gate, allNamespaces });
      // A terminal that is too low lacks the end.
      return end ? table : `${words}\n\n${table}`;
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
    tellsClosely: options.selection.names.length > 0,
    show,
    end(look, diagnoses) {
      end = diagnoses;
      show(look);
    },
  };
}
