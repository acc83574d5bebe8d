/** Draws flat tables whose rows end in sentences: each stands behind its row where the terminal has room, else below it. */
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Cell } from './cells.ts';
import { displayWidth, withoutEnd, withoutMiddle, wrapped } from './columns.ts';
import { drawTable, gap } from './flattable.ts';
import { tones } from './tone.ts';

export interface Column {
  title: string;
  /** How a text gives way that is too long for its column: it loses its end or its middle, or has a line of its own. */
  long: 'end' | 'middle' | 'own line';
}

export interface Sentence extends Cell {
  /** The beginning of the text. It stays in the row where the whole text does not fit there. */
  brief?: string;
  /** Has no title before it where it stands below its row: it speaks for itself. */
  untitled?: boolean;
}

export interface SentencedRow {
  /** One for each column. */
  cells: readonly Cell[];
  /** One for each title of a sentence. */
  sentences: readonly Sentence[];
}

export interface SentencedTable {
  columns: readonly Column[];
  /** The titles of the sentences, which stand behind the columns. */
  sentences: readonly string[];
  rows: readonly SentencedRow[];
  /**
   * The columns that give way where the terminal is too narrow: a title, and the width down to which the column gets
   * narrower at this step; 0 removes the whole column.
   */
  gives: readonly (readonly [title: string, width: number])[];
}

export interface SentencedStyle {
  header: boolean;
  colour: boolean;
  /** No line is wider than so many columns of the terminal; undefined cuts and wraps nothing. */
  width: number | undefined;
}

/**
 * A sentence with its beginning up to the first colon, comma or parenthesis, as `no endpoints` of
 * `no endpoints: the pod is missing`; without it where that is too long to keep a place for it in the row.
 */
export function withBrief(cell: Cell): Sentence {
  const brief = cell.text.split(/[:;,] | \(/, 1)[0] ?? '';
  return displayWidth(brief) <= narrowest ? { ...cell, brief } : cell;
}

/** Sentences below a row are indented as long as they have so many columns of the terminal. */
const narrowest = 24;
const indentation = '  ';

/**
 * In a pipe, and where the whole table fits the terminal, each sentence has its column, and each row is one line.
 *
 * Elsewhere the columns give way until they leave room for the brief beginnings of the first sentences. A first sentence
 * that fits stands behind its row. Of another one, only its beginning stands there, and the rest below the row. A
 * sentence of which nothing stands in the row has its title before it, unless it needs none. No sentence is ever cut.
 */
export async function drawSentenced(table: SentencedTable, style: SentencedStyle): Promise<string> {
  const rows = table.rows.map(escaped);
  const header = headerOf(table);
  const all = style.header ? [header, ...rows] : rows;
  if (all.length === 0) return '';
  const natural = table.columns.map((_, at) => widest(all.map(({ cells }) => cells[at])));
  const sentences = table.sentences.map((_, at) => widest(all.map((row) => row.sentences[at])));
  const { width } = style;
  if (width === undefined || [...natural, ...sentences].reduce((sum, each) => sum + each + gap, -gap) <= width) {
    const texts = all.map((row) => [...row.cells, ...row.sentences].map((cell) => painted(cell, cell.text, style)));
    return await drawTable(texts, lastFree([...natural, ...sentences]));
  }
  const briefs = rows.map(({ sentences: [first] }) => ({ text: first?.brief ?? '' }));
  const need = Math.max(1, widest([...briefs, ...(style.header ? header.sentences.slice(0, 1) : [])]));
  const grid = gridOf(table, natural, need, width);
  const parts = [
    ...(style.header ? [cellsOnly(header, grid)] : []),
    ...rows.flatMap((row) => partsOf(row, table, grid, style)),
  ];
  return await drawParts(parts, grid);
}

function escaped({ cells, sentences }: SentencedRow): SentencedRow {
  return {
    cells: cells.map((cell) => ({ ...cell, text: printable(cell.text) })),
    sentences: sentences.map(({ brief, ...cell }) => ({
      ...cell,
      text: printable(cell.text),
      ...(brief !== undefined && { brief: printable(brief) }),
    })),
  };
}

function headerOf({ columns, sentences }: SentencedTable): SentencedRow {
  return { cells: columns.map(({ title }) => ({ text: title })), sentences: sentences.map((text) => ({ text })) };
}

function widest(cells: readonly (Cell | undefined)[]): number {
  return cells.reduce((width, cell) => Math.max(width, displayWidth(cell?.text ?? '')), 0);
}

/** Columns of the terminal that columns of the table take, with the gap behind each. */
function taken(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + (width > 0 ? width + gap : 0), 0);
}

/** The last column needs no width, and gets none: cli-table3 may measure rare characters differently, and cut them. */
function lastFree(widths: readonly number[]): (number | undefined)[] {
  return [...widths.slice(0, -1), undefined];
}

function painted({ tone }: Cell, shown: string, { colour }: SentencedStyle): string {
  return colour && tone ? paint(shown, tones[tone]) : shown;
}

interface GridColumn extends Column {
  /** Its position among all columns. */
  at: number;
  width: number;
  /** Where it begins on the terminal. */
  from: number;
}

/** The columns that are left on a terminal. */
interface Grid {
  columns: readonly GridColumn[];
  /** What is left for the first sentence behind a row; may be negative. */
  room: number;
  /** Of the terminal. */
  width: number;
}

/** @param need what the beginnings of the first sentences take */
function gridOf({ columns, gives }: SentencedTable, natural: readonly number[], need: number, available: number): Grid {
  const widths = [...natural];
  // Where a caller's steps do not suffice, the last columns go first.
  const rest = columns.toReversed().map(({ title, long }) => [title, long === 'own line' ? 1 : 0] as const);
  for (const [title, least] of [...gives, ...rest]) {
    const column = columns.findIndex((each) => each.title === title);
    const excess = taken(widths) + need - available;
    if (excess <= 0) break;
    const width = widths[column] ?? 0;
    if (column >= 0) widths[column] = least === 0 ? 0 : Math.max(Math.min(least, width), width - excess);
  }
  const left = columns.flatMap((column, at) => {
    const width = widths[at] ?? 0;
    return width === 0 ? [] : [{ ...column, at, width, from: taken(widths.slice(0, at)) }];
  });
  return { columns: left, room: available - taken(widths), width: available };
}

/** A line of the table, drawn in columns or already whole. */
type Part = { texts: string[] } | { line: string };

function cellsOnly({ cells, sentences: [first] }: SentencedRow, { columns, room }: Grid): Part {
  const titles = columns.map(({ at, width }) => withoutEnd(cells[at]?.text ?? '', width));
  return { texts: [...titles, withoutEnd(first?.text ?? '', Math.max(room, 0))] };
}

function partsOf(row: SentencedRow, table: SentencedTable, grid: Grid, style: SentencedStyle): Part[] {
  const [first = { text: '' }, ...others] = row.sentences;
  const { behind, below } = split(first, grid.room);
  const titled = (sentence: Sentence, at: number) => ({
    ...sentence,
    text: sentence.untitled
      ? sentence.text
      : sentence.text && `${table.sentences[at]?.toLowerCase()}: ${sentence.text}`,
  });
  const notes: Cell[] = [
    behind === '' ? titled(first, 0) : { ...first, text: below },
    ...others.map((other, at) => titled(other, at + 1)),
  ];
  return [
    ...rowParts(row, painted(first, behind, style), grid, style),
    ...notes.flatMap((note) => noteLines(note, grid.width).map((line) => ({ line: painted(note, line, style) }))),
  ];
}

/** What of a sentence stands behind its row, and what below it. */
function split({ text, brief = '' }: Sentence, room: number): { behind: string; below: string } {
  if (displayWidth(text) <= room) return { behind: text, below: '' };
  const rest = text.slice(brief.length).replace(/^[:;,]? /, '');
  const isShort = brief !== '' && rest !== '' && text.startsWith(brief) && displayWidth(brief) <= room;
  return isShort ? { behind: brief, below: rest } : { behind: '', below: text };
}

/** The row in one line, and in more where a text that may not be cut is too long for its column. */
function rowParts({ cells }: SentencedRow, behind: string, grid: Grid, style: SentencedStyle): Part[] {
  const parts: Part[] = [];
  let texts: string[] = [];
  const endLine = () => {
    if (texts.some((text) => text !== '')) parts.push({ texts: padded(texts, grid.columns.length + 1) });
    texts = [];
  };
  for (const [position, { at, long, width, from }] of grid.columns.entries()) {
    const cell = cells[at] ?? { text: '' };
    if (long !== 'own line' || displayWidth(cell.text) <= width) {
      const shown = long === 'middle' ? withoutMiddle(cell.text, width) : withoutEnd(cell.text, width);
      texts = [...padded(texts, position), painted(cell, shown, style)];
      continue;
    }
    // It begins below its title, or as far left of that as it must to stay whole.
    const start = Math.max(0, Math.min(from, grid.width - displayWidth(cell.text)));
    const [first = '', ...more] = wrapped(cell.text, grid.width - start).map((line) => painted(cell, line, style));
    if (start < from) endLine();
    const before = padded(texts, position).map((text, nth) => filled(text, grid.columns[nth]?.width ?? 0));
    const lead = start < from ? ' '.repeat(start) : before.join('');
    parts.push({ line: lead + first }, ...more.map((line) => ({ line: ' '.repeat(start) + line })));
    texts = [];
  }
  texts = [...padded(texts, grid.columns.length), behind];
  endLine();
  return parts;
}

/** With blanks up to the next column. */
function filled(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)) + gap);
}

function padded(texts: readonly string[], length: number): string[] {
  return Array.from({ length }, (_, at) => texts[at] ?? '');
}

function noteLines({ text }: Cell, width: number): string[] {
  if (text === '') return [];
  const before = width - indentation.length >= narrowest ? indentation : '';
  return wrapped(text, width - before.length).map((line) => before + line);
}

async function drawParts(parts: readonly Part[], { columns }: Grid): Promise<string> {
  const inColumns = parts.flatMap((part) => ('texts' in part ? [part.texts] : []));
  const drawn = await drawTable(inColumns, [...columns.map(({ width }) => width), undefined]);
  const lines = drawn.split('\n').values();
  return parts.map((part) => `${'line' in part ? part.line : lines.next().value}\n`).join('');
}
