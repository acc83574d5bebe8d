import { relative } from 'node:path';
import Mocha from 'mocha';
import { joined, type Phase } from './child.ts';
import { type Counts, failureOf } from './counts.ts';
import { checkout, needsStand } from './files.ts';
import { skipReason } from './needs.ts';

// Milliseconds. Only a test that hangs runs into them, however slow the machine is.
const unitTimeout = 30_000;
const standTimeout = 60_000;

const inCI = process.env['CI'] === 'true';

// mocha passes it on to other listeners, and without one it would be lost.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

/** Lists the tests, and what has failed. The run as a whole says how many passed. */
class Reporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
  }
}

/**
 * Runs `files`, one after the other, in this process, which may have run others before.
 *
 * @param grep only tests whose title holds this
 */
export async function runFiles(files: readonly string[], grep: string | undefined): Promise<Phase> {
  const phases: Phase[] = [];
  for (const file of files) {
    const begun = performance.now();
    const { counts, failures } = await runFile(file, grep);
    phases.push({ counts, failures, times: { [relative(checkout, file)]: performance.now() - begun } });
  }
  return joined(phases);
}

async function runFile(file: string, grep: string | undefined): Promise<Omit<Phase, 'times'>> {
  const onStand = needsStand(relative(checkout, file));
  const mocha = new Mocha({
    reporter: Reporter,
    timeout: onStand ? standTimeout : unitTimeout,
    slow: onStand ? 5_000 : 500,
    forbidOnly: inCI,
    // Not every file has a test that somebody looks for.
    failZero: grep === undefined,
    ...(grep !== undefined && { grep }),
    color: process.stdout.isTTY === true,
  });
  mocha.addFile(file);
  try {
    await mocha.loadFilesAsync();
    const skipped: string[] = [];
    const failures: string[] = [];
    return await new Promise((resolve) => {
      const runner = mocha.run((failed) => {
        const { passes = 0, tests = 0 } = runner.stats ?? {};
        // mocha counts a file without tests as failed, and does not say why.
        if (failed > 0 && tests === 0 && skipped.length === 0) process.stdout.write(`no tests: ${file}\n`);
        const counts = countsOf(passes, failed, skipped);
        const untold = counts.failed > failures.length ? [relative(checkout, file)] : [];
        resolve({ counts, failures: [...failures, ...untold] });
      });
      runner.on('pending', (test) => skipped.push(test.fullTitle()));
      runner.on('fail', (test, error) => failures.push(failureOf(relative(checkout, file), test.fullTitle(), error)));
    });
  } finally {
    // Otherwise it would go on listening to the errors of later files.
    mocha.dispose();
  }
}

/** Says why tests were skipped. In CI, one that does not say so has failed. */
function countsOf(passed: number, failed: number, skipped: readonly string[]): Counts {
  const unexcused = skipped.filter((title) => skipReason(title) === undefined);
  for (const title of skipped) process.stdout.write(`  skipped: ${title}: ${skipReason(title) ?? 'no reason'}\n`);
  if (!inCI || unexcused.length === 0) return { passed, failed, skipped: skipped.length };
  process.stdout.write(`  In CI nothing is skipped that could run there: ${unexcused.length} failed for that.\n`);
  return { passed, failed: failed + unexcused.length, skipped: skipped.length - unexcused.length };
}
