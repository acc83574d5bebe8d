/** Everything that commands use of the world. They are given it, so that a test can run them in a world of its own. */
import { hostname, userInfo } from 'node:os';
import type { Client, ClientDeps } from '#src/kube/client.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { eventsSeen } from '#src/kube/turn.ts';
import type { Clock } from '#src/objects/clock.ts';
import type { Host } from '#src/terminal/host.ts';
import { steadyClock, systemClock } from './clock.ts';

export interface Deps {
  /** The plugin's version. */
  version: string;
  host: Host;
  /** The time of day. */
  clock: Clock;
  /** Never jumps, even if somebody sets the machine's time. */
  steadyClock: Clock;
  /** A number from 0 to below 1 that nobody can guess. */
  random(): number;
  /** @throws {ConfigError} if the options and the kubeconfig lead to no server */
  openClient(options: ConnectionOptions, deps: ClientDeps): Promise<Client>;
  /** The person who runs the command, for others to read. */
  userName(): string;
  /** The machine on which the command runs, for others to read. */
  hostname(): string;
  /** Frees memory that is no longer used, if the runtime can be asked to. */
  collectGarbage(): void;
}

/** The real world. */
export function processDeps(process: NodeJS.Process, version: string): Deps {
  return {
    version,
    host: process,
    clock: systemClock,
    steadyClock,
    // Not `node:crypto`, which every command would have to load.
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    // Most of the program's size: a command that asks no cluster starts without it.
    async openClient(options, deps) {
      const { openClient } = await import('#src/kube/client.ts');
      const client = await openClient(options, deps);
      // What it says to the server first goes out before more code is loaded.
      await eventsSeen();
      return client;
    },
    userName: () => userName(process),
    hostname,
    collectGarbage,
  };
}

/**
 * bun takes the name from USER, and says `unknown` if that is not set, as in a cron job. In a container the user may
 * have no name.
 */
function userName({ env, getuid }: NodeJS.Process): string {
  try {
    const { username } = userInfo();
    if (username !== 'unknown') return username;
  } catch {
    // This user has no entry.
  }
  return env['LOGNAME'] || `uid${getuid?.() ?? ''}`;
}

/** bun, which runs the executable, can be asked to. Node cannot. */
function collectGarbage(): void {
  const { Bun: bun } = globalThis as { Bun?: { gc(synchronously: boolean): void } };
  bun?.gc(true);
}
