/** The connection to the cluster that a command works on. */
import type { Client, ClientDeps } from '#src/kube/client.ts';
import { serviceAccountFolder } from '#src/kube/config/connection.ts';
import type { ConnectionOptions } from '#src/kube/config/connectionoptions.ts';
import { ConfigError } from '#src/kube/errors.ts';
import { requestLog } from '#src/kube/http/requestlog.ts';
import { checkServerVersion } from '#src/kube/serverversion.ts';
import { Failure } from '#src/objects/failure.ts';
import type { Console } from '#src/terminal/console.ts';
import { printable } from '#src/terminal/escape.ts';
import { paint } from '#src/terminal/paint.ts';
import { askFor, askForSecret } from '#src/terminal/prompt.ts';
import type { Deps } from './deps.ts';

/** The server warned, and `--warnings-as-errors` was given. */
class WarningsReceived extends Failure {
  override readonly name = 'WarningsReceived';

  constructor(count: number) {
    super(`${count} warning${count === 1 ? '' : 's'} received`);
  }

  override lines(): readonly string[] {
    return [`error: ${this.message}`];
  }
}

/** Where the warnings of a connection go. */
export type Warned = Pick<Console, 'err' | 'errColour'>;

/**
 * Opens a client, runs `work` with it, closes it, and returns what `work` returned.
 *
 * @param console `silent` prints nothing, not even what a credential plugin says, and asks the person for nothing
 * @throws {WarningsReceived} if the server warned and `--warnings-as-errors` was given
 */
export async function connected<Result>(
  options: ConnectionOptions,
  deps: Deps,
  console: Warned | 'silent',
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const warned = new Set<string>();
  const clientDeps = console === 'silent' ? silentDeps(deps) : speakingDeps(options, deps, console, warned);
  const client = await deps.openClient(options, clientDeps);
  let result: Result;
  try {
    if (options.matchServerVersion) await checkServerVersion(client, deps.host.env);
    result = await work(client);
  } finally {
    client.close();
  }
  if (options.warningsAsErrors && warned.size > 0) throw new WarningsReceived(warned.size);
  return result;
}

/** @param warned the warnings of the server so far: each is printed once */
function speakingDeps(
  { verbosity }: ConnectionOptions,
  { version, host, clock }: Deps,
  { err, errColour }: Warned,
  warned: Set<string>,
): ClientDeps {
  const { env, stdin, stderr, pid } = host;
  const say = (line: string) => err(`${line}\n`);
  const reasons = new Set<string>();
  return {
    version,
    env,
    clock,
    now: clock.now,
    serviceAccount: serviceAccountFolder,
    stdin: { fd: 0, isTerminal: stdin.isTTY === true },
    stderr: 2,
    warn: (line) => say(printable(line)),
    async ask(field) {
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
        // A server may ask for it ten times in a row.
        if (seconds >= 1 && !reasons.has(why)) say(`note: ${why}, trying again in ${seconds} s`);
        reasons.add(why);
      },
      log: requestLog(verbosity, (text) => stderr.write(text), clock.now, pid),
    },
  };
}

function silentDeps({ version, host, clock }: Deps): ClientDeps {
  const ignore = () => {};
  return {
    version,
    env: host.env,
    clock,
    now: clock.now,
    serviceAccount: serviceAccountFolder,
    stdin: { fd: 0, isTerminal: false },
    stderr: 'ignore',
    warn: ignore,
    async ask(field) {
      throw new ConfigError(`error: no ${field}`);
    },
    remarks: { warning: ignore, waits: ignore, log: requestLog(0, ignore, clock.now, host.pid) },
  };
}
