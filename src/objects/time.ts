/**
 * A time in an object (RFC 3339) in milliseconds since the epoch; NaN if the text is no time. Of the pure rooms, only
 * this file may use `Date`. Callers hand in the current time.
 */
export function parseTime(text: string): number {
  return Date.parse(text);
}

/** Undefined for no time. May be null at runtime: the API server writes a zero time so. */
export function timeOf(text: string | null | undefined): number | undefined {
  const time = text ? parseTime(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Milliseconds since the epoch as the API server writes times: RFC 3339, UTC, whole seconds. */
export function formatTime(milliseconds: number): string {
  return formatExactTime(milliseconds).replace(/\.\d+/, '');
}

/** The same with milliseconds, for events that are close together. */
export function formatExactTime(milliseconds: number): string {
  // A file may hold a grace period of any length.
  if (Number.isNaN(milliseconds)) return '<unknown>';
  return new Date(Math.min(Math.max(milliseconds, -farthest), farthest)).toISOString();
}

/** Milliseconds from the epoch that JavaScript can tell the date of. */
const farthest = 8.64e15;

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/**
 * A duration as in kubectl's AGE column: `45s`, `3m20s`, `2d4h`, `3y`.
 * Source: `HumanDuration`, k8s.io/apimachinery/pkg/util/duration.
 *
 * @param milliseconds may be a little below zero, since the clocks of the cluster and of this machine differ
 */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return inUnits(seconds, minute, 'm', 1, 's');
  if (seconds < 3 * hour) return inUnits(seconds, minute, 'm');
  if (seconds < 8 * hour) return inUnits(seconds, hour, 'h', minute, 'm');
  if (seconds < 2 * day) return inUnits(seconds, hour, 'h');
  if (seconds < 8 * day) return inUnits(seconds, day, 'd', hour, 'h');
  if (seconds < 2 * year) return inUnits(seconds, day, 'd');
  if (seconds < 8 * year) return inUnits(seconds, year, 'y', day, 'd');
  return inUnits(seconds, year, 'y');
}

function inUnits(seconds: number, unit: number, name: string, smaller?: number, smallerName = ''): string {
  const rest = smaller === undefined ? 0 : Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)}${name}${rest === 0 ? '' : `${rest}${smallerName}`}`;
}
