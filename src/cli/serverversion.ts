/** `version --server`: the API server's version, and whether the plugin was tested with it. */
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { StatusError } from '#src/kube/errors.ts';
import { gitVersionOf } from '#src/kube/serverversion.ts';
import type { ExitCode } from '#src/objects/failure.ts';
import { processConsole } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { connected } from './connected.ts';
import type { Deps } from './deps.ts';

/** The oldest and the newest version of Kubernetes that the plugin is tested with, by `npm run test:skew`. */
export const supported = { oldest: '1.34', newest: '1.37' };

/** @throws {StatusError} when the server refuses to tell its version */
export async function printServerVersion(options: ConnectionOptions, deps: Deps): Promise<ExitCode> {
  const console = processConsole(deps.host, undefined);
  const answer = await connected(options, deps, console, (client) => client.version());
  if (answer instanceof StatusError) throw answer;
  const version = gitVersionOf(answer);
  // The first two words are kubectl's own.
  console.out(`Server Version: ${printable(version ?? 'unknown')}\n`);
  const warning = supportWarning(version);
  if (warning !== undefined) console.err(`warning: ${warning}\n`);
  return 0;
}

/**
 * @param version as the server tells it: `v1.36.3`, `v1.31.1+k3s1`, `v1.34.4-gke.100`; undefined when it does not
 * @returns undefined when the version is supported
 */
function supportWarning(version: string | undefined): string | undefined {
  const tested = `this plugin is tested with Kubernetes ${supported.oldest} to ${supported.newest}`;
  const [, minor] = /^v?1\.(\d+)/.exec(version ?? '') ?? [];
  if (minor === undefined) return `${tested}; the version of this server is unknown`;
  const [oldest, newest] = [supported.oldest, supported.newest].map((one) => Number(one.split('.')[1]));
  if (Number(minor) < Number(oldest))
    return `${tested}; this server is older and may not support every request of the plugin`;
  if (Number(minor) > Number(newest)) return `${tested}; this server is newer and may behave differently`;
  return undefined;
}
