/** Draws a tree with columns, and sentences below its rows. */
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Cell } from './cells.ts';
import { displayWidth, withoutEnd, withoutMiddle, wrapped } from './columns.ts';
import { tones } from './tone.ts';

/** A row of the tree, and the rows below it. */
export interface Line {
  name: string;
  /** Stands for the name where that does not fit, unless another row of the tree would read the same. */
  shortName?: string;
  /** One cell for each column behind the name. */
  cells: readonly Cell[];
  /** Sentences that are never cut. Each begins a line of its own below the row. */
  notes?: readonly Cell[];
  children: readonly Line[];
}

export interface Root extends Line {
  /** For the column of groups. */
  group?: string;
  /** One line below the tree that sums it up. */
  footer?: string;
}

export interface TreeStyle {
  colour: boolean;
  /** No line is wider than so many columns of the terminal; undefined cuts and wraps nothing. */
  width: number | undefined;
  header: boolean;
  /** The title of the column of groups; undefined leaves the column out. */
  groups: string | undefined;
  /** One line below all trees that sums them up; empty for none. */
  total: string;
}

const gap = '  ';

/** Names, groups and sentences get so many columns, as long as the terminal has them. */
const narrowest = 24;

/** A line of the tree as it is drawn. */
interface Row {
  group: string;
  /** The branches before the name. */
  before: string;
  /** The branches before what stands below the name, as far as that is not an object of its own. */
  below: string;
  name: string;
  shortName: string | undefined;
  cells: readonly Measured[];
  notes: readonly Cell[];
}

/** A cell with its columns on a terminal. There are tens of thousands in a large tree, and each is measured once. */
interface Measured extends Cell {
  width: number;
}

/** The columns and their widths. */
interface Grid {
  /** Undefined without a column of groups. */
  group: number | undefined;
  name: number;
  cells: readonly number[];
}

/**
 * Draws the columns without cli-table3, which takes seconds for 4,000 rows (docs/decisions/0003-trees.md).
 *
 * Where the terminal is too narrow, short names come first. Then the columns give way, and in the end a name that is too
 * long for its column has a line of its own. Neither a name nor a sentence is ever cut.
 *
 * @param columns the titles, that of the name first
 * @param cuts the columns that give way: a title, and the width down to which the column is cut at this step; 0 takes the
 *   whole column away
 */
export function drawTree(
  columns: readonly string[],
  roots: readonly Root[],
  cuts: readonly (readonly [title: string, width: number])[],
  style: TreeStyle,
): string {
  const blocks = roots.map((root) => ({ rows: rowsOf(root), footer: root.footer }));
  const [nameTitle = '', ...titles] = columns;
  const title: Row = {
    ...{ group: style.groups ?? '', before: '', below: '', name: nameTitle, shortName: undefined, notes: [] },
    cells: titles.map((text) => measured({ text })),
  };
  const header = style.header ? [title] : [];
  const grid = fitted([...header, ...blocks.flatMap(({ rows }) => rows)], titles, cuts, style);
  const texts = blocks.map(({ rows, footer }) => drawRows(rows, grid, style) + drawFooter(footer, style));
  const total = style.total ? [drawFooter(style.total, style)] : [];
  return drawRows(header, grid, style) + [...texts, ...total].join('\n');
}

function drawFooter(footer: string | undefined, { width, colour }: TreeStyle): string {
  if (footer === undefined) return '';
  const lines = wrapped(printable(footer), width);
  return lines.map((line) => `${colour ? paint(line, tones.faint) : line}\n`).join('');
}

function rowsOf(root: Root): Row[] {
  const rows: Row[] = [];
  flatten(root, '', '', rows);
  const [first] = rows;
  if (first !== undefined) first.group = printable(root.group ?? '');
  const counts = new Map<string, number>();
  for (const { name, shortName = name } of rows) counts.set(shortName, (counts.get(shortName) ?? 0) + 1);
  return rows.map((row) => ((counts.get(row.shortName ?? '') ?? 0) > 1 ? { ...row, shortName: undefined } : row));
}

/**
 * Adds a line and all lines below it to `rows`.
 *
 * @param before the branches before the line's own name
 * @param rest the branches before the names of all lines below it
 */
function flatten({ name, shortName, cells, notes = [], children }: Line, before: string, rest: string, rows: Row[]) {
  rows.push({
    group: '',
    before,
    below: rest + (children.length > 0 ? '│  ' : '   '),
    name: printable(name),
    shortName: shortName === undefined ? undefined : printable(shortName),
    cells: cells.map(measured),
    notes: notes.map(({ text, ...tone }) => ({ ...tone, text: printable(text) })),
  });
  for (const [position, child] of children.entries()) {
    const last = position === children.length - 1;
    flatten(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, rows);
  }
}

const empty: Measured = { text: '', width: 0 };

function measured({ text, tone }: Cell): Measured {
  if (text === '') return empty;
  const shown = printable(text);
  return { text: shown, width: displayWidth(shown), ...(tone && { tone }) };
}

function fitted(
  rows: readonly Row[],
  titles: readonly string[],
  cuts: readonly (readonly [title: string, width: number])[],
  { groups, width: available }: TreeStyle,
): Grid {
  const widest = (text: (row: Row) => string) => rows.reduce((max, row) => Math.max(max, displayWidth(text(row))), 0);
  let group = groups === undefined ? undefined : widest((row) => row.group);
  const cells = titles.map((_, column) => rows.reduce((max, row) => Math.max(max, row.cells[column]?.width ?? 0), 0));
  const full = widest((row) => row.before + row.name);
  if (available === undefined) return { group, name: full, cells };

  const excess = (name: number) => {
    const widths = [...(group === undefined ? [] : [group]), name, ...cells.filter((width) => width > 0)];
    return widths.reduce((sum, width) => sum + gap.length + width, -gap.length) - available;
  };
  // Where short names do not suffice, nothing is won by those that are still longer than the longest of them.
  const short = widest((row) => row.before + (row.shortName ?? row.name));
  let name = Math.max(short, full - Math.max(0, excess(full)));
  for (const [title, width] of cuts) {
    const column = titles.indexOf(title);
    const natural = cells[column] ?? 0;
    if (column < 0 || excess(name) <= 0) continue;
    cells[column] = width === 0 ? 0 : Math.max(Math.min(width, natural), natural - excess(name));
  }
  name -= Math.max(0, Math.min(excess(name), name - narrowest));
  if (group !== undefined) group -= Math.max(0, Math.min(excess(name), group - narrowest));
  name -= Math.max(0, Math.min(excess(name), name));
  return { group, name, cells };
}

function drawRows(rows: readonly Row[], grid: Grid, style: TreeStyle): string {
  return rows
    .flatMap((row) => [...drawRow(row, grid, style), ...drawNotes(row, grid, style)])
    .map((line) => `${line}\n`)
    .join('');
}

/** @returns one line, or several where the name does not fit */
function drawRow(row: Row, { group, name: nameWidth, cells: widths }: Grid, { width, colour }: TreeStyle): string[] {
  const lastCell = row.cells.findLastIndex(({ text }, column) => text !== '' && widths[column] !== 0);
  let tail = '';
  for (let column = 0; column <= lastCell; column++) {
    const width = widths[column] ?? 0;
    if (width === 0) continue;
    const cell = row.cells[column] ?? empty;
    const { shown, padding } = sized(cell, width);
    tail += `${gap}${colour && cell.tone ? paint(shown, tones[cell.tone]) : shown}${column < lastCell ? ' '.repeat(padding) : ''}`;
  }
  const lead = group === undefined ? '' : pad(withoutMiddle(row.group, group), group) + gap;
  const before = lead + row.before;
  const below = `${group === undefined ? '' : ' '.repeat(group) + gap}${row.below}`;
  const inColumn = displayWidth(lead) + nameWidth;
  for (const name of row.shortName === undefined ? [row.name] : [row.name, row.shortName]) {
    const padding = inColumn - displayWidth(before + name);
    if (padding >= 0) return [tail === '' ? (before + name).trimEnd() : before + name + ' '.repeat(padding) + tail];
  }

  const parts = wrapped(row.shortName ?? row.name, Math.max(1, (width ?? 0) - displayWidth(below)));
  const lines = parts.map((part, position) => (position === 0 ? before : below) + part);
  const last = lines.at(-1) ?? '';
  const isRoomy = displayWidth(last) <= inColumn;
  if (tail === '') return lines;
  return isRoomy
    ? [...lines.slice(0, -1), pad(last, inColumn) + tail]
    : [...lines, pad(below, inColumn).slice(0, inColumn) + tail];
}

function sized({ text, width: natural }: Measured, width: number): { shown: string; padding: number } {
  if (natural <= width) return { shown: text, padding: width - natural };
  const shown = withoutEnd(text, width);
  return { shown, padding: width - displayWidth(shown) };
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

function drawNotes(row: Row, { group }: Grid, { width, colour }: TreeStyle): string[] {
  const lead = group === undefined ? '' : ' '.repeat(group) + gap;
  const isRoomy = width === undefined || width - displayWidth(lead + row.below) >= narrowest;
  const before = isRoomy ? lead + row.below : '';
  return row.notes.flatMap(({ text, tone }) =>
    wrapped(text, width === undefined ? undefined : width - displayWidth(before)).map(
      (line) => before + (colour && tone ? paint(line, tones[tone]) : line),
    ),
  );
}
