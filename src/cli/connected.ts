/** The connection to a cluster that a command works with. */
import type { Client, ClientDeps } from '#src/kube/client.ts';
import { serviceAccountFolder } from '#src/kube/config/connection.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { requestLog } from '#src/kube/http/requestlog.ts';
import { checkServerVersion } from '#src/kube/serverversion.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import { askFor, askForSecret } from '#src/terminal/prompt.ts';
import type { Deps } from './deps.ts';
import { UsageError } from './usageerror.ts';

/** Where warnings of the connection go. */
export type Warned = Pick<Console, 'err' | 'errColour'>;

/**
 * Runs `work` with a client, closes the client, and returns what `work` returned.
 *
 * @param interactive whether the person may be asked for a name or a password
 * @throws {UsageError} when the server warned and `--warnings-as-errors` was given
 */
export async function connected<Result>(
  options: ConnectionOptions,
  deps: Deps,
  console: Warned,
  work: (client: Client) => Promise<Result>,
  interactive = true,
): Promise<Result> {
  const warned = new Set<string>();
  const client = await deps.openClient(options, clientDeps(options, deps, console, warned, interactive));
  let result: Result;
  try {
    if (options.matchServerVersion) await checkServerVersion(client, deps.host.env);
    result = await work(client);
  } finally {
    client.close();
  }
  if (options.warningsAsErrors && warned.size > 0) {
    throw new UsageError(`${warned.size} warning${warned.size === 1 ? '' : 's'} received`);
  }
  return result;
}

/** @param warned the warnings of the server so far: each is printed once */
function clientDeps(
  { verbosity }: ConnectionOptions,
  { version, host, clock }: Deps,
  { err, errColour }: Warned,
  warned: Set<string>,
  interactive: boolean,
): ClientDeps {
  const { env, stdin, stderr, pid } = host;
  const say = (line: string) => err(`${line}\n`);
  const waitedFor = new Set<string>();
  return {
    version,
    env,
    clock,
    now: clock.now,
    serviceAccount: serviceAccountFolder,
    stdin: { fd: 0, isTerminal: interactive && stdin.isTTY === true },
    stderr: 2,
    warn: (line) => say(printable(line)),
    async ask(field) {
      if (!interactive) throw new ConfigError(`error: no ${field}`);
      const asking = field === 'Password' ? askForSecret : askFor;
      const answer = await asking(`Please enter ${field}: `, host);
      if (answer !== undefined) return answer;
      throw new ConfigError(field === 'Password' ? `error: error reading input for ${field}` : 'error: EOF');
    },
    remarks: {
      warning(text) {
        if (warned.has(text)) return;
        warned.add(text);
        say(`${errColour ? paint('Warning:', 'yellow') : 'Warning:'} ${printable(text)}`);
      },
      waits(seconds, why) {
        // A server asks for it up to ten times in a row.
        if (seconds >= 1 && !waitedFor.has(why)) say(`note: ${why}, trying again in ${seconds} s`);
        waitedFor.add(why);
      },
      log: requestLog(verbosity, (text) => stderr.write(text), clock.now, pid),
    },
  };
}
