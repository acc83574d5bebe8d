/** DNS names and the verdicts on them, as a table for people. */
import { displayWidth, withoutEnd, withoutMiddle } from '#src/drawing/columns.ts';
import { drawTable, gap } from '#src/drawing/flattable.ts';
import { type Tone, tones } from '#src/drawing/tone.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Heard, JudgedName, JudgedSet } from '../model/verdicts.ts';
import { addressWords, answerWords, serversOf, verdictWords } from './words.ts';

export interface TableStyle {
  wide: boolean;
  /** Whether the sets may be of several namespaces. */
  allNamespaces: boolean;
  header: boolean;
  colour: boolean;
  /** Columns of the terminal; undefined to cut nothing. */
  width: number | undefined;
}

interface Row {
  cells: Record<Title, string>;
  /** The verdict without its advice, for when there is no room for both. */
  short: string;
  tone: Tone;
}

type Title = 'NAMESPACE' | 'POD' | 'NAME' | 'EXPECTED' | 'ANSWER' | 'TTL' | 'VERDICT' | 'SERVERS';

/** For each set its pods by ordinal, and then its Service. */
export async function namesTable(sets: readonly JudgedSet[], style: TableStyle): Promise<string> {
  const rows = sets.flatMap((set) => set.names.map((name) => rowOf(set, name, style.wide)));
  if (rows.length === 0) return '';
  const titles = [...(style.allNamespaces ? ['NAMESPACE' as const] : []), ...columns(style.wide)];
  const widths = narrowed(naturalWidths(titles, rows, style.header), rows, style.width);
  const shown = titles.filter((title) => widths[title] > 0);
  const lines = rows.map((row) => shown.map((title) => cell(title, row, widths[title], style.colour)));
  return await drawTable(
    style.header ? [shown.map((title) => withoutEnd(title, widths[title])), ...lines] : lines,
    shown.map((title) => widths[title]),
  );
}

function columns(wide: boolean): Title[] {
  return ['POD', 'NAME', 'EXPECTED', 'ANSWER', 'TTL', 'VERDICT', ...(wide ? ['SERVERS' as const] : [])];
}

function rowOf(set: JudgedSet, name: JudgedName, wide: boolean): Row {
  const { subject, fqdn, heard } = name;
  const expected = name.addresses.map(({ address }) => address);
  const telling = tellingAnswer(name);
  const { text, next, tone } = verdictWords(name, set);
  const cells = {
    NAMESPACE: set.set.metadata.namespace ?? '',
    POD: subject.kind === 'pod' ? subject.pod : 'Service',
    NAME: fqdn || '-',
    EXPECTED: aliasOf(name) ?? ((wide && expected.join(',')) || addressWords(expected)),
    ANSWER: telling ? answer(telling, wide) : '-',
    TTL: String(telling?.ttl ?? '-'),
    VERDICT: next === undefined ? text : `${text}; ${next}`,
    SERVERS: heard.map((each) => `${each.server}=${answer(each, true)}`).join(' '),
  };
  for (const title of Object.keys(cells) as Title[]) cells[title] = printable(cells[title]);
  return { cells, short: printable(text), tone };
}

/** The name that the Service's own name is an alias of, if the Service is an ExternalName. */
function aliasOf({ subject, unpublished }: JudgedName): string | undefined {
  return subject.kind === 'service' && unpublished?.kind === 'ExternalName' ? unpublished.target : undefined;
}

/** The answer of a server that the verdict is about, else of the first. */
function tellingAnswer({ heard, verdicts: [worst] }: JudgedName): Heard | undefined {
  const blamed = serversOf(worst);
  return heard.find(({ server }) => blamed.includes(server)) ?? heard[0];
}

function answer(heard: Heard, wide: boolean): string {
  const addresses = heard.addresses.map(({ address }) => address);
  return (wide && heard.outcome === 'NOERROR' && addresses.join(',')) || answerWords(heard);
}

type Widths = Record<Title, number>;

function naturalWidths(titles: readonly Title[], rows: readonly Row[], header: boolean): Widths {
  const none = { NAMESPACE: 0, POD: 0, NAME: 0, EXPECTED: 0, ANSWER: 0, TTL: 0, VERDICT: 0, SERVERS: 0 };
  const natural = (title: Title) => widest(rows.map(({ cells }) => cells[title]).concat(header ? title : ''));
  return { ...none, ...Object.fromEntries(titles.map((title) => [title, natural(title)])) };
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
}

/**
 * Makes the columns narrower, step by step, until they fit. The answers of single servers go first, then the middle of
 * long names, the advice of verdicts, and whole columns (width 0). An address is never cut, because the rest of it would
 * be another address. The reason of a verdict is cut last.
 */
function narrowed(natural: Widths, rows: readonly Row[], available: number | undefined): Widths {
  if (available === undefined) return natural;
  const widths = { ...natural };
  const steps: [title: Title, width: number, whole?: 'whole'][] = [
    ['SERVERS', 20],
    ['SERVERS', 0, 'whole'],
    ['NAME', 40],
    ['POD', 30],
    ['NAMESPACE', 20],
    ['VERDICT', widest(['VERDICT', ...rows.map(({ short }) => short)])],
    ['NAME', 24],
    ['TTL', 0, 'whole'],
    ['NAME', 0, 'whole'],
    ['EXPECTED', 0, 'whole'],
    ['ANSWER', 0, 'whole'],
    ['POD', 12],
    ['NAMESPACE', 0, 'whole'],
    ['VERDICT', 1],
  ];
  for (const [title, width, whole] of steps) {
    const shown = Object.values(widths).filter((each) => each > 0);
    const excess = shown.reduce((sum, each) => sum + each + gap, -gap) - available;
    if (excess <= 0) break;
    if (whole) widths[title] = width;
    else widths[title] = Math.max(Math.min(width, widths[title]), widths[title] - excess);
  }
  return widths;
}

function cell(title: Title, { cells, short, tone }: Row, width: number, colour: boolean): string {
  const text = cells[title];
  if (title === 'SERVERS') return withoutEnd(text, width);
  if (title !== 'VERDICT') return withoutMiddle(text, width);
  const shown = withoutEnd(displayWidth(text) <= width ? text : short, width);
  return colour ? paint(shown, tones[tone]) : shown;
}
