/** How long one request may take. */
import { longestTimer } from '#src/objects/clock.ts';
import { parseDuration } from '#src/objects/duration.ts';
import { ConfigError } from '../errors.ts';

/**
 * The value of `--request-timeout` in milliseconds; 0 for no limit. Source: `ParseTimeout`,
 * k8s.io/client-go/tools/clientcmd/helpers.go.
 *
 * @param text seconds as a bare number, or a duration in Go's syntax; empty for no limit
 * @throws {ConfigError} when it is neither
 */
export function requestTimeout(text: string): number {
  if (text === '') return 0;
  const timeout = /^\+?\d+$/.test(text) ? Number(text) * 1_000 : parseDuration(text);
  if (timeout !== undefined) return Math.min(Math.max(timeout, 0), longestTimer);
  throw new ConfigError(
    'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  );
}
