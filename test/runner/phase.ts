/** One phase of the test run: mocha over the files named, in a process of its own. Tells its parent the counts. */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import type { Counts } from './counts.ts';
import { checkout, needsStand } from './files.ts';
import { skipReason } from './needs.ts';

// Milliseconds. Only a test that hangs runs into them, however slow the machine is.
const unitTimeout = 30_000;
const standTimeout = 60_000;

const { values, positionals: files } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
const inCI = process.env['CI'] === 'true';

// By an exit of its own, so that what the tests made in temporary folders is removed; also when the runner was killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
const runnerGone = (): void => process.exit(1);
process.on('disconnect', runnerGone);

const mocha = new Mocha({
  reporter: 'spec',
  timeout: files.some(needsStand) ? standTimeout : unitTimeout,
  slow: files.some(needsStand) ? 5_000 : 500,
  forbidOnly: inCI,
  // Of a batch of files, none may have a test that somebody looks for.
  failZero: values.grep === undefined,
  ...(values.grep !== undefined && { grep: values.grep }),
  color: process.stdout.isTTY === true,
});
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();

const skipped: string[] = [];
const times: Record<string, number> = {};
/** The file of which suites are running, and since when. */
let current: { file: string; since: number } | undefined;

/** Counts what has passed for the file that was running. */
function now(file: string | undefined): void {
  const at = performance.now();
  if (current) times[current.file] = (times[current.file] ?? 0) + at - current.since;
  current = file === undefined ? undefined : { file: relative(checkout, file), since: at };
}

const runner = mocha.run(() => {
  const { passes, failures } = runner.stats ?? { passes: 0, failures: 1 };
  const unexcused = skipped.filter((title) => skipReason(title) === undefined);
  for (const title of skipped) process.stdout.write(`  skipped: ${title}: ${skipReason(title) ?? 'no reason'}\n`);
  if (inCI && unexcused.length > 0) {
    process.stdout.write(`  In CI nothing is skipped that could run there: ${unexcused.length} failed for that.\n`);
  }
  const counts: Counts = inCI
    ? { passed: passes, failed: failures + unexcused.length, skipped: skipped.length - unexcused.length }
    : { passed: passes, failed: failures, skipped: skipped.length };
  process.exitCode = counts.failed > 0 ? 1 : 0;
  process.send?.({ counts, times }, () => {
    process.off('disconnect', runnerGone);
    process.disconnect?.();
  });
});
runner.on('suite', ({ file }) => file && now(file));
runner.on('end', () => now(undefined));
runner.on('pending', (test) => skipped.push(test.fullTitle()));
