/**
 * Who may go on with a roll: the holder of its Lease. A holder counts as gone when this run has seen its Lease unchanged
 * for the Lease's whole duration; a holder that lives renews it much sooner. No two machines' clocks are compared.
 */

/** The name of the Lease for a set's roll. There is room: a set that makes pods has a name of at most 52 characters. */
export function leaseName(set: string): string {
  return `kubectl-sts-roll-${set}`;
}

/** What this run has seen of a Lease. */
export interface Sighting {
  holder: string | undefined;
  /** The Lease's resourceVersion. */
  version: string;
  /** When this run first saw that version, by its own clock. Milliseconds. */
  since: number;
}

/** @returns the sighting that counts: the earlier one for as long as the Lease does not change */
export function sighted(
  before: Sighting | undefined,
  lease: { holder: string | undefined; version: string },
  now: number,
): Sighting {
  if (before && before.version === lease.version) return before;
  return { ...lease, since: now };
}

/** Milliseconds. No roll takes a Lease for longer, and no run waits longer for one. */
export const longestLease = 3_600_000;

/** Whether the holder has been silent for so long that it counts as gone. A Lease that was given up has no holder. */
export function isFree({ holder, since }: Sighting, duration: number, now: number): boolean {
  return !holder || now - since >= Math.min(duration, longestLease);
}

/**
 * Whether a write of the Lease still proves that this run holds it. For half of the duration, no other run can have
 * waited long enough to take the Lease over.
 *
 * @param provenAt when the write was sent, milliseconds
 */
export function isProven(provenAt: number, duration: number, now: number): boolean {
  return now - provenAt < duration / 2;
}

/** Milliseconds. A holder renews its Lease three times within its duration, over any network. */
export const shortestLease = 2_000;

/** @returns the duration that a Lease says, in milliseconds; undefined where no roll could use it */
export function durationIn(seconds: number | undefined): number | undefined {
  const duration = (seconds ?? 0) * 1_000;
  return duration >= shortestLease && duration <= longestLease ? duration : undefined;
}

/** Whether a run goes on with a roll, as far as its Lease tells somebody who looks once. */
export type RunState =
  | { kind: 'running' }
  /** Nobody holds the Lease: the run has stopped, and has given it up. */
  | { kind: 'stopped' }
  /** Not renewed for longer than the Lease's duration: the run is gone, if its machine's clock is right. Milliseconds. */
  | { kind: 'silent'; since: number }
  /** `late`: a run that lives has renewed by then, and nobody may take the Lease over yet. Milliseconds. */
  | { kind: 'unknown'; why: 'late'; since: number; left: number }
  /** The Lease says no time and duration that could be, or a time in the future. */
  | { kind: 'unknown'; why: 'no time' | 'time ahead' };

/** Milliseconds by which two clocks differ that are set by a time server, with the way of an answer. */
const clockDifference = 5_000;

/**
 * The time in a Lease is by the clock of the machine that holds it. A run that takes over does not rely on it, and watches
 * the Lease instead: see `isFree`. This is for people.
 *
 * @param renewed milliseconds since the epoch
 * @param seconds the Lease's duration
 * @param now the server's time, milliseconds since the epoch
 */
export function runState(
  {
    holder,
    renewed,
    seconds,
  }: { holder: string | undefined; renewed: number | undefined; seconds: number | undefined },
  now: number,
): RunState {
  if (!holder) return { kind: 'stopped' };
  const duration = durationIn(seconds);
  if (renewed === undefined || duration === undefined) return { kind: 'unknown', why: 'no time' };
  const since = now - renewed;
  if (since < -clockDifference) return { kind: 'unknown', why: 'time ahead' };
  if (since > duration) return { kind: 'silent', since };
  return since > duration / 2 ? { kind: 'unknown', why: 'late', since, left: duration - since } : { kind: 'running' };
}
