/** A bash that runs one script after the other and keeps its state: folder, variables, functions. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

interface Ran {
  output: string;
  code: number;
}

export interface Shell {
  /**
   * @param script what a person types; `$?` is the exit code of the script before
   * @returns what it prints on standard output and standard error, as it comes, and its exit code
   * @throws where the shell ends, or is ended since the script takes too long
   */
  run(script: string): Promise<Ran>;
  /**
   * The same, but the exit code is that of the first command that fails: in pipes, functions and `$(…)` as well.
   * It does not see one that fails left of `&&`, which bash takes for a condition.
   */
  mustSucceed(script: string): Promise<Ran>;
  /** Lets it end, with what its `trap … EXIT` does. */
  end(): Promise<void>;
}

/** Milliseconds that a script may take. */
const patience = 90_000;

/** Milliseconds that `trap … EXIT` has in a shell that is ended. */
const patienceForTraps = 10_000;

/** Reads scripts from descriptor 3, each up to a NUL, and prints the exit code of each between two NULs. */
const driver = `
exec 2>&1
__code=0
while IFS= read -r -d '' __script <&3; do
  (exit "$__code")
  eval "$__script" </dev/null 3<&-
  __code=$?
  printf '\\0%d\\0' "$__code"
done`;

/**
 * Around a script of which each command must succeed. A file without a name takes the exit codes of those that fail: a
 * subshell cannot tell them by a variable.
 */
const strict = (script: string): string => `__codes=$(mktemp); exec 4>"$__codes" 5<"$__codes"; rm "$__codes"
trap 'echo $? >&4' ERR; set -E -o pipefail
${script}
set +E +o pipefail; trap - ERR
__failed=0; read -r -u 5 __failed; exec 4>&- 5<&-; (exit "\${__failed:-0}")`;

export function startShell(cwd: string, env: Record<string, string>, longest = patience): Shell {
  // A group of its own: what hangs ends with all that it has started.
  const child = spawn('bash', ['-c', driver], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const scripts = child.stdio[3] as Writable;
  const closed = once(child, 'close');
  let said = '';
  let heard = Promise.withResolvers<void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    heard.resolve();
  });
  // A shell that has ended reads no more.
  scripts.on('error', () => {});

  const signalAll = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid ?? 0), signal);
    } catch (error) {
      // All of them have ended in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };

  const endAll = (): void => {
    signalAll('SIGTERM');
    const timer = setTimeout(signalAll, patienceForTraps, 'SIGKILL');
    void closed.then(() => clearTimeout(timer));
  };

  const run = async (script: string): Promise<Ran> => {
    said = '';
    scripts.write(`${script}\0`);
    const timer = setTimeout(endAll, longest);
    try {
      for (;;) {
        const [, output, code] = /^(.*)\0(\d+)\0$/s.exec(said) ?? [];
        if (output !== undefined) return { output, code: Number(code) };
        heard = Promise.withResolvers();
        if (await Promise.race([heard.promise, closed.then(() => true)])) {
          throw new Error(
            `the shell ended, or took longer than ${longest / 1000} s:\n${script}\n${said.slice(-2_000)}`,
          );
        }
      }
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    run,
    mustSucceed: (script) => run(strict(script)),
    async end() {
      scripts.end();
      const timer = setTimeout(endAll, longest);
      await closed;
      clearTimeout(timer);
    },
  };
}
