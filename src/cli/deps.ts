/** What commands use of the world, handed to them so that a test can run them in a world of its own. */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Client, ClientDeps } from '#src/kube/client.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Host } from '#src/terminal/host.ts';
import { steadyClock, systemClock } from './clock.ts';

export interface Deps {
  /** Of the plugin. */
  version: string;
  host: Host;
  /** The time of day, as the machine has it. */
  clock: Clock;
  /** Never jumps, whoever sets the machine's time. */
  steadyClock: Clock;
  /** From 0 to below 1. Nobody can guess it. */
  random(): number;
  /** @throws {ConfigError} when the options and the kubeconfig lead to no server */
  openClient(options: ConnectionOptions, deps: ClientDeps): Promise<Client>;
  /** Who runs this, and on which machine: for people to read. */
  userName(): string;
  hostname(): string;
  /** Gives back the memory of what is no longer used, where the runtime can be asked for that. */
  collectGarbage(): void;
}

/** The real world. */
export function processDeps(process: NodeJS.Process, version: string): Deps {
  return {
    version,
    host: process,
    clock: systemClock,
    steadyClock,
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    // Most of the program's size: a command that asks no cluster starts without it.
    openClient: async (options, deps) => (await import('#src/kube/client.ts')).openClient(options, deps),
    userName: () => userName(process),
    hostname,
    collectGarbage,
  };
}

/** bun takes `USER` for it, and says `unknown` where that is not set, as in a job of cron. In a container there may be none. */
function userName({ env, getuid }: NodeJS.Process): string {
  try {
    const { username } = userInfo();
    if (username !== 'unknown') return username;
  } catch {
    // There is no entry for this user.
  }
  return env['LOGNAME'] || `uid${getuid?.() ?? ''}`;
}

/** bun, in which the executable runs, can be asked for it; Node cannot. */
function collectGarbage(): void {
  const { Bun: bun } = globalThis as { Bun?: { gc(synchronously: boolean): void } };
  bun?.gc(true);
}
