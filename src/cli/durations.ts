/** Flags whose value is a duration. */

import { parseDuration } from '#src/objects/duration.ts';
import { UsageError } from './usageerror.ts';

/**
 * @param flag its name as people type it, for the error
 * @returns milliseconds
 * @throws {UsageError} if the text is no duration, or a negative one
 */
export function durationFlag(flag: string, text: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= 0) return duration;
  throw new UsageError(`${flag} takes a duration such as 30s or 5m, not ${JSON.stringify(text)}`);
}
