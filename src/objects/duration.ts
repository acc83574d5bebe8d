/** Durations as Go writes them. */

const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Parses a duration as Go's `time.ParseDuration` does: `1h30m`, `1.5s`, `-300ms`.
 *
 * @returns milliseconds; undefined if the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let sum = 0;
  for (const [, number = '', unit = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]+)/g)) {
    sum += Number(number) * (milliseconds[unit] ?? 0);
  }
  return sign === '-' ? -sum : sum;
}

/** The shortest of Go's texts for so many milliseconds with one unit: `2h`, `90s`, `200ms`. */
export function formatDuration(duration: number): string {
  const unit = duration > 0 ? ['h', 'm', 's'].find((name) => duration % (milliseconds[name] ?? 1) === 0) : 's';
  return unit === undefined ? `${duration}ms` : `${duration / (milliseconds[unit] ?? 1)}${unit}`;
}
