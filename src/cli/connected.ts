/** What all commands have in common that talk to a cluster. */

import { type Client, type ClientMeans, openClient } from '#src/kube/client.ts';
import { serviceAccountFolder } from '#src/kube/config/connection.ts';
import type { ConnectionFlags } from '#src/kube/config/connectionflags.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { requestLog } from '#src/kube/http/requestlog.ts';
import { checkServerVersion } from '#src/kube/serverversion.ts';
import { UsageError } from '#src/objects/errors.ts';
import { type Console, takesColour } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import { askFor, askForSecret } from '#src/terminal/prompt.ts';
import { systemClock } from './clock.ts';

/** What each command may have been given besides. */
export type CommandFlags = ConnectionFlags & { color?: string | undefined };

/**
 * Runs `work` with a client, which is closed behind it.
 *
 * @param version the plugin's
 * @param interactive whether the person may be asked for something
 * @throws {UsageError} when the server warned and `--warnings-as-errors` was given
 */
export async function connected(
  flags: CommandFlags,
  version: string,
  console: Pick<Console, 'err'>,
  work: (client: Client) => Promise<void>,
  interactive = true,
): Promise<void> {
  const warned = new Set<string>();
  const means = meansOf(flags, version, (line) => console.err(`${line}\n`), warned, interactive);
  const client = openClient(flags, means);
  try {
    if (flags['match-server-version']) await checkServerVersion(client, process.env);
    await work(client);
  } finally {
    client.close();
  }
  if (flags['warnings-as-errors'] && warned.size > 0) {
    throw new UsageError(`${warned.size} warning${warned.size === 1 ? '' : 's'} received`);
  }
}

/** @param warned what the server warned of so far: each is said once */
function meansOf(
  flags: CommandFlags,
  version: string,
  say: (line: string) => void,
  warned: Set<string>,
  interactive: boolean,
): ClientMeans {
  const { env, stdin, stderr } = process;
  const waitedFor = new Set<string>();
  const colour = takesColour(stderr, env, flags.color);
  return {
    version,
    env,
    clock: systemClock,
    now: () => Date.now(),
    serviceAccount: serviceAccountFolder,
    stdin: { fd: 0, isTerminal: interactive && stdin.isTTY === true },
    stderr: 2,
    warn: (line) => say(printable(line)),
    async ask(field) {
      if (!interactive) throw new ConfigError(`error: no ${field}`);
      const asking = field === 'Password' ? askForSecret : askFor;
      const answer = await asking(`Please enter ${field}: `, { input: stdin, output: stderr });
      if (answer !== undefined) return answer;
      throw new ConfigError(field === 'Password' ? `error: error reading input for ${field}` : 'error: EOF');
    },
    remarks: {
      warning(text) {
        if (warned.has(text)) return;
        warned.add(text);
        say(`${colour ? paint('Warning:', 'yellow') : 'Warning:'} ${printable(text)}`);
      },
      waits(seconds, why) {
        // A server asks for it up to ten times in a row.
        if (seconds >= 1 && !waitedFor.has(why)) say(`note: ${why}, trying again in ${seconds} s`);
        waitedFor.add(why);
      },
      log: requestLog(flags.v ?? 0, (text) => stderr.write(text), Date.now, process.pid),
    },
  };
}
