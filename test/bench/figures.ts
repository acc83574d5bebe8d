/** What was measured, and how it is shown: as a table on the terminal and in docs/benchmarks.md. */
import Table from 'cli-table3';
import { type Aim, outcome, type Pair, peak, processor, type Side, seconds } from './aims.ts';

export interface Figure extends Pair {
  what: string;
  aims: readonly Aim[];
}

export function met(figure: Figure): boolean {
  return figure.aims.every((aim) => outcome(aim, figure).met);
}

const head = ['', 'compared with', 'time', 'processor', 'memory', 'requests', 'received', 'aims'];

function row(figure: Figure): string[] {
  const { what, plugin, other, aims } = figure;
  const both = (cell: (side: Side) => string | undefined) => {
    const cells = [cell(plugin), cell(other)];
    return cells.every((each) => each === undefined) ? '' : cells.map((each) => each ?? '–').join(' : ');
  };
  return [
    what,
    other.words,
    both((side) => `${milliseconds(seconds(side))} ${range(side)}`),
    both((side) => milliseconds(processor(side))),
    both((side) => megabytes(peak(side))),
    both(({ traffic }) => traffic && String(traffic.requests)),
    both(({ traffic }) => traffic && kilobytes(traffic.received)),
    aims.map((aim) => outcome(aim, figure).words).join('; '),
  ];
}

/** One line on a figure, as soon as there is one. */
export function summary(figure: Figure): string {
  const { what, plugin, other, aims } = figure;
  const times = `${milliseconds(seconds(plugin))} : ${milliseconds(seconds(other))}`;
  return [`${what}: ${times} (${other.words})`, ...aims.map((aim) => outcome(aim, figure).words)].join('; ');
}

export function terminalTable(figures: readonly Figure[]): string {
  // Without the empty styles cli-table3 colours its borders in pipes too.
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...figures.map(row));
  return table.toString();
}

/** Aligned, as the formatter wants it. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = [head, ...figures.map(row)];
  const widths = head.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [header = [], ...body] = rows;
  return [header, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
}

function milliseconds(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

/** The fastest and the slowest run: how much the machine's other work disturbed. */
function range({ runs }: Side): string {
  const sorted = runs.map((run) => run.seconds).sort((a, b) => a - b);
  return `(${milliseconds(sorted[0] ?? Number.NaN)}–${milliseconds(sorted.at(-1) ?? Number.NaN)})`;
}

function megabytes(bytes: number): string {
  if (Number.isNaN(bytes)) return '–';
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(bytes < 1e5 ? 1 : 0)} kB`;
}
