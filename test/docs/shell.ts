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
  /** The same, but the exit code is that of the first command that fails, in pipes as well. */
  mustSucceed(script: string): Promise<Ran>;
  /** Lets it end, with what its `trap … EXIT` does. */
  end(): Promise<void>;
}

/** Milliseconds that a script may take. */
const patience = 90_000;

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

/** Around a script of which each command must succeed. */
const strict = (script: string): string => `__failed=; trap '__failed=\${__failed:-$?}' ERR; set -o pipefail
${script}
set +o pipefail; trap - ERR; (exit "\${__failed:-0}")`;

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

  const endAll = (): void => void process.kill(-(child.pid ?? 0), 'SIGKILL');

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
