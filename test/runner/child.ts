import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Counts, nothing } from './counts.ts';
import { checkout } from './files.ts';

/** How long a phase may live on when its tests have ended: what stays open for longer was forgotten. */
const lingering = 10_000;

const fatal: Counts = { ...nothing, failed: 1 };

/**
 * Runs one phase over `files` and returns its counts. A process that ends without them counts as one failure.
 *
 * @param before words before the command, where it is to run in other namespaces
 */
export function runPhase(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  before: readonly string[] = [],
): Promise<Counts> {
  return new Promise((resolve) => {
    let counts: Counts | undefined;
    let forgotten = false;
    let timer: NodeJS.Timeout | undefined;
    const phase = [process.execPath, join(import.meta.dirname, 'phase.ts'), ...files];
    const [program = '', ...words] = [...before, ...phase];
    const child = spawn(program, words, { cwd: checkout, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    const stop = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.on('message', (message) => {
      counts = message as Counts;
      timer = setTimeout(() => {
        forgotten = true;
        child.kill('SIGKILL');
      }, lingering);
    });
    child.on('exit', (code, end) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (signal.aborted) return resolve(counts ?? nothing);
      if (counts === undefined) {
        process.stdout.write(`The tests ended without a result (${end ?? `exit code ${code}`}).\n`);
        return resolve(fatal);
      }
      if (!forgotten) return resolve(counts);
      process.stdout.write('The tests left something open, so that their process did not end.\n');
      resolve({ ...counts, failed: counts.failed + 1 });
    });
  });
}
