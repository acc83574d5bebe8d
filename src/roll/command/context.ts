/** What the parts of one run of `roll` have in common. */
import type { Deps } from '#src/cli/deps.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import type { Client } from '#src/kube/client.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import type { Interruption } from '#src/terminal/interruption.ts';
import type { Hold, Holder, LeaseDeps } from '../live/lease.ts';
import type { RollPlan, RollSnapshot } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import type { RollState, View } from '../model/state.ts';
import type { LeaseOptions, OwnOptions, RollOptions } from './options.ts';
import type { RollShow } from './show.ts';

export interface RunContext {
  client: Client;
  connection: ConnectionOptions;
  format: RollOptions['format'];
  console: Console;
  stage: Stage;
  deps: Deps;
}

/** What exists only while rolls go on. */
export interface Stage {
  /** Shows the roll that is under way. Warnings of the connection go there too. */
  show: RollShow | undefined;
  /** Made for the first roll, and kept for those that follow. */
  interruption: Interruption | undefined;
  /** The command that goes on with the roll that is under way, from the state that it is in. */
  goOn: () => string | undefined;
}

/** One roll, as it is driven. */
export interface DrivenRoll {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
  state: RollState;
  /** Undefined where the roll does without a Lease. */
  lease: { hold: Hold; options: LeaseOptions } | undefined;
  /** Undefined where no names are looked up. */
  resolver: Resolver | undefined;
  /** Undefined where the roll goes on from its record. */
  plan: RollPlan | undefined;
  own: OwnOptions;
}

/** Prints a line to standard error. */
export function say({ console }: Pick<RunContext, 'console'>, line: string): void {
  console.err(`${printable(line)}\n`);
}

export function viewOf({ statefulSets, pods, claims }: RollSnapshot): Omit<View, 'readAt' | 'time'> {
  return { set: statefulSets.items[0], pods: pods.items, claims: claims.items };
}

export function leaseDeps({ client, deps }: RunContext, fieldManager: string): LeaseDeps {
  // The first Ctrl-C before a roll begins ends the process.
  const { signal } = new AbortController();
  return { client, clock: deps.steadyClock, wall: deps.clock.now, signal, fieldManager };
}

/** A holder of this process alone, whose name tells people whose it is. @param duration milliseconds */
export function holderOf({ deps }: RunContext, duration: number): Holder {
  return { identity: `${deps.userName()}@${deps.hostname()}-${deps.host.pid}-${randomId(deps, 6)}`, duration };
}

/** @param digits hexadecimal */
export function randomId({ random }: Deps, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}
