/** What a figure is to be, always in proportion to something else that was measured in the same run. */
import { type Measured, median } from './measure.ts';
import type { Traffic } from './traffic.ts';

export interface Side {
  /** The command, in words. */
  words: string;
  runs: readonly Measured[];
  traffic?: Traffic;
}

export interface Pair {
  plugin: Side;
  /** What it is compared with. */
  other: Side;
}

export interface Aim {
  /** What is measured, and in what: `time, of the other's`. */
  words: string;
  measured(pair: Pair): number;
  limit: number;
  shown(value: number): string;
}

/** Milliseconds. */
const roundTrip = 50;

export function seconds({ runs }: Side): number {
  return median(runs.map((run) => run.seconds));
}

export function processor({ runs }: Side): number {
  return median(runs.map((run) => run.processor));
}

export function peak({ runs }: Side): number {
  return median(runs.map(({ bytes }) => bytes));
}

function ownMemory({ runs }: Side): number {
  return median(runs.map((run) => run.private));
}

const part = (value: number) => value.toFixed(2);
const milliseconds = (value: number) => `${(value * 1_000).toFixed(0)} ms`;
const megabytes = (value: number) => `${(value / 1e6).toFixed(0)} MB`;

/** At most this part of the other's time. */
export const timeRatio = (limit: number): Aim => ({
  words: 'time',
  measured: ({ plugin, other }) => seconds(plugin) / seconds(other),
  limit,
  shown: part,
});

/** At most this part of the other's processor time. */
export const processorRatio = (limit: number): Aim => ({
  words: 'processor time',
  measured: ({ plugin, other }) => processor(plugin) / processor(other),
  limit,
  shown: part,
});

/** At most this part of the memory that the other has for itself. */
export const ownMemoryRatio = (limit: number): Aim => ({
  words: 'own memory',
  measured: ({ plugin, other }) => ownMemory(plugin) / ownMemory(other),
  limit,
  shown: part,
});

/** Seconds. */
export const within = (limit: number): Aim => ({
  words: 'time',
  measured: ({ plugin }) => seconds(plugin),
  limit,
  shown: milliseconds,
});

/** Seconds that 19 of 20 runs take at most. */
export const mostlyWithin = (limit: number): Aim => ({
  words: '95 of 100',
  measured: ({ plugin }) => percentile(plugin.runs.map((run) => run.seconds)),
  limit,
  shown: milliseconds,
});

/** Round trips that it takes longer than the other. */
export const moreRoundTrips = (limit: number): Aim => ({
  words: 'round trips',
  measured: ({ plugin, other }) => ((seconds(plugin) - seconds(other)) * 1_000) / roundTrip,
  limit,
  shown: (value) => value.toFixed(1),
});

/** Seconds that it takes longer than the other. */
export const longerBy = (limit: number): Aim => ({
  words: 'longer by',
  measured: ({ plugin, other }) => seconds(plugin) - seconds(other),
  limit,
  shown: milliseconds,
});

/** Bytes that it receives more than the other. */
export const moreReceived = (limit: number): Aim => ({
  words: 'received more',
  measured: ({ plugin, other }) => (plugin.traffic?.received ?? Number.NaN) - (other.traffic?.received ?? Number.NaN),
  limit,
  shown: (value) => `${(value / 1e3).toFixed(0)} kB`,
});

/** Bytes of memory at the peak. */
export const memory = (limit: number): Aim => ({
  words: 'memory',
  measured: ({ plugin }) => peak(plugin),
  limit,
  shown: megabytes,
});

/** `time 0.61 ≤ 0.65`, and whether that is so. */
export function outcome({ words, measured, limit, shown }: Aim, pair: Pair): { words: string; met: boolean } {
  const value = measured(pair);
  // Not a number is not met.
  const met = value <= limit;
  return { words: `${words} ${shown(value)} ${met ? '≤' : 'NOT ≤'} ${shown(limit)}`, met };
}

function percentile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
