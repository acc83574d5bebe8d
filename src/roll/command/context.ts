/** What the parts of one run of `roll` have in common. */
import type { Deps } from '#src/cli/deps.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import type { Client } from '#src/kube/client.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Interruption } from '#src/terminal/interruption.ts';
import type { Hold, LeaseDeps } from '../live/lease.ts';
import type { RollPlan, RollSnapshot } from '../model/plan.ts';
import type { PodHandling } from '../model/record.ts';
import type { RollState } from '../model/state.ts';
import type { RollOptions } from './options.ts';
import type { RollFlags } from './roll.ts';
import type { RollShow } from './show.ts';

/** What the parts of one run have in common. */
export interface Run {
  client: Client;
  flags: RollFlags;
  options: RollOptions;
  console: Console;
  stage: Stage;
  deps: Deps;
}

/** What is there only while a roll goes on. */
export interface Stage {
  /** What is shown of it; warnings of the connection go there too. */
  show: RollShow | undefined;
  interruption: Interruption | undefined;
}

/** One roll, as it is driven. */
export interface Following {
  id: string;
  set: StatefulSet;
  handling: PodHandling;
  state: RollState;
  hold: Hold | undefined;
  resolver: Resolver | undefined;
  /** Undefined of a roll that is gone on with. */
  plan: RollPlan | undefined;
}

export function view({ statefulSets, pods, claims }: RollSnapshot) {
  return { set: statefulSets.items[0], pods: pods.items, claims: claims.items };
}

export function leaseDeps({ client, flags, deps }: Run): LeaseDeps {
  const { signal } = new AbortController();
  return { client, clock: deps.steadyClock, wall: deps.clock.now, signal, fieldManager: flags['field-manager'] };
}

/** Of this process alone, and for people to know whose it is. */
export function holder({ options: { leaseDuration }, deps }: Run) {
  return {
    identity: `${deps.userName()}@${deps.hostname()}-${deps.host.pid}-${randomId(deps, 6)}`,
    duration: leaseDuration,
  };
}

/** So many hexadecimal digits. */
export function randomId({ random }: Deps, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}
