/**
 * Who may go on with a roll: the holder of its Lease. Nobody's clock is compared with another's: a holder counts as gone
 * when its Lease has not changed for its duration, as seen from here, and renews it much sooner.
 */

/** The Lease of a set's roll. A set's name has at most 52 characters where it makes pods, a Lease's 253. */
export function leaseName(set: string): string {
  return `kubectl-sts-roll-${set}`;
}

/** What was seen of a lease: nobody's clock is compared, only how long it has been silent here. */
export interface Sighting {
  holder: string | undefined;
  /** Of the lease, as it was last seen to change. */
  version: string;
  /** When that was first seen, by the clock of this machine: milliseconds. */
  since: number;
}

/** @returns the sighting that counts: the same one for as long as the lease does not change */
export function sighted(
  before: Sighting | undefined,
  lease: { holder: string | undefined; version: string },
  now: number,
): Sighting {
  if (before && before.version === lease.version) return before;
  return { ...lease, since: now };
}

/** Milliseconds. No roll takes a Lease for longer, and of one that says so nobody waits for it. */
export const longestLease = 3_600_000;

/** Whether its holder has been silent for so long that it counts as gone. One that gave it up has no holder. */
export function isFree({ holder, since }: Sighting, duration: number, now: number): boolean {
  return !holder || now - since >= Math.min(duration, longestLease);
}

/**
 * Whether what was proved by writing the Lease still holds: for half of its duration, whoever waits for it to fall
 * silent has not waited for long enough.
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
