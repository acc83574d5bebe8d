/** Draws lines that have children as a tree with columns. */
import stringWidth from 'string-width';
import { printable } from '../terminal/escape.ts';
import { type Colour, paint } from '../terminal/paint.ts';

/** What a cell means: well, on its way or doubtful, wrong, or of little weight. */
export type Tone = 'good' | 'warning' | 'bad' | 'faint';

export interface Cell {
  text: string;
  tone?: Tone;
}

/** A row of the tree: one cell for each column, the name first, and the lines that hang below it. */
export interface Line {
  cells: Cell[];
  children: Line[];
  /** For a root: what it belongs to, shown in a column of its own where roots of several are drawn. */
  group?: string;
  /** For a root: one line that sums it up, below everything else of it. */
  footer?: string;
}

export interface TreeStyle {
  colour: boolean;
  /** Columns of the terminal, to which lines are cut; undefined cuts nothing. */
  width: number | undefined;
  header: boolean;
  /** The title of the column that tells roots' groups apart; undefined shows no such column. */
  groups: string | undefined;
}

const gap = '  ';
const tones: Record<Tone, Colour> = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim' };

/**
 * cli-table3 lays out a table of 4,000 rows in seconds (docs/decisions/0003-trees.md), so the tree draws its columns
 * itself.
 *
 * @param shrinkable columns that may be cut on a narrow terminal, the first to be cut first
 */
export function drawTree(
  columns: readonly string[],
  roots: readonly Line[],
  shrinkable: readonly string[],
  style: TreeStyle,
): string {
  const titles = style.groups === undefined ? columns : [style.groups, ...columns];
  const blocks = roots.map((root) => ({ rows: rowsOf(root, style), footer: root.footer }));
  const header = style.header ? [titles.map((text): Cell => ({ text }))] : [];
  const natural = naturalWidths([...header, ...blocks.flatMap(({ rows }) => rows)], titles.length);
  const widths = cut(
    natural,
    shrinkable.map((title) => titles.indexOf(title)),
    style.width,
  );
  const draw = (rows: readonly Cell[][]) => rows.map((cells) => `${drawRow(cells, widths, style.colour)}\n`).join('');
  return draw(header) + blocks.map(({ rows, footer }) => draw(rows) + drawFooter(footer, style)).join('\n');
}

function drawFooter(footer: string | undefined, { width, colour }: TreeStyle): string {
  if (footer === undefined) return '';
  const shown = truncate(printable(footer), width ?? Number.POSITIVE_INFINITY);
  return `${colour ? paint(shown, tones.faint) : shown}\n`;
}

function rowsOf(root: Line, { groups }: TreeStyle): Cell[][] {
  const rows: Cell[][] = [];
  flatten(root, '', '', rows);
  if (groups === undefined) return rows;
  const group: Cell = { text: printable(root.group ?? '') };
  return rows.map((cells, position) => [position === 0 ? group : { text: '' }, ...cells]);
}

/**
 * Adds a line and those below it to `rows`.
 *
 * @param first what stands before the line's own name
 * @param rest what stands before everything below it
 */
function flatten({ cells, children }: Line, first: string, rest: string, rows: Cell[][]): void {
  rows.push(
    cells.map(({ text, ...tone }, column) => {
      const shown = printable(text);
      return { ...tone, text: column === 0 ? first + shown : shown };
    }),
  );
  for (const [position, child] of children.entries()) {
    const last = position === children.length - 1;
    flatten(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, rows);
  }
}

function naturalWidths(rows: readonly Cell[][], columns: number): number[] {
  const widths = new Array<number>(columns).fill(0);
  for (const cells of rows) {
    for (const [column, { text }] of cells.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(text));
    }
  }
  return widths;
}

// string-width costs microseconds a call, and nearly all text here is plain.
function displayWidth(text: string): number {
  return /^[ -~─│└├…]*$/.test(text) ? text.length : stringWidth(text);
}

/** A column is first cut down to this, and only when all are that narrow to nothing. */
const narrowest = 12;

function cut(widths: number[], shrinkable: readonly number[], available: number | undefined): number[] {
  const result = [...widths];
  let excess = result.reduce((sum, width) => sum + width, gap.length * (result.length - 1)) - (available ?? 0);
  if (available === undefined) return result;
  for (const floor of [narrowest, 0]) {
    for (const column of shrinkable) {
      const taken = Math.max(0, Math.min(excess, (result[column] ?? 0) - floor));
      result[column] = (result[column] ?? 0) - taken;
      excess -= taken;
    }
  }
  return result;
}

function drawRow(cells: readonly Cell[], widths: readonly number[], colour: boolean): string {
  const last = cells.findLastIndex(({ text }, column) => text !== '' && widths[column] !== 0);
  let row = '';
  for (const [column, { text, tone }] of cells.entries()) {
    if (column > last) break;
    const width = widths[column] ?? 0;
    const natural = displayWidth(text);
    const shown = natural > width ? truncate(text, width) : text;
    row += colour && tone ? paint(shown, tones[tone]) : shown;
    if (column < last) row += ' '.repeat(width - (natural > width ? displayWidth(shown) : natural)) + gap;
  }
  return row;
}

function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width === 0) return '';
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) > width - 1) break;
    shown += character;
  }
  return `${shown}…`;
}
