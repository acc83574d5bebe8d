/** How long, in the words of Go's flags. */
import { ConfigError } from '../errors.ts';

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

/** Milliseconds in a duration as Go's `time.ParseDuration` takes it: `1h30m`, `1.5s`, `-300ms`. */
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

/** Milliseconds that a timer of JavaScript can wait, 24 days: what is longer would be over at once. */
export const longestTimer = 2 ** 31 - 1;

/**
 * Milliseconds in the value of `--request-timeout`; 0 for no limit. A bare number is seconds. Source: `ParseTimeout`,
 * k8s.io/client-go/tools/clientcmd/helpers.go.
 *
 * @throws {ConfigError} in its words
 */
export function requestTimeout(text: string): number {
  if (text === '') return 0;
  const timeout = /^\+?\d+$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  if (timeout !== undefined) return Math.min(Math.max(timeout, 0), longestTimer);
  throw new ConfigError(
    'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  );
}
