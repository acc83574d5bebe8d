/** What was measured, and how it is shown: as a table on the terminal and in docs/benchmarks.md. */
import Table from 'cli-table3';
import { type Measured, median } from './measure.ts';
import type { Traffic } from './traffic.ts';

export interface Figure {
  what: string;
  /** How many pods the set has, where there is one. */
  pods?: number;
  rounds: number;
  plugin: Side;
  kubectl: Side;
  aim?: Aim;
}

export interface Side {
  runs: Measured[];
  traffic?: Traffic;
}

/** At most this part of kubectl's time, or this time, and at most this much memory. */
export interface Aim {
  ratio?: number;
  seconds?: number;
  bytes?: number;
}

function ratio({ plugin, kubectl }: Figure): number {
  return seconds(plugin) / seconds(kubectl);
}

export function seconds({ runs }: Side): number {
  return median(runs.map((run) => run.seconds));
}

function peak({ runs }: Side): number {
  return median(runs.map(({ bytes }) => bytes));
}

export function met(figure: Figure): boolean {
  const { aim, plugin } = figure;
  if (aim === undefined) return true;
  const limits: [measured: number, limit: number | undefined][] = [
    [ratio(figure), aim.ratio],
    [seconds(plugin), aim.seconds],
    [peak(plugin), aim.bytes],
  ];
  return limits.every(([measured, limit]) => limit === undefined || measured <= limit);
}

const head = ['', 'kubectl-sts', 'kubectl', 'ratio', 'aim', 'memory', 'requests', 'received'];

function row(figure: Figure): string[] {
  const { what, plugin, kubectl, aim } = figure;
  const both = (cell: (side: Side) => string | undefined) => {
    const cells = [cell(plugin), cell(kubectl)];
    return cells.includes(undefined) ? '' : cells.join(' : ');
  };
  return [
    what,
    `${milliseconds(seconds(plugin))} ${range(plugin)}`,
    `${milliseconds(seconds(kubectl))} ${range(kubectl)}`,
    ratio(figure).toFixed(2),
    aim === undefined ? '' : `${aimWords(aim)}${met(figure) ? '' : ' (missed)'}`,
    both((side) => megabytes(peak(side))),
    both(({ traffic }) => traffic && String(traffic.requests)),
    both(({ traffic }) => traffic && kilobytes(traffic.received)),
  ];
}

function aimWords({ ratio, seconds, bytes }: Aim): string {
  return [
    ...(ratio === undefined ? [] : [`≤ ${ratio}`]),
    ...(seconds === undefined ? [] : [`≤ ${seconds} s`]),
    ...(bytes === undefined ? [] : [`< ${megabytes(bytes)}`]),
  ].join(', ');
}

/** One line on a figure, as soon as there is one. */
export function summary(figure: Figure): string {
  const { what, plugin, kubectl } = figure;
  const times = `${milliseconds(seconds(plugin))}, kubectl ${milliseconds(seconds(kubectl))}`;
  return `${what}: ${times}, ratio ${ratio(figure).toFixed(2)}`;
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
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

/** The fastest and the slowest run: how much the machine's other work disturbed. */
function range({ runs }: Side): string {
  const sorted = runs.map((run) => run.seconds).sort((a, b) => a - b);
  return `(${milliseconds(sorted[0] ?? Number.NaN)}–${milliseconds(sorted.at(-1) ?? Number.NaN)})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(bytes < 1e5 ? 1 : 0)} kB`;
}
