/** What the parts of one run of `roll` have in common. */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { steadyClock, systemClock } from '#src/cli/clock.ts';
import type { Resolver } from '#src/dns/live/resolve.ts';
import type { Client } from '#src/kube/client.ts';
import type { StatefulSet } from '#src/objects/types.ts';
import type { Console } from '#src/terminal/console.ts';
import type { Interruption } from '#src/terminal/interruption.ts';
import type { Hold, LeaseMeans } from '../live/lease.ts';
import type { RollPlan, RollSnapshot } from '../model/plan.ts';
import type { RollWays } from '../model/record.ts';
import type { RollState } from '../model/step.ts';
import type { RollFlags, RollOptions } from './options.ts';
import type { RollShow } from './show.ts';

/** What the parts of one run have in common. */
export interface Run {
  client: Client;
  flags: RollFlags;
  options: RollOptions;
  console: Console;
  stage: Stage;
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
  ways: RollWays;
  state: RollState;
  hold: Hold | undefined;
  resolver: Resolver | undefined;
  /** Undefined of a roll that is gone on with. */
  plan: RollPlan | undefined;
}

/** 0 done, 1 stopped by trouble, 2 could not begin, 130 interrupted. */
export type ExitCode = number;

export function view({ statefulSets, pods, claims }: RollSnapshot) {
  return { set: statefulSets.items[0], pods: pods.items, claims: claims.items };
}

export function leaseMeans({ client, flags }: Run): LeaseMeans {
  const { signal } = new AbortController();
  return { client, clock: steadyClock, wall: systemClock.now, signal, fieldManager: flags['field-manager'] };
}

/** Of this process alone, and for people to know whose it is. */
export function holder({ leaseDuration }: RollOptions) {
  return {
    identity: `${userName()}@${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    duration: leaseDuration,
  };
}

/** bun takes `USER` for it, and says `unknown` where that is not set, as in a job of cron. In a container there may be none. */
function userName(): string {
  try {
    const { username } = userInfo();
    if (username !== 'unknown') return username;
  } catch {}
  return process.env['LOGNAME'] || `uid${process.getuid?.() ?? ''}`;
}
