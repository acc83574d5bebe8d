/** Draws a tree with columns. */
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import type { Cell } from './cells.ts';
import { displayWidth, withoutEnd, withoutMiddle } from './columns.ts';
import { tones } from './tone.ts';

/** A row of the tree: one cell for each column, the name first, and the rows below it. */
export interface Line {
  cells: Cell[];
  children: Line[];
  /** Of a root: the group that it belongs to, for the column of groups. */
  group?: string;
  /** Of a root: one line below its tree that sums it up. */
  footer?: string;
}

export interface TreeStyle {
  colour: boolean;
  /** Lines are cut to so many columns of the terminal; undefined cuts nothing. */
  width: number | undefined;
  header: boolean;
  /** The title of the column of groups; undefined leaves the column out. */
  groups: string | undefined;
  /** One line below all trees that sums them up; empty for none. */
  total: string;
}

const gap = '  ';

/**
 * Draws the columns without cli-table3, which takes seconds for 4,000 rows (docs/decisions/0003-trees.md).
 *
 * @param cuts steps that make the tree narrower, taken in this order until it fits: the title of a column, and the width
 *   that it is cut to
 */
export function drawTree(
  columns: readonly string[],
  roots: readonly Line[],
  cuts: readonly (readonly [title: string, width: number])[],
  style: TreeStyle,
): string {
  const titles = style.groups === undefined ? columns : [style.groups, ...columns];
  const blocks = roots.map((root) => ({ rows: rowsOf(root, style), footer: root.footer }));
  const header = style.header ? [titles.map((text): Cell => ({ text }))] : [];
  const natural = naturalWidths([...header, ...blocks.flatMap(({ rows }) => rows)], titles.length);
  const steps = cuts
    .filter(([title]) => titles.includes(title))
    .map(([title, width]) => [titles.indexOf(title), width] as const);
  const widths = cut(natural, steps, style.width);
  const nameColumn = style.groups === undefined ? 0 : 1;
  const draw = (rows: readonly Cell[][]) =>
    rows.map((cells) => `${drawRow(cells, widths, nameColumn, style.colour)}\n`).join('');
  const texts = blocks.map(({ rows, footer }) => draw(rows) + drawFooter(footer, style));
  return draw(header) + [...texts, ...(style.total ? [drawFooter(style.total, style)] : [])].join('\n');
}

function drawFooter(footer: string | undefined, { width, colour }: TreeStyle): string {
  if (footer === undefined) return '';
  const shown = withoutEnd(printable(footer), width ?? Number.POSITIVE_INFINITY);
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
 * Adds a line and all lines below it to `rows`.
 *
 * @param first the branches before the line's own name
 * @param rest the branches before the names of all lines below it
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

function cut(
  widths: number[],
  steps: readonly (readonly [column: number, width: number])[],
  available: number | undefined,
): number[] {
  if (available === undefined) return widths;
  const result = [...widths];
  let excess = result.reduce((sum, width) => sum + width, gap.length * (result.length - 1)) - available;
  for (const [column, width] of steps) {
    const taken = Math.max(0, Math.min(excess, (result[column] ?? 0) - width));
    result[column] = (result[column] ?? 0) - taken;
    excess -= taken;
  }
  return result;
}

function drawRow(cells: readonly Cell[], widths: readonly number[], nameColumn: number, colour: boolean): string {
  const last = cells.findLastIndex(({ text }, column) => text !== '' && widths[column] !== 0);
  let row = '';
  for (const [column, { text, tone }] of cells.entries()) {
    if (column > last) break;
    const width = widths[column] ?? 0;
    const natural = displayWidth(text);
    const shown =
      natural <= width ? text : column === nameColumn ? withoutMiddle(text, width) : withoutEnd(text, width);
    row += colour && tone ? paint(shown, tones[tone]) : shown;
    if (column < last) row += ' '.repeat(width - (natural > width ? displayWidth(shown) : natural)) + gap;
  }
  return row;
}
