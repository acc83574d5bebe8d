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
}

export interface TreeStyle {
  colour: boolean;
  /** Columns of the terminal, to which lines are cut; undefined cuts nothing. */
  width: number | undefined;
  header: boolean;
}

const gap = '  ';
const tones: Record<Tone, Colour> = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim' };

/**
 * cli-table3 lays out a table of 4,000 rows in seconds (its layout is quadratic, docs/decisions/0003-trees.md), so the
 * tree draws its columns itself.
 *
 * @param shrinkable columns that may be cut on a narrow terminal, the first to be cut first
 */
export function drawTree(
  columns: readonly string[],
  roots: readonly Line[],
  shrinkable: number[],
  style: TreeStyle,
): string {
  const rows = roots.flatMap((root) => flatten(root, '', ''));
  const header = columns.map((text): Cell => ({ text }));
  const table = style.header ? [header, ...rows] : rows;
  const widths = cut(naturalWidths(table), shrinkable, style.width);
  return table.map((cells) => `${drawRow(cells, widths, style.colour)}\n`).join('');
}

/** @param first what stands before the line's own name, @param rest what stands before everything below it */
function flatten({ cells, children }: Line, first: string, rest: string): Cell[][] {
  const [name, ...others] = cells.map(({ text, ...cell }) => ({ ...cell, text: printable(text) }));
  const below = children.flatMap((child, position) => {
    const last = position === children.length - 1;
    return flatten(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`);
  });
  return [[{ ...name, text: first + (name?.text ?? '') }, ...others], ...below];
}

function naturalWidths(rows: readonly Cell[][]): number[] {
  const widths: number[] = [];
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

const narrowest = 8;

function cut(widths: number[], shrinkable: number[], available: number | undefined): number[] {
  if (available === undefined) return widths;
  const result = [...widths];
  let excess = result.reduce((sum, width) => sum + width, gap.length * (result.length - 1)) - available;
  for (const column of shrinkable) {
    const width = result[column] ?? 0;
    const taken = Math.max(0, Math.min(excess, width - narrowest));
    result[column] = width - taken;
    excess -= taken;
  }
  return result;
}

function drawRow(cells: readonly Cell[], widths: readonly number[], colour: boolean): string {
  const last = cells.findLastIndex(({ text }) => text !== '');
  return cells
    .slice(0, last + 1)
    .map(({ text, tone }, column) => {
      const width = widths[column] ?? 0;
      const shown = truncate(text, width);
      const padding = column === last ? '' : ' '.repeat(width - displayWidth(shown));
      return (colour && tone ? paint(shown, tones[tone]) : shown) + padding;
    })
    .join(gap);
}

function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) > width - 1) break;
    shown += character;
  }
  return `${shown}…`;
}
