/** A roll as it is drawn on a terminal: a row for each pod, in the order in which they go. */

import { displayWidth, wrapped } from '#src/drawing/columns.ts';
import { unknownLeaderWords } from '#src/drawing/leadershipwords.ts';
import type { Pod } from '#src/objects/types.ts';
import { printable } from '#src/terminal/escape.ts';
import { type Colour, paint } from '#src/terminal/paint.ts';
import { leadsOthers } from '../model/leading.ts';
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
  const ordinals = steps.map(({ ordinal }) => ordinal);
  const title = wrapped(printable(rollTitle(id, set, ordinals, settings.maxUnavailable)), width);
  const ordinalWidth = Math.max(...ordinals.map((ordinal) => String(ordinal).length), 1);
  const longest = Math.max(...steps.map(({ pod }) => displayWidth(printable(pod))), 1);
  const columns = { ordinal: ordinalWidth, name: Math.min(longest, Math.floor(width / 2)), width };
  const members = new Map(table.view.pods.map((pod) => [pod.metadata.name, pod]));
  const linesOf = (step: RollStep) => {
    const row = rowWords(step, table, members.get(step.pod));
    const lines = rowLines(step, row, columns);
    return lines.map(({ head, said }) => head + (colour && row.tone ? paint(said, row.tone) : said));
  };
  const lines = windowOf(steps, linesOf, Math.max(height - title.length, 1)).flatMap((shown) =>
    'more' in shown ? `${' '.repeat(ordinalWidth + 4)}${shown.more}` : shown.lines,
  );
  return [...title, ...lines].join('\n');
}

/** The widths of the columns of ordinals and of names, and that of the terminal. */
interface Columns {
  ordinal: number;
  name: number;
  width: number;
}

/** A pod's name is never cut. Words that do not fit behind it stand below it. */
function rowLines(
  { pod, ordinal }: RollStep,
  { texts, reason }: Row,
  columns: Columns,
): { head: string; said: string }[] {
  const name = printable(pod);
  const lead = `  ${String(ordinal).padStart(columns.ordinal)}  `;
  const indent = ' '.repeat(lead.length);
  const roomBelow = Math.max(columns.width - lead.length, 1);
  const below = (words: string) => wrapped(words, roomBelow).map((said) => ({ head: indent, said }));
  const shorts = texts.map(printable);
  const wholes = reason === undefined ? shorts : shorts.map((text) => `${text}: ${printable(reason)}`);

  const blanks = columns.name - displayWidth(name);
  if (blanks >= 0) {
    const head = `${lead}${name}${' '.repeat(blanks)}  `;
    const fits = (text: string) => displayWidth(head + text) <= columns.width;
    const whole = wholes.find(fits);
    if (whole !== undefined) return [{ head, said: whole }];
    const short = shorts.find(fits);
    if (short !== undefined) return [{ head, said: short }, ...below(printable(reason ?? ''))];
  }
  const [first = '', ...rest] = wrapped(name, roomBelow);
  const words = wholes.find((text) => displayWidth(text) <= roomBelow) ?? wholes.at(-1) ?? '';
  return [
    { head: lead + first, said: '' },
    ...rest.map((line) => ({ head: indent + line, said: '' })),
    ...below(words),
  ];
}

/** The rows around the pods that are under way, and how many rows are left out. */
function windowOf(
  steps: readonly RollStep[],
  linesOf: (step: RollStep) => string[],
  height: number,
): ({ lines: string[] } | { more: string })[] {
  const heights = (shown: readonly { lines: string[] }[]) => shown.reduce((sum, { lines }) => sum + lines.length, 0);
  if (steps.length <= height) {
    const all = steps.map((step) => ({ lines: linesOf(step) }));
    if (heights(all) <= height) return all;
  }
  const room = Math.max(height - 2, 1);
  const first = steps.findIndex(({ phase }) => phase.kind !== 'done');
  // The last pod that is done stays in sight.
  let start = Math.max((first < 0 ? steps.length : first) - 1, 0);
  let end = start;
  const rows: { lines: string[] }[] = [];
  const add = (at: number, put: 'push' | 'unshift') => {
    const step = steps[at];
    if (step === undefined) return false;
    const row = { lines: linesOf(step) };
    // At least one row, however low the terminal is.
    if (rows.length > 0 && heights([...rows, row]) > room) return false;
    rows[put](row);
    return true;
  };
  while (add(end, 'push')) end++;
  while (add(start - 1, 'unshift')) start--;
  const doneBefore = steps.slice(0, start).filter(({ phase }) => phase.kind === 'done').length;
  const before = doneBefore === start ? `… ${start} done` : `… ${start} before, ${doneBefore} of them done`;
  return [
    ...(start > 0 ? [{ more: before }] : []),
    ...rows,
    ...(end < steps.length ? [{ more: `… ${steps.length - end} more` }] : []),
  ];
}

interface Row {
  /** Texts of the same meaning, the longest first: a terminal shows the first text that fits. */
  texts: string[];
  /** Why it is so. It follows a colon, or stands below. */
  reason?: string;
  tone?: Colour;
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
      return { ...goesOn([], `blocked (${limit})`), reason: phase.why, tone: 'yellow' };
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
  if (first === undefined) return next(step, state);
  const leads = state.leading.leader === step.pod ? 'leads, ' : '';
  const more = before.length > 1 ? ` and ${before.length - 1} more` : '';
  return { texts: [`${leads}waits for ${first.ordinal}${more}`], tone: 'dim' };
}

function next({ pod, phase }: RollStep, state: RollState): Row {
  const { unknown } = state.leading;
  if (unknown !== undefined) {
    return { texts: ['waits to know who leads'], reason: unknownLeaderWords(unknown), tone: 'yellow' };
  }
  if (leadsOthers(state, pod))
    return { texts: ['leads; an earlier eviction of it may still be carried out: waits'], tone: 'yellow' };
  const awaits = phase.kind === 'waits' ? phase.awaits : undefined;
  return { texts: [awaits === undefined ? 'next' : `waits for ${awaits} to be available`] };
}

function seconds(milliseconds: number): string {
  return `${Math.max(Math.round(milliseconds / 1_000), 0)} s`;
}
