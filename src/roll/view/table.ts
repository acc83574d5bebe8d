/** A roll as it is drawn on a terminal: a row for each pod, in the order in which they go. */

import { displayWidth, withoutEnd, withoutMiddle } from '#src/drawing/columns.ts';
import type { Pod } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Colour, paint } from '#src/terminal/paint.ts';
import type { PodHandling } from '../model/record.ts';
import type { RollState, RollStep, View } from '../model/state.ts';
import type { StepTimes } from './times.ts';
import { podWords, rollTitle } from './words.ts';

export interface RollTable {
  id: string;
  set: string;
  handling: PodHandling;
  state: RollState;
  view: View;
  times: ReadonlyMap<string, StepTimes>;
  /** Milliseconds, by the clock of the times. */
  now: number;
}

export interface TableStyle {
  width: number;
  /** Rows of the terminal. */
  height: number;
  colour: boolean;
}

/** https://github.com/sindresorhus/cli-spinners, dots: one Braille cell, as wide in all terminals. */
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds for which each is shown. */
export const spinnerInterval = 250;

export function rollTable(table: RollTable, { width, height, colour }: TableStyle): string {
  const { state, set, id } = table;
  const { steps, settings } = state;
  const title = rollTitle(
    id,
    set,
    steps.map(({ ordinal }) => ordinal),
    settings.maxUnavailable,
  );
  const shown = windowOf(steps, Math.max(height - 1, 1));
  const ordinalWidth = Math.max(...steps.map(({ ordinal }) => String(ordinal).length), 1);
  // A long name gives way to the pod's state.
  const nameWidth = Math.min(
    Math.max(...shown.map((row) => ('pod' in row ? row.pod.length : 0)), 1),
    Math.floor(width / 3),
  );
  const members = new Map(table.view.pods.map((pod) => [pod.metadata.name, pod]));
  const lines = shown.map((row) => {
    if ('more' in row) return ' '.repeat(ordinalWidth + 4) + row.more;
    const { texts, tone } = rowWords(row, table, members.get(row.pod));
    const name = withoutMiddle(printable(row.pod), nameWidth).padEnd(nameWidth);
    const head = `  ${String(row.ordinal).padStart(ordinalWidth)}  ${name}  `;
    const room = Math.max(width - displayWidth(head), 1);
    const said = withoutEnd(fitting(texts.map(printable), room), room);
    return head + (colour && tone ? paint(said, tone) : said);
  });
  return [withoutEnd(printable(title), width), ...lines].join('\n');
}

/** The rows around the pods that are under way, and how many rows are left out. */
function windowOf(steps: readonly RollStep[], height: number): (RollStep | { more: string })[] {
  if (steps.length <= height) return [...steps];
  const room = Math.max(height - 2, 1);
  const first = steps.findIndex(({ phase }) => phase.kind !== 'done');
  // The last pod that is done stays in sight.
  const start = Math.min(Math.max((first < 0 ? steps.length : first) - 1, 0), steps.length - room);
  const rows: (RollStep | { more: string })[] = steps.slice(start, start + room);
  const after = steps.length - start - room;
  const doneBefore = steps.slice(0, start).filter(({ phase }) => phase.kind === 'done').length;
  if (start > 0)
    rows.unshift({ more: doneBefore === start ? `… ${start} done` : `… ${start} before, ${doneBefore} of them done` });
  if (after > 0) rows.push({ more: `… ${after} more` });
  return rows;
}

interface Row {
  /** Texts of the same meaning, the longest first: a terminal shows the first text that fits. */
  texts: string[];
  tone?: Colour;
}

function fitting(texts: readonly string[], room: number): string {
  return texts.find((text) => displayWidth(text) <= room) ?? texts.at(-1) ?? '';
}

function rowWords(step: RollStep, table: RollTable, pod: Pod | undefined): Row {
  const { state, times, now, handling } = table;
  const { phase, begun } = step;
  const { settings } = state;
  const known = times.get(step.pod) ?? {};
  const turning = spinner[Math.floor(now / spinnerInterval) % spinner.length] ?? '';
  const limit = `${seconds(now - (begun ?? now))} of ${seconds(settings.timeout)}`;
  const went = handling.evicts ? 'evicted' : 'deleted';
  const goneAfter =
    known.evicted !== undefined && known.gone !== undefined ? `gone ${seconds(known.gone - known.evicted)}` : 'gone';
  /** What is under way, after what has been done where there is room. */
  const goesOn = (behind: string[], ...texts: string[]): Row => ({
    texts: [
      ...behind.map((_, at) => [...behind.slice(at), `${turning} ${texts[0]}`].join(' · ')),
      ...texts.map((text) => `${turning} ${text}`),
    ],
  });
  switch (phase.kind) {
    case 'waits':
    case 'confirmed':
    case 'may go':
      return state.end ? { texts: ['not begun'] } : waiting(step, table);
    case 'confirm':
      return { texts: ['asks whether it may go'], tone: 'yellow' };
    case 'pre-check':
      return goesOn([], `pre-check '${handling.preCheck ?? ''}' (${limit})`, `pre-check (${limit})`);
    case 'evicting':
      return goesOn([], `about to go (${limit})`);
    case 'blocked':
      return { ...goesOn([], `blocked (${limit}): ${phase.why}`), tone: 'yellow' };
    case 'ending':
      return goesOn([went], `ending (${limit})`);
    case 'coming': {
      if (phase.readySince !== undefined && pod) {
        const stability = Math.max(settings.stable, (table.view.set?.spec?.minReadySeconds ?? 0) * 1_000);
        const progress = `${seconds(now - phase.readySince)} of ${seconds(stability)}`;
        return goesOn([went, goneAfter], `ready, must stay so (${progress})`, `stays ready (${progress})`);
      }
      const word = pod?.metadata.uid === step.uid ? undefined : podWords(pod);
      if (word === undefined) return goesOn([went, goneAfter], `waiting for its successor (${limit})`);
      return goesOn([went, goneAfter], `waiting for readiness (${word}, ${limit})`, `not ready: ${word} (${limit})`);
    }
    case 'check':
      return goesOn([went, goneAfter, 'ready'], `check '${handling.check ?? ''}' (${limit})`, `check (${limit})`);
    case 'dns':
      return goesOn([went, goneAfter, 'ready'], `its name in DNS (${limit})`);
    case 'back':
      return goesOn([went, goneAfter, 'ready'], 'read once more');
    case 'done': {
      const took =
        known.done !== undefined && known.evicted !== undefined ? ` after ${seconds(known.done - known.evicted)}` : '';
      return { texts: [`✓ done${took}`], tone: 'green' };
    }
  }
}

/** What a pod waits for before its restart begins. */
function waiting(step: RollStep, { state }: RollTable): Row {
  const at = state.steps.indexOf(step);
  const before = state.steps.slice(0, at).filter(({ phase }) => phase.kind !== 'done');
  if (state.interrupted) return { texts: ['will not be begun'], tone: 'dim' };
  const [first] = before;
  if (first === undefined) {
    const { phase } = step;
    const awaits = phase.kind === 'waits' ? phase.awaits : undefined;
    return { texts: [awaits === undefined ? 'next' : `waits for ${awaits} to be available`] };
  }
  const more = before.length > 1 ? ` and ${before.length - 1} more` : '';
  return { texts: [`waits for ${first.ordinal}${more}`], tone: 'dim' };
}

function seconds(milliseconds: number): string {
  return `${Math.max(Math.round(milliseconds / 1_000), 0)} s`;
}
