/** Flags that say how long. */

import { parseDuration } from '#src/objects/duration.ts';
import { UsageError } from './usageerror.ts';

/**
 * @param flag as it is typed
 * @returns milliseconds
 * @throws {UsageError}
 */
export function durationFlag(flag: string, text: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= 0) return duration;
  throw new UsageError(`${flag} takes a duration such as 30s or 5m, not ${JSON.stringify(text)}`);
}
