/** Keeps the Lease of a roll while the roll goes on: writes and proves it, renews it, and gives it up at the end. */
import { ConnectionError, StatusError } from '#src/kube/errors.ts';
import type { Clock } from '#src/objects/clock.ts';
import { mayPass, type Outage } from '#src/sources/outage.ts';
import { isProven } from '../model/leaserules.ts';
import type { RollEnd } from '../model/state.ts';
import type { Hold } from './lease.ts';

export interface KeeperOptions {
  clock: Clock;
  /** The machine's own time, which goes on while the machine sleeps. Milliseconds since the epoch. */
  wall: () => number;
  outage: Outage;
  /** The roll as the Lease is to remember it. */
  record(): string;
  /** Somebody else holds the Lease; undefined where nobody does, or it is gone. */
  lost(holder: string | undefined): void;
  /** Something failed that nobody foresaw. */
  failed(error: unknown): void;
}

export interface Keeper {
  /** Milliseconds later than planned, after which this process, or the machine, counts as having slept. */
  readonly longestNap: number;
  /**
   * Writes the record into the Lease, one write after the other.
   *
   * @returns whether the Lease is held, by a proof so recent that it still is
   * @throws {StatusError} and {ConnectionError} where nobody knows
   */
  prove(): Promise<boolean>;
  /** Renews the Lease if it is time to. @returns when it will be, in milliseconds */
  renew(): number;
  /**
   * Leaves the Lease as the end of the roll has it: none after a roll that is done, else one that anybody may go on with.
   *
   * @returns why the Lease could not be given up
   */
  letGo(end: RollEnd | undefined): Promise<string | undefined>;
}

const longestNap = 5_000;

/** @param hold undefined where the roll does without a Lease */
export function keeperOf(hold: Hold | undefined, options: KeeperOptions): Keeper {
  return hold === undefined ? withoutLease : leaseKeeper(hold, options);
}

const withoutLease: Keeper = {
  longestNap,
  prove: async () => true,
  renew: () => Number.POSITIVE_INFINITY,
  letGo: async () => undefined,
};

function leaseKeeper(hold: Hold, { clock, wall, outage, record, lost, failed }: KeeperOptions): Keeper {
  let writing: Promise<unknown> = Promise.resolve();
  let writtenAt = clock.now();

  async function write(): Promise<boolean> {
    const [sent, sentByWall] = [clock.now(), wall()];
    const written = await hold.write(record());
    if (written.kind === 'lost') {
      lost(written.holder);
      return false;
    }
    outage.end('the Lease');
    writtenAt = sent;
    // If the machine slept meanwhile, one of its two clocks shows it.
    const elapsed = Math.max(clock.now() - sent, wall() - sentByWall);
    return isProven(0, hold.duration, elapsed);
  }

  function prove(): Promise<boolean> {
    const proof = writing.then(write);
    writing = proof.catch(() => {});
    return proof;
  }

  return {
    // After half of its duration the Lease may be in other hands.
    longestNap: Math.min(longestNap, hold.duration / 2),
    prove,
    renew() {
      if (clock.now() >= writtenAt + hold.duration / 3) {
        writtenAt = clock.now();
        prove().catch((error: unknown) => (mayPass(error) ? outage.begin('the Lease', error) : failed(error)));
      }
      return writtenAt + hold.duration / 3;
    },
    async letGo(end) {
      if (end?.kind === 'stopped' && end.reason.kind === 'lease lost') return undefined;
      try {
        await writing;
        await (end?.kind === 'done' ? hold.remove() : hold.giveUp(record()));
        return undefined;
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
        return error.message;
      }
    },
  };
}
