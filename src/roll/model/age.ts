/** The age of pods, as a person types it. */
import { parseDuration } from '#src/objects/duration.ts';
import { parseTime } from '#src/objects/time.ts';

/**
 * Reads an age such as `24h`, or a time as the API server writes it.
 *
 * @param now milliseconds since the epoch
 * @returns when a pod of that age was made, in milliseconds since the epoch
 */
export function parseBefore(text: string, now: number): { before: number } | { error: string } {
  const age = parseDuration(text);
  if (age !== undefined && age >= 0) return { before: now - age };
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? parseTime(text) : Number.NaN;
  return Number.isNaN(time)
    ? { error: `an age is given as 24h, or as a time such as 2026-01-31T06:00:00Z, not ${JSON.stringify(text)}` }
    : { before: time };
}
